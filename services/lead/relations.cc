#include "services/lead/relations.h"

#include <absl/algorithm/container.h>
#include <absl/container/flat_hash_set.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>

#include <array>
#include <deque>

namespace leadstream::lead {
namespace {

using google::protobuf::Message;
using Resource = domain::Surveyor::Resource;

// How the related are found.
struct Relation {
  const char* from;
  const char* to;
  // The field that names the related one, or one of a list's messages; or, with a filter, one that
  // has to say something.
  const char* field;
  // Which resources of the collection are related: $name and $field stand for what they say. Null:
  // the one that the field names.
  const char* filter;
  // What the related one is related to is related as well.
  bool onward;
};

constexpr std::array kRelations = {
    Relation{"leads", "accounts", "account", nullptr, false},
    Relation{"leads", "contacts", "contact", nullptr, false},
    Relation{"leads", "opportunities", "opportunity", nullptr, true},
    Relation{"leads", "leads", "merged_into", nullptr, true},
    Relation{"accounts", "contacts", "name", "account = $name", false},
    Relation{"accounts", "opportunities", "name", "account = $name", true},
    Relation{"accounts", "quotes", "name", "account = $name", true},
    Relation{"accounts", "orders", "name", "account = $name", true},
    Relation{"accounts", "invoices", "name", "account = $name", true},
    Relation{"accounts", "payments", "name", "account = $name", false},
    Relation{"accounts", "accounts", "merged_into", nullptr, false},
    Relation{"contacts", "accounts", "account", nullptr, false},
    Relation{"contacts", "opportunities", "account", "account = $field AND contact = $name", true},
    Relation{"contacts", "contacts", "merged_into", nullptr, false},
    Relation{"opportunities", "leads", "lead", nullptr, true},
    Relation{"opportunities", "accounts", "account", nullptr, false},
    Relation{"opportunities", "contacts", "contact", nullptr, false},
    Relation{"opportunities", "quotes", "name", "opportunity = $name", true},
    Relation{"opportunities", "orders", "name", "opportunity = $name", true},
    Relation{"quotes", "opportunities", "opportunity", nullptr, true},
    Relation{"quotes", "accounts", "account", nullptr, false},
    Relation{"quotes", "contacts", "contact", nullptr, false},
    Relation{"quotes", "orders", "order", nullptr, true},
    Relation{"orders", "quotes", "quote", nullptr, true},
    Relation{"orders", "opportunities", "opportunity", nullptr, true},
    Relation{"orders", "accounts", "account", nullptr, false},
    Relation{"orders", "contacts", "contact", nullptr, false},
    Relation{"orders", "invoices", "name", "order = $name", true},
    Relation{"invoices", "orders", "order", nullptr, true},
    Relation{"invoices", "invoices", "credited_invoice", nullptr, true},
    Relation{"invoices", "accounts", "account", nullptr, false},
    Relation{"invoices", "contacts", "contact", nullptr, false},
    // What else it settled is of other sales.
    Relation{"invoices", "payments", "payments.payment", nullptr, false},
    Relation{"payments", "invoices", "allocations.invoice", nullptr, true},
    Relation{"payments", "accounts", "account", nullptr, false},
};

std::string CollectionOf(const std::string& name) { return name.substr(0, name.find('/')); }

std::string StringOf(const Message& resource, const char* name) {
  const auto* field = resource.GetDescriptor()->FindFieldByName(name);
  return field == nullptr ? "" : resource.GetReflection()->GetString(resource, field);
}

// What a field says, or `list.field` in each message of the list.
std::vector<std::string> TextsOf(const Message& resource, const std::string& path) {
  const size_t dot = path.find('.');
  if (dot == std::string::npos) return {StringOf(resource, path.c_str())};
  const auto* list = resource.GetDescriptor()->FindFieldByName(path.substr(0, dot));
  if (list == nullptr) return {};
  const auto& reflection = *resource.GetReflection();
  std::vector<std::string> texts;
  for (int i = 0; i < reflection.FieldSize(resource, list); ++i) {
    const Message& one = reflection.GetRepeatedMessage(resource, list, i);
    texts.push_back(StringOf(one, path.substr(dot + 1).c_str()));
  }
  return texts;
}

class Finding {
 public:
  explicit Finding(domain::Surveyor* surveyor) : surveyor_(surveyor) {}

