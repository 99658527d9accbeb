// The writer of a service on one node: one thread that owns partitions, decides commands in order
// and appends groups.
//
// A group is whatever waits when the one before it has ended: no timer. For each command in order:
// an accepted request id is answered again; the etag is compared; the rules decide on the newest
// state, the group's own included. Then the group is appended, and when the log has it at the
// offsets expected, one batch takes it into the read model, and only then is everybody answered:
// what was answered is durable, what is durable is readable.
//
// Who may write is decided in the log (log/fence.h). The writer owns its partitions from the moment
// that it has read its own claim back. An append that fails, or lands elsewhere than expected,
// proves nothing: the writer stops deciding, claims anew, reads up to that claim, and answers each
// command in doubt by what the log then says.
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>

#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/log/event_log.h"
#include "common/runtime/command.h"
#include "common/store/fold_batch.h"

namespace leadstream::runtime {

struct WriterOptions {
  std::string service;
  std::string node = "node-1";
  std::string address;
  size_t queue_depth_max = 10'000;
  size_t group_records_max = 1'024;
  absl::Duration retry_delay = absl::Milliseconds(200);
  std::function<int64_t()> now_us;
  // Told about what an operator should know; `level` is spdlog's: 2 info, 3 warning, 4 error.
  std::function<void(int level, const std::string& message)> report = [](int, const std::string&) {
  };
};

class Writer {
 public:
  Writer(log::EventLog* log, store::ReadModel* model, WriterOptions options);
  ~Writer();

  // Begins to fold, claim and serve.
  void Start();
  // Takes a command, or answers it at once: RESOURCE_EXHAUSTED when too many wait, UNAVAILABLE when
  // draining or in doubt.
  void Submit(PendingCommand command);
  // Takes no more, finishes what waits, and stops. Afterwards nothing of this node is appended.
  void Drain();
  // It owns its partitions and takes commands.
  bool serving() const { return serving_; }
  // It has read its own claims back: the read model shows all that was ever answered. Stays so,
  // whatever comes.
  bool caught_up() const { return caught_up_; }
  // Until it does. DeadlineExceeded: it does not yet.
  absl::Status WaitUntilServing(absl::Time deadline) const;

 private:
  struct Decided {
    PendingCommand command;
    common::v1::Record record;
    store::StoredState after;
    log::Position position;
  };
  struct Answer {
    std::function<void(Outcome)> done;
    Outcome outcome;
  };
  // What one pass over the queue came to.
  struct Group {
    explicit Group(store::ReadModel* model) : batch(model) {}
    store::FoldBatch batch;
    std::vector<Decided> accepted;
    std::vector<Answer> answers;  // of commands that made no record: refused, or accepted before
  };

  void Run();
  absl::Status Own();
  absl::Status CatchUp(const log::Positions& ends);
  void SettleDoubts();
  std::deque<PendingCommand> TakeWaiting();
  void Process(std::deque<PendingCommand> commands);
  // Refuses, answers again, or decides. An error is a fault of the machinery.
  absl::Status Decide(PendingCommand command, Group* group);
  std::optional<Outcome> AnsweredBefore(const PendingCommand& command, const Group& group,
                                        absl::Status* fault);
  void AnswerAll(Group group);
  common::v1::Record RecordOf(const PendingCommand& command, const google::protobuf::Message& event,
                              int64_t revision, int64_t epoch, int64_t now_us) const;
  void RefuseAllWaiting(const domain::Refusal& refusal);
  void Report(int level, const std::string& message) { options_.report(level, message); }

  log::EventLog* const log_;
  store::ReadModel* const model_;
  const WriterOptions options_;
  const std::string topic_;
  mutable absl::Mutex mutex_;
  std::deque<PendingCommand> waiting_ ABSL_GUARDED_BY(mutex_);
  bool draining_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::atomic<bool> serving_{false};
  std::atomic<bool> caught_up_{false};
  std::vector<Decided> in_doubt_;
  bool failed_ = false;  // log or read model must be recovered before they are used again
  int64_t last_time_us_ = 0;
  std::unique_ptr<log::EventLog::Membership> membership_;
  std::vector<int> proposed_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace leadstream::runtime
