#include "cli/history.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include "cli/all_services.h"
#include "common/log/fence.h"
#include "common/log/kafka_log.h"
#include "common/log/local_log.h"
#include "common/log/partitioner.h"
#include "common/log/position.h"
#include "common/runtime/parked_reactions.h"
#include "common/server/open_log.h"

namespace leadstream::cli {
namespace {

constexpr size_t kReadMax = 256;
// A server may remove files of its log's database while they are being opened; then it is tried
// again.
constexpr int kOpenAttempts = 5;
// A log that gives nothing for so long, before its end, cannot be read now.
constexpr absl::Duration kSilenceMax = absl::Seconds(30);

// Partitions of one topic through one cursor, each up to where it ended when it was opened.
class Stream {
 public:
  absl::Status Open(log::EventLog* log, const std::string& topic, const std::vector<int>& numbers) {
    log::Positions from;
    for (const int number : numbers) {
      auto end = log->End(topic, number);
      if (!end.ok()) return end.status();
      ends_[number] = *end;
      from[number] = 0;
    }
    auto cursor = log->Read(topic, from);
    if (!cursor.ok()) return cursor.status();
    cursor_ = std::move(*cursor);
    return absl::OkStatus();
  }

  // The partition's next records, in order; none: there are no more. Those of others that come in
  // between are kept for them.
  absl::StatusOr<std::deque<log::LoggedRecord>> Next(int number) {
    const absl::Time deadline = absl::Now() + kSilenceMax;
    while (read_[number].empty() && next_[number] < ends_[number]) {
      auto records = cursor_->Next(kReadMax, deadline);
      if (!records.ok()) return records.status();
      if (records->empty() && absl::Now() >= deadline)
        return absl::UnavailableError("the log does not go on before its end; try again");
      for (log::LoggedRecord& logged : *records) {
        next_[logged.partition] = logged.offset + 1;
        if (logged.offset < ends_[logged.partition])
          read_[logged.partition].push_back(std::move(logged));
      }
    }
    return std::exchange(read_[number], {});
  }

 private:
  std::unique_ptr<log::Cursor> cursor_;
  log::Positions ends_, next_;
  std::map<int, std::deque<log::LoggedRecord>> read_;
};

// The events of one partition that count, one after the other.
class Partition {
 public:
  Partition(std::string service, int number, std::shared_ptr<Stream> stream)
      : service_(std::move(service)), number_(number), stream_(std::move(stream)) {}

  absl::Status Begin() { return Advance(); }
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
      auto read = stream_->Next(number_);
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
  const std::shared_ptr<Stream> stream_;
  log::Fence fence_;
  std::deque<store::StoredEvent> events_;
};

// All partitions of a topic. A cursor of the embedded log costs nothing, and reads one partition
// after the other, so each gets its own; one on Kafka is a client with connections and threads, and
// reads all side by side.
absl::StatusOr<std::vector<std::unique_ptr<Partition>>> OpenPartitions(log::EventLog* log,
                                                                       const std::string& service,
                                                                       int count) {
  std::vector<int> numbers(static_cast<size_t>(count));
  std::iota(numbers.begin(), numbers.end(), 0);
  std::vector<std::vector<int>> shares;
  if (log->exclusive()) {
    for (const int number : numbers) shares.push_back({number});
  } else {
    shares.push_back(numbers);
  }
  std::vector<std::unique_ptr<Partition>> partitions;
  for (const std::vector<int>& share : shares) {
    auto stream = std::make_shared<Stream>();
    absl::Status opened = stream->Open(log, log::TopicOf(service), share);
    if (!opened.ok()) return opened;
    for (const int number : share)
      partitions.push_back(std::make_unique<Partition>(service, number, stream));
  }
  for (auto& partition : partitions) {
    absl::Status begun = partition->Begin();
    if (!begun.ok()) return begun;
  }
  return partitions;
}

absl::StatusOr<std::unique_ptr<log::EventLog>> OpenForReading(const server::Options& options) {
  auto kafka = server::KafkaOptionsOf(options);
  if (!kafka.ok()) return kafka.status();
  if (*kafka) {
    (*kafka)->report = [](int, const std::string&) {};  // what matters comes back as a status
    auto log = log::KafkaLog::Open(**kafka);
    if (!log.ok()) return log.status();
    auto topic = (*log)->Partitions(log::TopicOf("lead"));
    if (absl::IsNotFound(topic.status()))
      return absl::UnavailableError(absl::StrCat("there is no log of Leadstream at ", options.log));
    if (!topic.ok())
      return absl::UnavailableError(absl::StrCat("Kafka at ", (*kafka)->brokers,
                                                 " does not answer: ", topic.status().message()));
    return std::unique_ptr<log::EventLog>(std::move(*log));
  }
  const std::string directory = (std::filesystem::path(options.data) / "log").string();
  if (!std::filesystem::exists(directory)) {
    return absl::UnavailableError(absl::StrCat("there is no log in ", options.data,
                                               "; --data says where the server keeps its data"));
  }
  absl::StatusOr<std::unique_ptr<log::LocalLog>> log;
  for (int attempt = 0; attempt < kOpenAttempts; ++attempt) {
    log = log::LocalLog::OpenForReading({directory});
    if (log.ok()) return std::unique_ptr<log::EventLog>(std::move(*log));
    absl::SleepFor(absl::Milliseconds(50));
  }
  return log.status();
}

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

History::History(std::unique_ptr<log::EventLog> log) : log_(std::move(log)) {
  for (const domain::ServiceDefinition& definition : AllServices()) {
    services_.push_back(
        std::make_unique<Service>(definition.name, runtime::WithParkedReactions(definition)));
  }
}

History::~History() = default;

absl::StatusOr<std::unique_ptr<History>> History::Open(const server::Options& options) {
  auto log = OpenForReading(options);
  if (!log.ok()) return log.status();
  return std::unique_ptr<History>(new History(std::move(*log)));
}

void AddHistoryFlags(CLI::App* command, server::Options* options) {
  command
      ->add_option(
          "--log", options->log,
          "the log to read: `local`, embedded in --data, or kafka://HOST:PORT,...[/PREFIX]")
      ->envname("LEADSTREAM_LOG")
      ->capture_default_str();
  command
      ->add_option("--kafka-property", options->kafka_properties,
                   "a property of librdkafka, NAME=VALUE; repeatable")
      ->envname("LEADSTREAM_KAFKA_PROPERTY");
  command->add_option("--data", options->data, "directory that the server keeps its data in")
      ->envname("LEADSTREAM_DATA")
      ->capture_default_str();
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
    auto opened = OpenPartitions(log_.get(), service->name, *partitions);
    if (!opened.ok()) return opened.status();
    for (auto& partition : *opened) {
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
  const int number = log::PartitionOf(key, *partitions);
  auto stream = std::make_shared<Stream>();
  absl::Status status = stream->Open(log_.get(), log::TopicOf(service->name), {number});
  Partition partition(service->name, number, stream);
  bool any = false;
  if (status.ok()) status = partition.Begin();
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