  absl::Status Find(const std::string& name) {
    auto root = surveyor_->Get(name);
    if (!root.ok()) return root.status();
    names_.push_back(name);
    seen_.insert(name);
    onward_.push_back(*std::move(root));
    while (!onward_.empty()) {
      const Resource from = std::move(onward_.front());
      onward_.pop_front();
      for (const Relation& relation : kRelations) {
        if (CollectionOf(StringOf(*from, "name")) != relation.from) continue;
        for (const std::string& text : TextsOf(*from, relation.field)) {
          if (text.empty()) continue;
          absl::Status followed = relation.filter == nullptr ? FollowName(text, relation)
                                                             : FollowFilter(*from, text, relation);
          if (!followed.ok()) return followed;
        }
      }
    }
    return absl::OkStatus();
  }

  std::vector<std::string> TakeNames() { return std::move(names_); }

 private:
  // One that is not there yet, or no longer, has no part in the story; nor has one that the caller
  // may not see.
  absl::Status FollowName(const std::string& name, const Relation& relation) {
    if (CollectionOf(name) != relation.to || seen_.contains(name)) return absl::OkStatus();
    auto related = surveyor_->Get(name);
    if (absl::IsNotFound(related.status()) || absl::IsPermissionDenied(related.status()))
      return absl::OkStatus();
    if (!related.ok()) return related.status();
    return Add(name, relation.onward ? *std::move(related) : nullptr);
  }

  absl::Status FollowFilter(const Message& from, const std::string& field,
                            const Relation& relation) {
    const std::string filter = absl::StrReplaceAll(
        relation.filter, {{"$name", absl::StrCat("\"", StringOf(from, "name"), "\"")},
                          {"$field", absl::StrCat("\"", field, "\"")}});
    auto related = surveyor_->List(relation.to, filter, static_cast<int>(kRelatedMax) + 1);
    if (!related.ok()) return related.status();
    for (Resource& one : *related) {
      const std::string name = StringOf(*one, "name");
      if (seen_.contains(name)) continue;
      absl::Status added = Add(name, relation.onward ? std::move(one) : nullptr);
      if (!added.ok()) return added;
    }
    return absl::OkStatus();
  }

  absl::Status Add(const std::string& name, Resource onward) {
    if (names_.size() == kRelatedMax) {
      return absl::OutOfRangeError(
          absl::StrCat("more than ", kRelatedMax, " resources are related to ", names_.front()));
    }
    seen_.insert(name);
    names_.push_back(name);
    if (onward != nullptr) onward_.push_back(std::move(onward));
    return absl::OkStatus();
  }

  domain::Surveyor* const surveyor_;
  std::vector<std::string> names_;
  absl::flat_hash_set<std::string> seen_;
  std::deque<Resource> onward_;
};

}  // namespace

bool IsPartOfSale(const std::string& name) {
  const std::string collection = CollectionOf(name);
  return absl::c_any_of(kRelations, [&](const Relation& one) { return collection == one.from; });
}

bool IsDocumentOfSale(const std::string& name) {
  const std::string collection = CollectionOf(name);
  return absl::c_any_of(kRelations, [&](const Relation& one) {
    return collection == one.to && one.filter == nullptr && one.onward;
  });
}

std::vector<std::string> SameSaleAs(const Message& resource) {
  std::vector<std::string> names;
  const std::string own_name = StringOf(resource, "name");
  if (!IsDocumentOfSale(own_name)) return names;
  for (const Relation& relation : kRelations) {
    if (CollectionOf(own_name) != relation.from || relation.filter != nullptr || !relation.onward)
      continue;
    for (std::string& name : TextsOf(resource, relation.field)) {
      if (CollectionOf(name) == relation.to) names.push_back(std::move(name));
    }
  }
  return names;
}

absl::StatusOr<std::vector<std::string>> RelatedTo(const std::string& name,
                                                   domain::Surveyor& surveyor) {
  Finding finding(&surveyor);
  absl::Status found = finding.Find(name);
  if (!found.ok()) return found;
  return finding.TakeNames();
}

}  // namespace leadstream::lead
