#include "common/runtime/resource_types.h"

#include <absl/container/flat_hash_map.h>
#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <google/api/resource.pb.h>
#include <google/protobuf/descriptor_database.h>

#include <algorithm>

#include "common/store/schema.h"

namespace leadstream::runtime {
namespace {

using google::protobuf::DescriptorPool;

// The only way to ask for all files that are linked; the pool itself finds them by name alone.
std::vector<const google::protobuf::FileDescriptor*> LinkedFiles() {
  std::vector<std::string> names;
  DescriptorPool::internal_generated_database()->FindAllFileNames(&names);
  std::sort(names.begin(), names.end());
  std::vector<const google::protobuf::FileDescriptor*> files;
  for (const std::string& name : names) {
    if (absl::StartsWith(name, "leadstream/"))
      files.push_back(DescriptorPool::generated_pool()->FindFileByName(name));
  }
  return files;
}

// "priceList" -> "price_list".
std::string SnakeCase(absl::string_view camel) {
  std::string snake;
  for (char c : camel) {
    if (absl::ascii_isupper(static_cast<unsigned char>(c))) snake.push_back('_');
    snake.push_back(absl::ascii_tolower(static_cast<unsigned char>(c)));
  }
  return snake;
}

template <typename Visit>
void EachMethod(const std::vector<const google::protobuf::FileDescriptor*>& files, Visit visit) {
  for (const auto* file : files) {
    for (int i = 0; i < file->service_count(); ++i) {
      for (int j = 0; j < file->service(i)->method_count(); ++j) visit(file->service(i)->method(j));
    }
  }
}

std::vector<ResourceType> Collect() {
  std::vector<ResourceType> types;
  const auto files = LinkedFiles();
  for (const auto* file : files) {
    for (int i = 0; i < file->message_type_count(); ++i) {
      const auto* message = file->message_type(i);
      if (!message->options().HasExtension(google::api::resource)) continue;
      const auto& resource = message->options().GetExtension(google::api::resource);
      if (resource.pattern_size() == 0) continue;
      types.push_back({message, ServiceOfType(message->full_name()),
                       std::string(store::CollectionOf(resource.pattern(0))), resource.singular(),
                       resource.plural(), SnakeCase(resource.singular()) + "_id", nullptr});
    }
  }
  EachMethod(files, [&](const google::protobuf::MethodDescriptor* method) {
    for (ResourceType& type : types) {
      if (method->output_type() == type.resource &&
          method->name() == absl::StrCat("Get", type.resource->name()))
        type.get = method;
    }
  });
  return types;
}

// "services/lead/parkedReactions" matches "services/{service}/parkedReactions".
bool MatchesPattern(absl::string_view collection, absl::string_view pattern) {
  const std::vector<absl::string_view> parts = absl::StrSplit(collection, '/');
  const std::vector<absl::string_view> wanted = absl::StrSplit(pattern, '/');
  if (parts.size() != wanted.size()) return false;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (!absl::StartsWith(wanted[i], "{") && parts[i] != wanted[i]) return false;
  }
  return true;
}

}  // namespace

const std::vector<ResourceType>& ResourceTypes() {
  static const auto* const types = new std::vector<ResourceType>(Collect());
  return *types;
}

const ResourceType* ResourceTypeOf(absl::string_view name) {
  const absl::string_view collection = store::CollectionOf(name);
  for (const ResourceType& type : ResourceTypes()) {
    if (MatchesPattern(collection, type.collection)) return &type;
  }
  return nullptr;
}

const ResourceType* ResourceTypeOf(const google::protobuf::Descriptor* resource) {
  for (const ResourceType& type : ResourceTypes()) {
    if (type.resource == resource) return &type;
  }
  return nullptr;
}

const std::vector<const google::protobuf::MethodDescriptor*>& Methods() {
  static const auto* const methods = [] {
    auto* all = new std::vector<const google::protobuf::MethodDescriptor*>;
    EachMethod(LinkedFiles(), [all](const auto* method) { all->push_back(method); });
    return all;
  }();
  return *methods;
}

const google::protobuf::MethodDescriptor* MethodTaking(
    const google::protobuf::Descriptor* request) {
  static const auto* const methods = [] {
    auto* all = new absl::flat_hash_map<const google::protobuf::Descriptor*,
                                        const google::protobuf::MethodDescriptor*>;
    for (const auto* method : Methods()) (*all)[method->input_type()] = method;
    return all;
  }();
  auto at = methods->find(request);
  return at == methods->end() ? nullptr : at->second;
}

const google::protobuf::Message* PrototypeOf(const google::protobuf::Descriptor* type) {
  return type == nullptr
             ? nullptr
             : google::protobuf::MessageFactory::generated_factory()->GetPrototype(type);
}

const google::protobuf::Message* PrototypeOf(const std::string& full_name) {
  return PrototypeOf(DescriptorPool::generated_pool()->FindMessageTypeByName(full_name));
}

std::string ServiceOfType(absl::string_view full_name) {
  const std::vector<std::string> parts = absl::StrSplit(full_name, '.');
  return parts.size() > 1 ? parts[1] : std::string();
}

}  // namespace leadstream::runtime
