#include "tests/simulation/simulated_log.h"

#include <absl/strings/str_cat.h>

#include <algorithm>

namespace leadstream::simulation {
namespace {

// By then a node has begun its next life, or others have followed it.
constexpr absl::Duration kLateMax = absl::Seconds(2);

std::string ToText(const std::string& topic, int partition, int64_t offset,
                   const log::Record& record) {
  return absl::StrCat(topic, "/", partition, "@", offset, " ",
                      record.type().substr(record.type().rfind('.') + 1), " epoch ", record.epoch(),
                      " ", record.subject(), " revision ", record.revision(), " by ",
                      record.actor());
}

}  // namespace

struct SimulatedLog::Producer::Appending {
  std::function<void(log::AppendResult)> done;
  std::vector<int64_t> offsets;
  size_t waiting = 0;
  bool reported = false;
};

void SimulatedLog::Producer::Append(const std::string& topic,
                                    const std::vector<log::PendingRecord>& group,
                                    std::function<void(log::AppendResult)> done) {
  Scheduler& scheduler = *log_->scheduler_;
  auto appending = std::make_shared<Appending>();
  appending->done = std::move(done);
  appending->offsets.assign(group.size(), -1);
  appending->waiting = group.size();
  if (failed_) {
    scheduler.After(absl::Microseconds(50), [appending] {
      appending->done({absl::UnavailableError("an append failed; recover the log first"), {}});
    });
    return;
  }
  std::map<int, std::vector<size_t>> by_partition;
  bool late = false;
  for (size_t i = 0; i < group.size(); ++i) {
    by_partition[group[i].partition].push_back(i);
    late |= log_->appended_(node_, topic, group[i].partition, *group[i].record);
  }
  for (auto& [partition, indexes] : by_partition)
    Send(topic, partition, std::move(indexes), group, appending, late);
  std::erase_if(open_, [](const auto& one) { return one.expired(); });
  open_.push_back(appending);
  scheduler.After(log_->faults_->append_timeout,
                  [self = shared_from_this(), appending] { self->Fail(appending, "timed out"); });
}

void SimulatedLog::Producer::Send(const std::string& topic, int partition,
                                  std::vector<size_t> indexes,
                                  const std::vector<log::PendingRecord>& group,
                                  std::shared_ptr<Appending> appending, bool late) {
  Scheduler& scheduler = *log_->scheduler_;
  Random& random = scheduler.random();
  const Faults& faults = *log_->faults_;
  Stream& stream = streams_[{topic, partition}];
  if (stream.cut) return;
  absl::Time arrival = scheduler.now() + random.Skewed(absl::Microseconds(200), faults.latency_max);
  const absl::Time reachable = log_->ReachableAt(node_);
  if (reachable > scheduler.now()) {
    // What is sent then may be given up before it is sent at all.
    if (random.Chance(0.3)) {
      stream.cut = true;
      return;
    }
    arrival = reachable + random.Skewed(absl::Microseconds(200), faults.latency_max);
  }
  if (random.Chance(faults.append_late))
    arrival += random.Between(faults.append_timeout / 2, faults.append_timeout * 5);
  if (late) arrival += random.Between(absl::ZeroDuration(), kLateMax);
  size_t arriving = indexes.size();
  if (random.Chance(faults.append_lost)) {
    stream.cut = true;
    arriving = static_cast<size_t>(random.Below(static_cast<int>(arriving)));
  }
  stream.last_arrival = arrival = std::max(arrival, stream.last_arrival + absl::Microseconds(1));
  auto records = std::make_shared<std::vector<log::Record>>();
  for (size_t i = 0; i < arriving; ++i) records->push_back(*group[indexes[i]].record);
  if (records->empty()) return;
  ++log_->in_flight_;
  scheduler.At(arrival, [self = shared_from_this(), topic, partition, records, appending,
                         indexes = std::move(indexes)] {
    SimulatedLog& log = *self->log_;
    --log.in_flight_;
    auto& entries = log.topics_[topic][static_cast<size_t>(partition)];
    for (size_t i = 0; i < records->size(); ++i) {
      const auto offset = static_cast<int64_t>(entries.size());
      if (log.scheduler_->verbose())
        log.scheduler_->Say(
            self->node_, absl::StrCat("wrote ", ToText(topic, partition, offset, (*records)[i])));
      appending->offsets[indexes[i]] = offset;
      entries.push_back({std::move((*records)[i]), self->node_, log.scheduler_->now()});
    }
    appending->waiting -= records->size();
    if (appending->waiting == 0) self->Arrived(appending);
    log.arrived_(topic);
  });
}

void SimulatedLog::Producer::Arrived(std::shared_ptr<Appending> appending) {
  Scheduler& scheduler = *log_->scheduler_;
  Random& random = scheduler.random();
  const Faults& faults = *log_->faults_;
  if (appending->reported || random.Chance(faults.report_lost)) return;
  absl::Time report = std::max(scheduler.now(), log_->ReachableAt(node_)) +
                      random.Skewed(absl::Microseconds(100), faults.latency_max);
  if (random.Chance(faults.report_late))
    report += random.Between(absl::ZeroDuration(), faults.append_timeout);
  const int times = random.Chance(faults.report_twice) ? 2 : 1;
  for (int i = 0; i < times; ++i) {
    scheduler.At(report + i * absl::Milliseconds(random.Below(100)), [appending, i] {
      if (appending->reported && i == 0) return;  // as failed
      if (!appending->reported && i == 1) return;
      appending->reported = true;
      appending->done({absl::OkStatus(), appending->offsets});
    });
  }
}

void SimulatedLog::Producer::Fail(const std::shared_ptr<Appending>& appending,
                                  absl::string_view why) {
  if (appending->reported) return;
  appending->reported = true;
  failed_ = true;
  log_->scheduler_->Say(node_, absl::StrCat("append failed: ", why));
  appending->done({absl::UnavailableError(why), {}});
}

void SimulatedLog::Producer::GiveUp() {
  failed_ = true;
  for (const auto& one : open_) {
    if (auto appending = one.lock()) Fail(appending, "its producer was given up");
  }
  open_.clear();
}

std::vector<log::LoggedRecord> SimulatedLog::Read(const std::string& topic, size_t records_max,
                                                  log::Positions* positions) const {
  std::vector<log::LoggedRecord> records;
  for (auto& [partition, position] : *positions) {
    const auto& entries = Entries(topic, partition);
    for (; position < static_cast<int64_t>(entries.size()) && records.size() < records_max;
         ++position)
      records.push_back({partition, position, entries[static_cast<size_t>(position)].record});
  }
  return records;
}

bool SimulatedLog::HasMore(const std::string& topic, const log::Positions& positions) const {
  return std::any_of(positions.begin(), positions.end(), [&](const auto& position) {
    return position.second < End(topic, position.first);
  });
}

}  // namespace leadstream::simulation
