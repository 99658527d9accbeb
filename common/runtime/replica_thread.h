// A replica in a process. One thread at a time is at it: its own, or, where several nodes share the
// log, whoever brings a command or the log's report and finds it idle, since to wake a thread costs
// more than all that is done to a command. One more thread reads the log ahead of it, and a few do
// what may wait. All of it is thread-safe.
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/log/skips.h"
#include "common/runtime/replica.h"
#include "common/runtime/worker_pool.h"

namespace leadstream::runtime {

class ReplicaThread : private ReplicaHost {
 public:
  struct Options {
    ReplicaOptions replica;
    std::function<int64_t()> now_us;
    std::function<void(PendingCommand)> look_up;
    // See ReplicaHost::Forward; from any thread. Unset: there is no other node.
    std::function<void(const std::string& address, std::shared_ptr<const PendingCommand> command,
                       std::function<void(std::optional<Outcome>)> done)>
        forward;
    std::function<void(int level, const std::string& message)> report;
  };

  ReplicaThread(log::EventLog* log, store::ReadModel* model, Options options);
  ~ReplicaThread() override;

  // Where other nodes reach this one; before Start.
  void AnswersAt(const std::string& address) { replica_.AnswersAt(address); }
  // Begins to follow, and to write what falls to it.
  void Start();
  // Until it serves. DeadlineExceeded: it does not yet.
  absl::Status WaitUntilServing(absl::Time deadline) const;
  // See Replica.
  void Submit(PendingCommand command);
  void Heard(const log::NodeIdentity& peer, bool ready);
  std::vector<log::NodeIdentity> Peers();
  std::map<int, Replica::Stop> Stops();
  // Finishes and hands over. Afterwards commands are refused, and nothing of this node is appended.
  void HandOver(absl::Duration at_most);
  // The same, if it has not happened yet, and stops.
  void Drain(absl::Duration at_most);

  bool caught_up() const { return caught_up_; }
  bool serving() const { return serving_; }
  // Whether a command of the partition could be decided here, a moment ago.
  bool Writes(int partition) const { return writes_[static_cast<size_t>(partition)]; }
  // Whether the last valid claim is this node's, though it may not be able to decide at the moment.
  bool IsWriter(int partition) const { return is_writer_[static_cast<size_t>(partition)]; }
  // Calls `changed` whenever that is so of other partitions. Before Start.
  void OnWritersChanged(std::function<void()> changed) { writers_changed_ = std::move(changed); }

 private:
  static constexpr absl::Duration kRetryDelay = absl::Milliseconds(100);

  absl::Time Now() override;
  int64_t TimeMicros() override;
  std::string NewId() override;
  void Append(const std::vector<log::PendingRecord>& records,
              std::function<void(log::AppendResult)> done) override;
  void FindEnd(int partition, std::function<void(absl::StatusOr<int64_t>)> done) override;
  void Recover(std::function<void(absl::Status)> done) override;
  void Forward(const std::string& address, std::shared_ptr<const PendingCommand> command,
               std::function<void(std::optional<Outcome>)> done) override;
  void LookUp(PendingCommand command) override;
  void FindEnds(std::function<void(absl::StatusOr<log::Positions>)> done) override;
  void FindSkip(int partition, int64_t offset,
                std::function<void(absl::StatusOr<bool>)> done) override;
  void DoAside(std::function<void()> what) override;
  void Report(int level, const std::string& message) override { options_.report(level, message); }

  // What the replica says, between two turns; nothing once it has stopped.
  template <typename Result>
  Result Ask(Result (Replica::*what)() const);
  // Leaves it to the replica's own thread.
  void Post(std::function<void()> what);
  // Does it here where nobody is at the replica; `done` of any command may be called before it
  // returns.
  void PostAndTakeTurns(std::function<void()> what);
  void TakeTurns() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // One round of all that was brought. Gives the mutex back meanwhile.
  void TakeTurn() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Run();
  void Publish();
  void FindStartEnds();
  void Follow();
  // What the read model is very far behind by, before it is followed record by record.
  void CatchUpIfFar();
  // Until it is to read from other positions, or an error.
  absl::Status ReadOn(log::Cursor* cursor);
  // Pauses and resumes partitions, as the replica wants them now.
  absl::Status PauseAndResume(log::Cursor* cursor);

  log::EventLog* const log_;
  store::ReadModel* const model_;
  const Options options_;
  const std::string topic_;
  log::Skips skips_;
  Replica replica_;  // whose turn it is
  std::function<void()> writers_changed_;

  mutable absl::Mutex mutex_;
  std::vector<std::function<void()>> posts_ ABSL_GUARDED_BY(mutex_);
  std::vector<PendingCommand> commands_ ABSL_GUARDED_BY(mutex_);
  // Somebody is at the replica. For ever, once its own thread has ended.
  bool taken_ ABSL_GUARDED_BY(mutex_) = true;
  // A group is in flight: commands gather until it is reported, or a moment has passed.
  bool gathers_ ABSL_GUARDED_BY(mutex_) = false;
  // When the replica has something to do by itself, and until when its thread sleeps.
  absl::Time next_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  absl::Time sleeps_until_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool drained_ ABSL_GUARDED_BY(mutex_) = false;
  // What the follower does: how many batches wait to be folded, which partitions it reads, and
  // whether all of them from where the read model is.
  int batches_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<bool> wanted_ ABSL_GUARDED_BY(mutex_);
  bool from_anew_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<bool> read_;  // the follower's own
  log::Cursor* cursor_ ABSL_GUARDED_BY(mutex_) = nullptr;

  std::atomic<bool> caught_up_{false};
  std::atomic<bool> serving_{false};
  std::vector<std::atomic<bool>> writes_, is_writer_;
  std::vector<bool> published_wanted_;                   // whose turn it is
  absl::Time looked_at_writers_ = absl::InfinitePast();  // likewise
  std::unique_ptr<log::EventLog::Membership> membership_;
  std::unique_ptr<WorkerPool> waits_, answers_;
  std::thread loop_, follower_;
};

}  // namespace leadstream::runtime
