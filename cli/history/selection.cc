#include "cli/history/selection.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/strip.h>

#include <algorithm>
#include <utility>

#include "common/runtime/resource_types.h"

namespace leadstream::history {
namespace {

using domain::ServiceDefinition;

// "LeadCreated" of leadstream.lead.v1.LeadCreated.
absl::string_view ShortName(absl::string_view type) {
  const size_t dot = type.rfind('.');
  return dot == absl::string_view::npos ? type : type.substr(dot + 1);
}

std::vector<std::string> TypesOf(const ServiceDefinition& service) {
  std::vector<std::string> types;
  for (const domain::Aggregate& aggregate : service.aggregates) {
    for (const auto& [type, fold] : aggregate.folds()) types.push_back(type);
  }
  return types;
}

}  // namespace

absl::StatusOr<Selection> Selection::Make(SelectionOptions options,
                                          const std::vector<ServiceDefinition>& services) {
  Selection selection;
  selection.options_ = std::move(options);
  const SelectionOptions& given = selection.options_;
  selection.all_ = given.services.empty() && given.types.empty() && given.resource.empty() &&
                   given.actor.empty() && given.correlation_id.empty() && !given.since &&
                   !given.until && given.from.empty() && given.to.empty() && given.filter.empty();
  for (const std::string& name : given.services) {
    if (std::none_of(services.begin(), services.end(),
                     [&name](const ServiceDefinition& service) { return service.name == name; })) {
      return absl::InvalidArgumentError(absl::StrCat(
          "there is no context '", name, "'; there are ",
          absl::StrJoin(services, ", ", [](std::string* out, const ServiceDefinition& service) {
            out->append(service.name);
          })));
    }
    selection.services_.insert(name);
  }
  if (!given.resource.empty()) {
    const runtime::ResourceType* type = runtime::ResourceTypeOf(given.resource);
    if (type == nullptr)
      return absl::InvalidArgumentError(absl::StrCat(
          "'", given.resource, "' is no name of a resource, such as leads/4711 or leads/-"));
    if (selection.services_.empty()) selection.services_.insert(type->service);
  }
  for (const log::Position& from : given.from)
    selection.from_[{from.service, from.partition}] = from.offset;
  for (const log::Position& to : given.to) selection.to_[{to.service, to.partition}] = to.offset;
  absl::Status found = selection.FindTypes(services);
  if (found.ok() && !given.filter.empty()) found = selection.CompileFilter();
  if (!found.ok()) return found;
  return selection;
}

absl::Status Selection::FindTypes(const std::vector<ServiceDefinition>& services) {
  std::set<std::string> services_of_types;
  for (const ServiceDefinition& service : services) {
    if (!services_.empty() && !services_.contains(service.name)) continue;
    for (const std::string& type : TypesOf(service)) {
      const bool wanted =
          options_.types.empty() || std::any_of(options_.types.begin(), options_.types.end(),
                                                [&type](const std::string& name) {
                                                  return name == type || name == ShortName(type);
                                                });
      if (!wanted) continue;
      types_[type] = nullptr;
      services_of_types.insert(service.name);
    }
  }
  for (const std::string& name : options_.types) {
    if (std::none_of(types_.begin(), types_.end(), [&name](const auto& type) {
          return name == type.first || name == ShortName(type.first);
        }))
      return absl::InvalidArgumentError(
          absl::StrCat("there is no event '", name, "', such as LeadCreated, in what is selected"));
  }
  if (!options_.types.empty()) services_ = std::move(services_of_types);
  return absl::OkStatus();
}

absl::Status Selection::CompileFilter() {
  absl::Status wrong;
  for (auto it = types_.begin(); it != types_.end();) {
    const auto* event = runtime::PrototypeOf(it->first);
    auto filter = domain::Filter::Compile(*event->GetDescriptor(), options_.filter);
    if (filter.ok()) {
      (it++)->second = std::move(*filter);
      continue;
    }
    // Of several errors the same one is told each time.
    if (wrong.ok() || filter.status().message() < wrong.message()) wrong = filter.status();
    types_.erase(it++);
  }
  if (!types_.empty()) return absl::OkStatus();
  if (options_.types.size() == 1) return wrong;
  return absl::InvalidArgumentError(absl::StrCat(
      "no event has the fields that the filter names; with one --type it says what is wrong (",
      wrong.message(), ")"));
}

bool Selection::Reads(const std::string& service) const {
  if (!services_.empty() && !services_.contains(service)) return false;
  if (from_.empty() && to_.empty()) return true;
  auto names = [&service](const auto& position) { return position.first.first == service; };
  return std::any_of(from_.begin(), from_.end(), names) ||
         std::any_of(to_.begin(), to_.end(), names);
}

bool Selection::Reads(const std::string& service, int partition) const {
  if (!Reads(service)) return false;
  return (from_.empty() && to_.empty()) || from_.contains({service, partition}) ||
         to_.contains({service, partition});
}

std::string Selection::resource() const {
  return absl::EndsWith(options_.resource, "/-") ? "" : options_.resource;
}

bool Selection::WantsResource(absl::string_view name) const {
  absl::string_view collection = options_.resource;
  if (!absl::ConsumeSuffix(&collection, "/-")) return name == options_.resource;
  return absl::StartsWith(name, collection) && name.size() > collection.size() &&
         name[collection.size()] == '/';
}

bool Selection::Wants(const std::string& service, const log::LoggedRecord& event) const {
  if (all_) return true;
  if (!Reads(service, event.partition)) return false;
  const log::Record& record = event.record;
  const absl::Time time = absl::FromUnixMicros(record.time_us());
  auto from = from_.find({service, event.partition});
  auto to = to_.find({service, event.partition});
  return (from == from_.end() || event.offset >= from->second) &&
         (to == to_.end() || event.offset < to->second) &&
         (!options_.since || time >= *options_.since) &&
         (!options_.until || time < *options_.until) &&
         (options_.actor.empty() || record.actor() == options_.actor) &&
         (options_.correlation_id.empty() || record.correlation_id() == options_.correlation_id) &&
         (options_.resource.empty() || WantsResource(record.subject())) && MatchesFilter(record);
}

bool Selection::MatchesFilter(const log::Record& event) const {
  if (options_.types.empty() && options_.filter.empty()) return true;
  auto at = types_.find(event.type());
  if (at == types_.end()) return false;
  if (at->second == nullptr) return true;
  std::unique_ptr<google::protobuf::Message> payload(runtime::PrototypeOf(event.type())->New());
  return payload->ParseFromString(event.data()) && at->second->Matches(*payload);
}

}  // namespace leadstream::history
