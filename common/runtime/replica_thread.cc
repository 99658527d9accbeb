#include "common/runtime/replica_thread.h"

#include <absl/strings/str_cat.h>
#include <absl/synchronization/notification.h>
#include <absl/time/clock.h>

#include "common/runtime/ids.h"

namespace leadstream::runtime {
namespace {

constexpr int kWaitThreads = 4;
constexpr size_t kWaitQueueMax = 10'000;
constexpr size_t kGroupsToAnswerMax = 100;
// A caller's thread does so much for others, and leaves the rest to the replica's own.
constexpr int kTurnsMax = 4;
// Commands that come while a group is in flight wait so long at most to be looked at: the group's
// report is likely to come before. It holds up those that are for another node.
constexpr absl::Duration kGatherMax = absl::Milliseconds(1);
// How old what is exported of other nodes may be; shorter than the replica's idle tick.
constexpr absl::Duration kLookAtWriters = absl::Milliseconds(90);

}  // namespace

ReplicaThread::ReplicaThread(log::EventLog* log, store::ReadModel* model, Options options)
    : log_(log),
      model_(model),
      options_(std::move(options)),
      topic_(log::TopicOf(options_.replica.service)),
      skips_(log, topic_),
      replica_(model, this, options_.replica),
      writes_(static_cast<size_t>(model->partitions())),
      is_writer_(static_cast<size_t>(model->partitions())),
      published_wanted_(static_cast<size_t>(model->partitions()), true) {
  wanted_ = published_wanted_;
}

ReplicaThread::~ReplicaThread() { Drain(absl::ZeroDuration()); }

void ReplicaThread::Start() {
  waits_ = std::make_unique<WorkerPool>(kWaitThreads, kWaitQueueMax);
  answers_ = std::make_unique<WorkerPool>(1, kGroupsToAnswerMax);
  loop_ = std::thread([this] { Run(); });
  follower_ = std::thread([this] { Follow(); });
  waits_->Add([this] { FindStartEnds(); });
  membership_ = log_->Join(topic_, options_.replica.self.node, [this](std::vector<int> share) {
    Post([this, share = std::move(share)] { replica_.Propose(share); });
  });
}

void ReplicaThread::FindStartEnds() {
  for (;;) {
    auto ends = log_->Ends(topic_);
    if (ends.ok()) return Post([this, ends] { replica_.Start(*ends); });
    absl::MutexLock lock(&mutex_);
    if (mutex_.AwaitWithTimeout(absl::Condition(&stopping_), kRetryDelay)) return;
  }
}

absl::Status ReplicaThread::WaitUntilServing(absl::Time deadline) const {
  absl::MutexLock lock(&mutex_);
  auto ready = [this] { return serving_.load(); };
  if (mutex_.AwaitWithDeadline(absl::Condition(&ready), deadline)) return absl::OkStatus();
  return absl::DeadlineExceededError(absl::StrCat(
      options_.replica.service, caught_up_ ? ": not every partition has a writer yet"
                                           : ": the log is not folded to its end yet"));
}

void ReplicaThread::HandOver(absl::Duration at_most) {
  if (!loop_.joinable()) return;
  {
    absl::MutexLock lock(&mutex_);
    if (drained_) return;
  }
  const absl::Time deadline = absl::Now() + at_most;
  Post([this, deadline] {
    replica_.Drain(deadline, [this] {
      absl::MutexLock lock(&mutex_);
      drained_ = true;
    });
  });
  absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(&drained_));
}

void ReplicaThread::Drain(absl::Duration at_most) {
  if (!loop_.joinable()) return;
  HandOver(at_most);
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    if (cursor_ != nullptr) cursor_->Wake();
  }
  follower_.join();
  waits_->Close();  // what it still posts is run below
  loop_.join();
  answers_->Close();
  membership_.reset();
}

// ---- the loop ----------------------------------------------------------------------------------

void ReplicaThread::Post(std::function<void()> what) {
  absl::MutexLock lock(&mutex_);
  posts_.push_back(std::move(what));
}

void ReplicaThread::PostAndTakeTurns(std::function<void()> what) {
  absl::MutexLock lock(&mutex_);
  posts_.push_back(std::move(what));
  if (!options_.replica.exclusive) TakeTurns();
}

void ReplicaThread::Submit(PendingCommand command) {
  domain::Refusal refusal;
  {
    absl::MutexLock lock(&mutex_);
    if (stopping_) {
      refusal = ShuttingDown();
    } else if (commands_.size() >= options_.replica.queue_depth_max) {
      refusal = QueueFull(commands_.size());
    } else {
      commands_.push_back(std::move(command));
      if (gathers_) {
        next_ = std::min(next_, absl::Now() + kGatherMax);
      } else if (!options_.replica.exclusive) {
        TakeTurns();
      }
      return;
    }
  }
  command.done({std::move(refusal), {}, {}});
}

void ReplicaThread::Heard(const log::NodeIdentity& peer, bool ready) {
  Post([this, peer, ready] { replica_.Heard(peer, ready); });
}

template <typename Result>
Result ReplicaThread::Ask(Result (Replica::*what)() const) {
  Result result;
  absl::Notification done;
  {
    absl::MutexLock lock(&mutex_);
    if (stopping_) return result;  // what was posted before is still run
    posts_.push_back([&] {
      result = (replica_.*what)();
      done.Notify();
    });
  }
  done.WaitForNotification();
  return result;
}

std::vector<log::NodeIdentity> ReplicaThread::Peers() { return Ask(&Replica::Peers); }

std::map<int, Replica::Stop> ReplicaThread::Stops() { return Ask(&Replica::Stops); }

