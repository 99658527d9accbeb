#include "common/domain/name_pattern.h"

#include <absl/strings/match.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>
#include <google/api/resource.pb.h>
#include <google/protobuf/descriptor_database.h>

#include <algorithm>

#include "common/domain/formats.h"

namespace leadstream::domain {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptor;

NamePattern::NamePattern(absl::string_view text) : text_(text) {
  for (absl::string_view segment : absl::StrSplit(text, '/')) {
    segments_.emplace_back(absl::StartsWith(segment, "{") ? absl::string_view() : segment);
  }
}

bool NamePattern::Matches(absl::string_view name) const {
  for (size_t i = 0; i < segments_.size(); ++i) {
    const size_t slash = name.find('/');
    if ((slash == absl::string_view::npos) != (i + 1 == segments_.size())) return false;
    const absl::string_view part = name.substr(0, slash);
    if (segments_[i].empty() ? !IsId(part, kNameIdBytesMax) : part != segments_[i]) return false;
    if (slash != absl::string_view::npos) name.remove_prefix(slash + 1);
  }
  return true;
}

std::string NamePattern::ParentText() const {
  std::vector<absl::string_view> parts = absl::StrSplit(text_, '/');
  if (parts.size() <= 2) return "";
  parts.resize(parts.size() - 2);
  return absl::StrJoin(parts, "/");
}

void NamePatterns::Add(const FileDescriptor* file) {
  if (!seen_.insert(file).second) return;
  for (int i = 0; i < file->dependency_count(); ++i) Add(file->dependency(i));
  for (int i = 0; i < file->message_type_count(); ++i) AddMessage(*file->message_type(i));
  const auto& options = file->options();
  for (int i = 0; i < options.ExtensionSize(google::api::resource_definition); ++i) {
    const auto& resource = options.GetExtension(google::api::resource_definition, i);
    for (const std::string& pattern : resource.pattern())
      by_type_[resource.type()].emplace_back(pattern);
  }
}

void NamePatterns::AddMessage(const Descriptor& message) {
  if (message.options().HasExtension(google::api::resource)) {
    const auto& resource = message.options().GetExtension(google::api::resource);
    for (const std::string& pattern : resource.pattern())
      by_type_[resource.type()].emplace_back(pattern);
  }
  for (int i = 0; i < message.nested_type_count(); ++i) AddMessage(*message.nested_type(i));
}

void NamePatterns::AddLinked() {
  // The generated pool builds its files when they are asked for; only its database knows which
  // there are.
  std::vector<std::string> files;
  DescriptorPool::internal_generated_database()->FindAllFileNames(&files);
  std::sort(files.begin(), files.end());
  for (const std::string& name : files) {
    if (!absl::StartsWith(name, "leadstream/")) continue;
    if (const FileDescriptor* file = DescriptorPool::generated_pool()->FindFileByName(name))
      Add(file);
  }
}

std::vector<NamePattern> NamePatterns::Of(absl::string_view type) const {
  std::vector<NamePattern> found;
  for (const auto& [known, patterns] : by_type_) {
    if (type == "*" || type == known) found.insert(found.end(), patterns.begin(), patterns.end());
  }
  std::sort(found.begin(), found.end(),
            [](const NamePattern& a, const NamePattern& b) { return a.text() < b.text(); });
  return found;
}

std::vector<NamePattern> NamePatterns::OfParents(absl::string_view child_type) const {
  std::vector<NamePattern> parents;
  for (const NamePattern& child : Of(child_type)) {
    const std::string parent = child.ParentText();
    if (!parent.empty()) parents.emplace_back(parent);
  }
  return parents;
}

bool LooksLikeName(absl::string_view name) {
  size_t parts = 0;
  for (absl::string_view part : absl::StrSplit(name, '/')) {
    const bool is_id = ++parts % 2 == 0;
    if (part.empty() || (is_id && !IsId(part, kNameIdBytesMax))) return false;
  }
  return parts % 2 == 0;
}

}  // namespace leadstream::domain
