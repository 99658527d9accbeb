// The log that all nodes of a run share, with the faults of a real one: what is appended may be
// lost, late, reported late, twice or not at all. What the interface of the real one promises
// (common/log/event_log.h) it keeps: records of one producer stay in order, and what an append that
// was reported as failed may have left may turn up at any time, when its producer is long gone.
#pragma once

#include <absl/status/statusor.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/log/event_log.h"
#include "tests/simulation/faults.h"
#include "tests/simulation/scheduler.h"

namespace leadstream::simulation {

class SimulatedLog {
 public:
  // How a node appends. A new one is made by each life of its process, and after a failure.
  class Producer : public std::enable_shared_from_this<Producer> {
   public:
    Producer(SimulatedLog* log, std::string node) : log_(log), node_(std::move(node)) {}
    // `done` is called later, once or, as a fault, twice.
    void Append(const std::string& topic, const std::vector<log::PendingRecord>& group,
                std::function<void(log::AppendResult)> done);
    bool failed() const { return failed_; }
    // Nothing of it is reported but as failed; what is on its way still may arrive.
    void GiveUp();

   private:
    friend class SimulatedLog;
    struct Appending;
    struct Stream {
      absl::Time last_arrival = absl::InfinitePast();
      bool cut = false;
    };
    void Send(const std::string& topic, int partition, std::vector<size_t> indexes,
              const std::vector<log::PendingRecord>& group, std::shared_ptr<Appending> appending,
              bool late);
    void Arrived(std::shared_ptr<Appending> appending);
    void Fail(const std::shared_ptr<Appending>& appending, absl::string_view why);

    SimulatedLog* const log_;
    const std::string node_;
    std::map<std::pair<std::string, int>, Stream> streams_;
    std::vector<std::weak_ptr<Appending>> open_;
    bool failed_ = false;
  };

  struct Entry {
    log::Record record;
    std::string node;  // whose producer brought it
    absl::Time arrived;
  };

  SimulatedLog(Scheduler* scheduler, const Faults* faults)
      : scheduler_(scheduler), faults_(faults) {}

  void CreateTopic(const std::string& topic, int partitions) {
    topics_[topic].resize(static_cast<size_t>(partitions));
  }
  int Partitions(const std::string& topic) const {
    return static_cast<int>(topics_.at(topic).size());
  }
  std::shared_ptr<Producer> NewProducer(const std::string& node) {
    return std::make_shared<Producer>(this, node);
  }
  const std::deque<Entry>& Entries(const std::string& topic, int partition) const {
    return topics_.at(topic)[static_cast<size_t>(partition)];
  }
  int64_t End(const std::string& topic, int partition) const {
    return static_cast<int64_t>(Entries(topic, partition).size());
  }
  // At most `records_max` from the positions on, which it moves.
  std::vector<log::LoggedRecord> Read(const std::string& topic, size_t records_max,
                                      log::Positions* positions) const;
  bool HasMore(const std::string& topic, const log::Positions& positions) const;
  // Called whenever something has arrived.
  void OnArrival(std::function<void(const std::string& topic)> arrived) {
    arrived_ = std::move(arrived);
  }
  // Called with each record as its producer takes it, in that order. True: it is to arrive late.
  void OnAppend(std::function<bool(const std::string& node, const std::string& topic, int partition,
                                   const log::Record&)>
                    appended) {
    appended_ = std::move(appended);
  }

  // Keeps `node` from the log until then.
  void Cut(const std::string& node, absl::Time until) { cut_until_[node] = until; }
  bool Reachable(const std::string& node) const { return ReachableAt(node) <= scheduler_->now(); }
  // Records that are on their way.
  int64_t in_flight() const { return in_flight_; }

  using Group = std::pair<std::string, std::string>;  // and topic
  log::GroupProgress& Progress(const Group& group) { return progress_[group]; }

 private:
  absl::Time ReachableAt(const std::string& node) const {
    auto at = cut_until_.find(node);
    return at == cut_until_.end() ? absl::InfinitePast() : at->second;
  }

  Scheduler* const scheduler_;
  const Faults* const faults_;
  std::map<std::string, std::vector<std::deque<Entry>>> topics_;
  std::map<std::string, absl::Time> cut_until_;
  std::map<Group, log::GroupProgress> progress_;
  std::function<void(const std::string&)> arrived_;
  std::function<bool(const std::string&, const std::string&, int, const log::Record&)> appended_;
  int64_t in_flight_ = 0;
};

}  // namespace leadstream::simulation