void ReplicaThread::TakeTurns() {
  for (int turn = 0; turn < kTurnsMax && !taken_; ++turn) {
    if (posts_.empty() && (commands_.empty() || gathers_)) return;
    TakeTurn();
  }
}

void ReplicaThread::TakeTurn() {
  taken_ = true;
  std::vector<std::function<void()>> posts;
  std::vector<PendingCommand> commands;
  posts.swap(posts_);
  commands.swap(commands_);
  mutex_.Unlock();
  for (PendingCommand& command : commands) replica_.Submit(std::move(command));
  for (auto& post : posts) post();
  const absl::Time next = replica_.Advance();
  Publish();
  const bool gathers = replica_.group_in_flight();
  posts.clear();  // what they hold ends outside
  mutex_.Lock();
  next_ = gathers && !commands_.empty() ? std::min(next, absl::Now() + kGatherMax) : next;
  gathers_ = gathers;
  taken_ = false;
}

void ReplicaThread::Run() {
  absl::MutexLock lock(&mutex_);
  taken_ = false;
  auto brought = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return !posts_.empty() || (!commands_.empty() && !gathers_) || stopping_;
  };
  auto ready = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return !taken_ && (brought() || next_ < sleeps_until_);
  };
  auto free = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return !taken_; };
  for (;;) {
    sleeps_until_ = next_;
    mutex_.AwaitWithDeadline(absl::Condition(&ready), sleeps_until_);
    mutex_.Await(absl::Condition(&free));
    if (stopping_ && posts_.empty() && commands_.empty()) break;
    if (brought() || absl::Now() >= next_) TakeTurn();
  }
  taken_ = true;
}

// What other threads want to know.
void ReplicaThread::Publish() {
  caught_up_ = replica_.caught_up();
  bool others = false, other_wants = false;
  std::vector<bool> wanted(writes_.size());
  for (size_t i = 0; i < writes_.size(); ++i) {
    const int partition = static_cast<int>(i);
    writes_[i] = replica_.MayDecide(partition);
    const bool is_writer = replica_.IsWriter(partition);
    others |= is_writer_[i].exchange(is_writer) != is_writer;
    wanted[i] = replica_.WantsToRead(partition);
    other_wants |= wanted[i] != published_wanted_[i];
  }
  const bool serving = replica_.serving();
  if (serving != serving_ || other_wants) {
    absl::MutexLock lock(&mutex_);  // for WaitUntilServing, and the follower
    serving_ = serving;
    wanted_ = published_wanted_ = std::move(wanted);
    if (cursor_ != nullptr) cursor_->Wake();
  }
  if (others && writers_changed_) writers_changed_();
  Counters& counters = *options_.replica.counters;
  counters.queue_depth.Set(
      static_cast<int64_t>(replica_.commands_waiting() + replica_.commands_forwarded()));
  if (const absl::Time now = absl::Now(); now - looked_at_writers_ > kLookAtWriters) {
    looked_at_writers_ = now;
    counters.partitions_without_writer.Set(replica_.PartitionsWithoutWriter());
  }
}

// ---- what the replica asks for -----------------------------------------------------------------

absl::Time ReplicaThread::Now() { return absl::Now(); }
int64_t ReplicaThread::TimeMicros() { return options_.now_us(); }
std::string ReplicaThread::NewId() { return NewUuid(options_.now_us()); }

void ReplicaThread::Append(const std::vector<log::PendingRecord>& records,
                           std::function<void(log::AppendResult)> done) {
  log_->Append(topic_, records, [this, done, began = absl::Now()](log::AppendResult result) {
    options_.replica.counters->append_duration.Observe(
        absl::ToInt64Nanoseconds(absl::Now() - began));
    PostAndTakeTurns([done, result = std::move(result)] { done(result); });
  });
}

void ReplicaThread::FindEnd(int partition, std::function<void(absl::StatusOr<int64_t>)> done) {
  waits_->Add([this, partition, done] {
    auto end = log_->End(topic_, partition);
    Post([done, end] { done(end); });
  });
}

void ReplicaThread::FindEnds(std::function<void(absl::StatusOr<log::Positions>)> done) {
  waits_->Add([this, done] {
    auto ends = log_->Ends(topic_);
    Post([done, ends] { done(ends); });
  });
}

void ReplicaThread::FindSkip(int partition, int64_t offset,
                             std::function<void(absl::StatusOr<bool>)> done) {
  waits_->Add([this, partition, offset, done] {
    auto found = skips_.Contains(partition, offset);
    Post([done, found] { done(found); });
  });
}

void ReplicaThread::Recover(std::function<void(absl::Status)> done) {
  waits_->Add([this, done] {
    absl::Status recovered = log_->Recover();
    if (recovered.ok()) recovered = model_->Recover();
    if (recovered.ok()) {
      absl::MutexLock lock(&mutex_);
      from_anew_ = true;
      if (cursor_ != nullptr) cursor_->Wake();
    }
    Post([done, recovered] { done(recovered); });
  });
}

void ReplicaThread::Forward(const std::string& address,
                            std::shared_ptr<const PendingCommand> command,
                            std::function<void(std::optional<Outcome>)> done) {
  auto answer = [this, done](std::optional<Outcome> outcome) {
    Post([done, outcome = std::move(outcome)] { done(outcome); });
  };
  if (!options_.forward) return answer(std::nullopt);
  options_.forward(address, std::move(command), std::move(answer));
}

void ReplicaThread::DoAside(std::function<void()> what) {
  if (!answers_->Add(what)) what();
}

void ReplicaThread::LookUp(PendingCommand command) { options_.look_up(std::move(command)); }

}  // namespace leadstream::runtime
