#include "cli/history/merge.h"

#include <absl/status/statusor.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <tuple>

#include "common/log/fence.h"
#include "common/log/position.h"

namespace leadstream::history {
namespace {

constexpr size_t kReadMax = 256;
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
  const log::LoggedRecord& event() const { return events_.front(); }
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
        if (fence_.Admit(logged.record)) events_.push_back(std::move(logged));
      }
    }
    return absl::OkStatus();
  }

  const std::string service_;
  const int number_;
  const std::shared_ptr<Stream> stream_;
  log::Fence fence_;
  std::deque<log::LoggedRecord> events_;
};

// Partitions of a topic. A cursor of the embedded log costs nothing, and reads one partition
// after the other, so each gets its own; one on Kafka is a client with connections and threads, and
// reads all side by side.
absl::StatusOr<std::vector<std::unique_ptr<Partition>>> OpenPartitions(
    log::EventLog* log, const std::string& service, const std::vector<int>& numbers) {
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

}  // namespace

absl::Status EachInTime(log::EventLog* log, const std::vector<Share>& shares, const Take& take) {
  auto later = [](const std::unique_ptr<Partition>& a, const std::unique_ptr<Partition>& b) {
    return a->order() > b->order();
  };
  std::vector<std::unique_ptr<Partition>> waiting;  // a heap: the one with the oldest event first
  for (const auto& [service, partitions] : shares) {
    auto opened = OpenPartitions(log, service, partitions);
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

}  // namespace leadstream::history
