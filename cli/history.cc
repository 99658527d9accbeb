#include "cli/history.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <deque>
#include <filesystem>
#include <queue>
#include <tuple>

#include "cli/all_services.h"
#include "common/log/fence.h"
#include "common/log/partitioner.h"
#include "common/log/position.h"
#include "common/runtime/parked_reactions.h"

namespace leadstream::cli {
namespace {

constexpr size_t kReadMax = 256;
// A server may remove files of its log's database while they are being opened; then it is tried
// again.
constexpr int kOpenAttempts = 5;

// The events of one partition that count, one after the other, up to where the log ended when it
// was opened.
class Partition {
 public:
  Partition(std::string service, int number) : service_(std::move(service)), number_(number) {}

  absl::Status Open(log::EventLog* log) {
    auto cursor = log->Read(log::TopicOf(service_), {{number_, 0}});
    if (!cursor.ok()) return cursor.status();
    cursor_ = std::move(*cursor);
    return Advance();
  }
  bool ended() const { return events_.empty(); }
  const store::StoredEvent& event() const { return events_.front(); }
  const std::string& service() const { return service_; }
  absl::Status Next() {
    events_.pop_front();
    return events_.empty() ? Advance() : absl::OkStatus();
  }
  // What comes first when partitions are told as one story.
  std::tuple<int64_t, const std::string&, int> order() const {
    return {event().record.time_us(), service_, number_};
  }

 private:
  absl::Status Advance() {
    while (events_.empty()) {
      auto read = cursor_->Next(kReadMax, absl::InfinitePast());
      if (!read.ok()) return read.status();
      if (read->empty()) return absl::OkStatus();
      for (log::LoggedRecord& logged : *read) {
        if (fence_.Admit(logged.record))
          events_.push_back({{logged.partition, logged.offset}, std::move(logged.record)});
      }
    }
    return absl::OkStatus();
  }

  const std::string service_;
  const int number_;
  std::unique_ptr<log::Cursor> cursor_;
  log::Fence fence_;
  std::deque<store::StoredEvent> events_;
};

}  // namespace

struct History::Service {
  Service(std::string service_name, const domain::ServiceDefinition& definition)
      : name(std::move(service_name)), schema(definition) {}
  std::string name;
  store::Schema schema;
};

absl::StatusOr<Moment> ParseMoment(const std::string& text) {
  Moment moment;
  if (absl::SimpleAtoi(text, &moment.revision) && moment.revision > 0) return moment;
  absl::Time time;
  std::string error;
  if (absl::ParseTime(absl::RFC3339_full, text, &time, &error) ||
      absl::ParseTime("%Y-%m-%d", text, absl::UTCTimeZone(), &time, &error)) {
    return Moment{0, time};
  }
  return absl::InvalidArgumentError(absl::StrCat("'", text,
                                                 "' is neither a revision, such as 3, nor a time, "
                                                 "such as 2026-03-01 or 2026-03-01T09:30:00Z"));
}

History::History(std::unique_ptr<log::LocalLog> log) : log_(std::move(log)) {
  for (const domain::ServiceDefinition& definition : AllServices()) {
    services_.push_back(
        std::make_unique<Service>(definition.name, runtime::WithParkedReactions(definition)));
  }
}

History::~History() = default;

absl::StatusOr<std::unique_ptr<History>> History::Open(const std::string& data) {
  const std::string directory = (std::filesystem::path(data) / "log").string();
  if (!std::filesystem::exists(directory)) {
    return absl::UnavailableError(
        absl::StrCat("there is no log in ", data, "; --data says where the server keeps its data"));
  }
  absl::StatusOr<std::unique_ptr<log::LocalLog>> log;
  for (int attempt = 0; attempt < kOpenAttempts; ++attempt) {
    log = log::LocalLog::OpenForReading({directory});
    if (log.ok()) return std::unique_ptr<History>(new History(std::move(*log)));
    absl::SleepFor(absl::Milliseconds(50));
  }
  return log.status();
}

History::Service* History::ServiceOf(absl::string_view name) {
  for (auto& service : services_) {
    if (service->schema.OfName(name) != nullptr) return service.get();
  }
  return nullptr;
}

absl::Status History::EachEvent(const Take& take) {
  auto later = [](const std::unique_ptr<Partition>& a, const std::unique_ptr<Partition>& b) {
    return a->order() > b->order();
  };
  std::vector<std::unique_ptr<Partition>> waiting;  // a heap: the one with the oldest event first
  for (const auto& service : services_) {
    auto partitions = log_->Partitions(log::TopicOf(service->name));
    if (absl::IsNotFound(partitions.status()))
      continue;  // a service of its own executable has a log of its own
    if (!partitions.ok()) return partitions.status();
    for (int number = 0; number < *partitions; ++number) {
      auto partition = std::make_unique<Partition>(service->name, number);
      absl::Status opened = partition->Open(log_.get());
      if (!opened.ok()) return opened;
      if (!partition->ended()) waiting.push_back(std::move(partition));
    }
  }
  std::make_heap(waiting.begin(), waiting.end(), later);
  while (!waiting.empty()) {
    std::pop_heap(waiting.begin(), waiting.end(), later);
    Partition& oldest = *waiting.back();
    if (!take(oldest.service(), oldest.event())) return absl::OkStatus();
    absl::Status next = oldest.Next();
    if (!next.ok()) return next;
    if (oldest.ended()) {
      waiting.pop_back();
    } else {
      std::push_heap(waiting.begin(), waiting.end(), later);
    }
  }
  return absl::OkStatus();
}

absl::Status History::EachEventOf(const std::string& name, const Take& take) {
  const absl::Status unknown = absl::NotFoundError(absl::StrCat("there is no ", name));
  Service* service = ServiceOf(name);
  if (service == nullptr)
    return absl::NotFoundError(
        absl::StrCat("'", name, "' is no name of a resource, such as leads/4711"));
  auto partitions = log_->Partitions(log::TopicOf(service->name));
  if (absl::IsNotFound(partitions.status())) return unknown;
  if (!partitions.ok()) return partitions.status();
  const std::string key = service->schema.OfName(name)->aggregate().PartitionKey(name);
  Partition partition(service->name, log::PartitionOf(key, *partitions));
  bool any = false;
  absl::Status status = partition.Open(log_.get());
  for (; status.ok() && !partition.ended(); status = partition.Next()) {
    if (partition.event().record.subject() != name) continue;
    any = true;
    if (!take(service->name, partition.event())) return absl::OkStatus();
  }
  if (status.ok() && !any) return unknown;
  return status;
}

absl::StatusOr<store::StoredState> History::AsOf(const std::string& name, const Moment& moment) {
  Service* service = ServiceOf(name);
  const store::Collection* collection = service == nullptr ? nullptr : service->schema.OfName(name);
  store::StoredState state;
  std::shared_ptr<google::protobuf::Message> resource;
  absl::Status read = EachEventOf(name, [&](const std::string&, const store::StoredEvent& event) {
    const common::v1::Record& record = event.record;
    if (moment.revision > 0 && record.revision() > moment.revision) return false;
    if (moment.time && absl::FromUnixMicros(record.time_us()) > *moment.time) return false;
    if (resource == nullptr) resource.reset(collection->aggregate().prototype().New());
    collection->Fold(record, resource.get());
    const domain::Fold* fold = collection->aggregate().FindFold(record.type());
    state.deleted = fold != nullptr && fold->deletes;
    state.revision = record.revision();
    state.partition = event.position.partition;
    state.offset = event.position.offset;
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

}  // namespace leadstream::cli
