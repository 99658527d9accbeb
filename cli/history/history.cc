#include "cli/history/history.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>

#include <numeric>
#include <utility>

#include "cli/history/open.h"
#include "cli/history/scratch.h"
#include "common/log/partitioner.h"
#include "common/log/position.h"
#include "common/runtime/parked_reactions.h"
#include "common/store/schema.h"

namespace leadstream::history {

using domain::ServiceDefinition;

struct History::Service {
  explicit Service(const ServiceDefinition& definition)
      : name(definition.name), schema(definition) {}
  const std::string name;
  const store::Schema schema;
};

absl::StatusOr<absl::Time> ParseTime(const std::string& text) {
  absl::Time time;
  if (absl::ParseTime(absl::RFC3339_full, text, &time, nullptr) ||
      absl::ParseTime("%Y-%m-%d", text, absl::UTCTimeZone(), &time, nullptr))
    return time;
  return absl::InvalidArgumentError(
      absl::StrCat("'", text, "' is no time, such as 2026-03-01 or 2026-03-01T09:30:00Z"));
}

absl::StatusOr<Moment> ParseMoment(const std::string& text) {
  Moment moment;
  if (absl::SimpleAtoi(text, &moment.revision) && moment.revision > 0) return moment;
  auto time = ParseTime(text);
  if (time.ok()) return Moment{0, *time};
  return absl::InvalidArgumentError(absl::StrCat("'", text,
                                                 "' is neither a revision, such as 3, nor a time, "
                                                 "such as 2026-03-01 or 2026-03-01T09:30:00Z"));
}

History::History(const std::vector<ServiceDefinition>& services) {
  for (const ServiceDefinition& definition : services) {
    definitions_.push_back(runtime::WithParkedReactions(definition));
    services_.push_back(std::make_unique<Service>(definitions_.back()));
  }
}

History::~History() { log_ = nullptr; }

absl::StatusOr<std::unique_ptr<History>> History::Open(
    const server::Options& options, const std::vector<ServiceDefinition>& services) {
  std::unique_ptr<History> history(new History(services));
  auto log = OpenForReading(options);
  if (!log.ok()) return log.status();
  history->log_ = std::move(*log);
  return history;
}

absl::StatusOr<std::unique_ptr<History>> History::OpenToFollow(
    const server::Options& options, const std::vector<ServiceDefinition>& services) {
  std::unique_ptr<History> history(new History(services));
  history->scratch_ = std::make_unique<Scratch>();
  if (history->scratch_->path().empty())
    return absl::UnavailableError("no directory for temporary files can be made");
  auto log = OpenForFollowing(options, history->scratch_->path());
  if (!log.ok()) return log.status();
  history->log_ = std::move(*log);
  return history;
}

History::Service* History::ServiceOf(absl::string_view name) {
  for (auto& service : services_) {
    if (service->schema.OfName(name) != nullptr) return service.get();
  }
  return nullptr;
}

absl::StatusOr<Share> History::ShareOf(const Service& service, const std::string& name) {
  auto partitions = log_->Partitions(log::TopicOf(service.name));
  if (!partitions.ok()) return partitions.status();
  const std::string key = service.schema.OfName(name)->aggregate().PartitionKey(name);
  return Share{service.name, {log::PartitionOf(key, *partitions)}};
}

absl::StatusOr<std::vector<Share>> History::SharesOf(const Selection& selection) {
  std::vector<Share> shares;
  if (const Service* service = ServiceOf(selection.resource()); service != nullptr) {
    auto share = ShareOf(*service, selection.resource());
    if (!share.ok() && !absl::IsNotFound(share.status())) return share.status();
    if (share.ok()) shares.push_back(std::move(*share));
    return shares;
  }
  for (const auto& service : services_) {
    if (!selection.Reads(service->name)) continue;
    auto partitions = log_->Partitions(log::TopicOf(service->name));
    if (absl::IsNotFound(partitions.status()))
      continue;  // a service of its own executable has a log of its own
    if (!partitions.ok()) return partitions.status();
    Share share{service->name, {}};
    for (int partition = 0; partition < *partitions; ++partition) {
      if (selection.Reads(service->name, partition)) share.second.push_back(partition);
    }
    shares.push_back(std::move(share));
  }
  return shares;
}

absl::StatusOr<std::map<std::string, log::Positions>> History::Ends() {
  std::map<std::string, log::Positions> ends;
  for (const auto& service : services_) {
    auto of_service = log_->Ends(log::TopicOf(service->name));
    if (absl::IsNotFound(of_service.status())) continue;
    if (!of_service.ok()) return of_service.status();
    ends[service->name] = std::move(*of_service);
  }
  return ends;
}

absl::Status History::EachEvent(const Selection& selection, const Take& take) {
  auto shares = SharesOf(selection);
  if (!shares.ok()) return shares.status();
  return EachInTime(log_.get(), *shares,
                    [&](const std::string& service, const log::LoggedRecord& event) {
                      return !selection.Wants(service, event) || take(service, event);
                    });
}

absl::Status History::Scan(const Selection& selection, const ScanOptions& options,
                           const std::function<void(size_t thread, const std::string& service,
                                                    const log::LoggedRecord& event)>& show) {
  auto shares = SharesOf(selection);
  if (!shares.ok()) return shares.status();
  return history::Scan(
      log_.get(), *shares, options,
      [&](size_t thread, const std::string& service, const log::LoggedRecord& event) {
        if (selection.Wants(service, event)) show(thread, service, event);
      });
}

absl::Status History::Follow(const Selection& selection, const FollowOptions& options,
                             const Take& take) {
  auto shares = SharesOf(selection);
  if (!shares.ok()) return shares.status();
  return history::Follow(log_.get(), *shares, options,
                         [&](const std::string& service, const log::LoggedRecord& event) {
                           return !selection.Wants(service, event) || take(service, event);
                         });
}

absl::Status History::EachEventOf(const std::string& name, const Take& take) {
  const absl::Status unknown = absl::NotFoundError(absl::StrCat("there is no ", name));
  const Service* service = ServiceOf(name);
  if (service == nullptr)
    return absl::NotFoundError(
        absl::StrCat("'", name, "' is no name of a resource, such as leads/4711"));
  auto share = ShareOf(*service, name);
  if (absl::IsNotFound(share.status())) return unknown;
  if (!share.ok()) return share.status();
  bool any = false;
  absl::Status read =
      EachInTime(log_.get(), {*share}, [&](const std::string& of, const log::LoggedRecord& event) {
        if (event.record.subject() != name) return true;
        any = true;
        return take(of, event);
      });
  return read.ok() && !any ? unknown : read;
}

absl::StatusOr<store::StoredState> History::AsOf(const std::string& name, const Moment& moment) {
  const Service* service = ServiceOf(name);
  const store::Collection* collection = service == nullptr ? nullptr : service->schema.OfName(name);
  store::StoredState state;
  std::shared_ptr<google::protobuf::Message> resource;
  absl::Status read = EachEventOf(name, [&](const std::string&, const log::LoggedRecord& event) {
    const common::v1::Record& record = event.record;
    if (moment.revision > 0 && record.revision() > moment.revision) return false;
    if (moment.time && absl::FromUnixMicros(record.time_us()) > *moment.time) return false;
    if (resource == nullptr) resource.reset(collection->aggregate().prototype().New());
    collection->Fold(record, resource.get());
    const domain::Fold* fold = collection->aggregate().FindFold(record.type());
    state.deleted = fold != nullptr && fold->deletes;
    state.revision = record.revision();
    state.partition = event.partition;
    state.offset = event.offset;
    return true;
  });
  if (!read.ok()) return read;
  if (state.revision == 0 || (moment.revision > 0 && state.revision != moment.revision)) {
    return absl::OutOfRangeError(moment.revision > 0
                                     ? absl::StrCat(name, " has no revision ", moment.revision)
                                     : absl::StrCat(name, " did not exist then"));
  }
  if (state.deleted)
    return absl::NotFoundError(
        absl::StrCat(name, " was deleted; --as-of ", state.revision - 1, " shows what it was"));
  state.resource = std::move(resource);
  return state;
}

}  // namespace leadstream::history
