// Rules that are data, such as those that score leads: created, changed and deleted alike. Each has
// a `filter` over leads, which is understood when it is stored, so that it can be asked later.
#pragma once

#include <absl/algorithm/container.h>
#include <absl/strings/str_cat.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/domain/context.h"
#include "common/domain/decision.h"
#include "common/domain/filter.h"
#include "common/domain/reader.h"
#include "common/domain/update.h"
#include "leadstream/lead/v1/error_reason.pb.h"
#include "leadstream/lead/v1/lead.pb.h"
#include "leadstream/lead/v1/rule_events.pb.h"

namespace leadstream::lead {

// What differs between the kinds: events, and the field of requests and events that holds the rule.
template <typename Rule>
struct StoredRule;

inline constexpr char kEnabledIndex[] = "enabled";
inline constexpr char kEnabled[] = "true";
inline constexpr size_t kEnabledRulesMax = 1000;

// The keys of the index "enabled".
template <typename Rule>
std::vector<std::string> WhetherEnabled(const Rule& rule) {
  if (!rule.enabled()) return {};
  return {kEnabled};
}

// The rules that count, in name order, and what keeps them.
template <typename Rule>
class EnabledRules {
 public:
  explicit EnabledRules(const domain::Reader& reader) {
    for (const std::string& name :
         reader.Keyed(StoredRule<Rule>::kCollection, kEnabledIndex, kEnabled, kEnabledRulesMax)) {
      auto rule = reader.Find<Rule>(name);
      if (rule == nullptr) continue;
      rules_.push_back(rule.get());
      kept_.push_back(std::move(rule));
    }
  }
  const std::vector<const Rule*>& all() const { return rules_; }

 private:
  std::vector<std::shared_ptr<const Rule>> kept_;
  std::vector<const Rule*> rules_;
};

// RULE_FILTER_INVALID, naming the place.
template <typename Rule>
std::optional<domain::Refusal> BadFilter(const Rule& rule) {
  auto filter = domain::Filter::Compile(*v1::Lead::descriptor(), rule.filter());
  if (filter.ok()) return std::nullopt;
  return domain::RefuseFields(v1::RULE_FILTER_INVALID, filter.status().message(),
                              {{absl::StrCat(StoredRule<Rule>::kField, ".filter"),
                                std::string(filter.status().message())}});
}

// Asks one rule of many leads.
template <typename Rule>
class Asked {
 public:
  // The rule outlives this.
  explicit Asked(const Rule* rule) : rule_(rule) {
    auto filter = domain::Filter::Compile(*v1::Lead::descriptor(), rule->filter());
    if (filter.ok()) filter_ = std::move(*filter);
  }
  const Rule& rule() const { return *rule_; }
  bool IsFor(const v1::Lead& lead) const { return filter_ != nullptr && filter_->Matches(lead); }

 private:
  const Rule* rule_;
  // It was understood once; by another version it may not be, and matches nothing. Then null.
  std::unique_ptr<const domain::Filter> filter_;
};

template <typename Rule>
domain::Decision DecideToCreate(Rule rule) {
  rule.clear_name();
  rule.clear_etag();
  if (auto bad = BadFilter(rule)) return *std::move(bad);
  if (auto bad = StoredRule<Rule>::Bad(rule)) return *std::move(bad);
  typename StoredRule<Rule>::Created created;
  *StoredRule<Rule>::In(&created) = std::move(rule);
  return created;
}

template <typename Rule>
domain::Decision DecideToUpdate(const Rule& rule, const Rule& given,
                                const google::protobuf::FieldMask& mask) {
  typename StoredRule<Rule>::Updated updated;
  Rule after = rule;
  if (auto refusal = domain::RefuseUpdate(given, mask, &after, updated.mutable_update_mask()))
    return *std::move(refusal);
  if (auto refusal = BadFilter(after)) return *std::move(refusal);
  if (auto refusal = StoredRule<Rule>::Bad(after)) return *std::move(refusal);
  domain::CopyFields(after, updated.update_mask(), StoredRule<Rule>::In(&updated));
  return updated;
}

}  // namespace leadstream::lead
