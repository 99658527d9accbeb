#include "common/runtime/reaction_runner.h"

#include <absl/strings/str_cat.h>
#include <absl/synchronization/notification.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <set>

#include "common/log/position.h"
#include "common/runtime/resource_types.h"

namespace leadstream::runtime {

using google::protobuf::Message;

namespace {

constexpr size_t kRecordsMax = 256;
constexpr int kAskingThreads = 8;
constexpr size_t kAskingQueueMax = 10'000;
constexpr absl::Duration kRetryDelay = absl::Milliseconds(100);
// Few events of its own make a service do more, and callers wait for its writing.
constexpr absl::Duration kOwnTopicPatience = absl::Milliseconds(20);
constexpr absl::Duration kCommandDeadline = absl::Seconds(10);

using Clock = std::chrono::steady_clock;

// Stands for the other services where nothing may be waited for, and remembers that it would be.
class NobodyToAsk : public Peers {
 public:
  absl::StatusOr<std::shared_ptr<const Message>> Get(const std::string&, int64_t,
                                                     const std::optional<log::Position>&,
                                                     absl::Time) override {
    return Asked();
  }
  absl::Status Asked() {
    was_asked_ = true;
    return absl::UnavailableError("not at once");
  }
  bool was_asked() const { return was_asked_; }

 private:
  bool was_asked_ = false;
};

}  // namespace

// One topic: its thread reads it for the reactor, and is the reactor's.
class ReactionRunner::Follower : private ReactorHost {
 public:
  Follower(ReactionRunner* runner, std::string topic)
      : runner_(runner),
        topic_(std::move(topic)),
        group_(log::ReactionGroupOf(runner->options_.service)),
        patience_(topic_ == log::TopicOf(runner->options_.service) ? kOwnTopicPatience
                                                                   : absl::ZeroDuration()),
        reactor_(runner->reactions_, this, OptionsOf(runner->options_)) {
    thread_ = std::thread([this] { Run(); });
  }
  ~Follower() override { thread_.join(); }

  void OwnsOther() {
    Post([this] { owns_other_ = true; });
  }
  void Stop() {
    Post([this] {
      stopping_ = true;
      reactor_.Stop();
    });
  }
  const std::string& topic() const { return topic_; }
  log::Positions Done() {
    log::Positions done;
    absl::Notification asked;
    Post([&] {
      done = reactor_.done_offsets();
      asked.Notify();
    });
    asked.WaitForNotification();
    return done;
  }

 private:
  static ReactorOptions OptionsOf(const Options& runner) {
    ReactorOptions options;
    options.service = runner.service;
    options.counters = runner.counters;
    return options;
  }
  absl::Time Now() override { return absl::Now(); }
  void Report(int level, const std::string& message) override {
    runner_->options_.report(level, message);
  }
  void MakeCommands(std::shared_ptr<const Occasion> occasion, absl::Time deadline,
                    std::function<void(absl::StatusOr<domain::Commands>)> done) override {
    if (!waits_.contains(occasion->reaction)) {
      if (auto at_once = MakeAtOnce(*occasion, deadline); at_once != nullptr)
        return Post([done, at_once] { done(std::move(*at_once)); });
      waits_.insert(occasion->reaction);
    }
    const bool taken = runner_->asking_->Add([this, occasion, deadline, done, since = heard_at_] {
      // Commands cannot be copied, as a function to be posted must be.
      auto made = std::make_shared<absl::StatusOr<domain::Commands>>(
          CommandsOf(*occasion, runner_->peers_, deadline, runner_->options_.own, since));
      Post([done, made] { done(std::move(*made)); });
    });
    if (!taken)
      Post([done] { done(absl::UnavailableError("too many reactions ask other services")); });
  }
  // Most reactions need nothing that takes long, and are made before another thread would be awake.
  // Null: this one asks another service, or, where others write too, the log's end; it is not tried
  // here again.
  std::shared_ptr<absl::StatusOr<domain::Commands>> MakeAtOnce(const Occasion& occasion,
                                                               absl::Time deadline) {
    NobodyToAsk nobody;
    const bool alone = runner_->log_->exclusive();
    auto made = std::make_shared<absl::StatusOr<domain::Commands>>(
        CommandsOf(occasion, &nobody, deadline,
                   [&](const log::Position& after, Clock::time_point since,
                       absl::Time until) -> absl::StatusOr<const domain::Reader*> {
                     if (alone) return runner_->options_.own(after, since, until);
                     return nobody.Asked();
                   }));
    return nobody.was_asked() ? nullptr : made;
  }
  void Execute(IssuedCommand command, std::function<void(Outcome)> done) override {
    // "reactions/place-order-of-accepted-quote", and what it follows from is in the event's record.
    auto span = runner_->options_.tracer->Follow(telemetry::SpanRecord::kConsumer,
                                                 runner_->options_.service, command.call.actor,
                                                 command.call.traceparent);
    command.call.traceparent = span.traceparent();
    runner_->execute_(std::move(command.request), std::move(command.call),
                      [this, done, span](Outcome outcome) mutable {
                        span.End(outcome.refusal ? outcome.refusal->message : "");
                        Post([this, done, span, outcome = std::move(outcome)] {
                          telemetry::ScopedTrace trace(span.traceparent());
                          heard_at_ = Clock::now();
                          done(outcome);
                        });
                      });
  }
  void CommitProgress(log::GroupProgress progress,
                      std::function<void(absl::Status)> done) override {
    absl::Status kept = runner_->log_->CommitProgress(group_, topic_, progress);
    Post([done, kept] { done(kept); });
  }

  void Post(std::function<void()> what) {
    absl::MutexLock lock(&mutex_);
    posts_.push_back(std::move(what));
    if (cursor_ != nullptr) cursor_->Wake();
  }

  // Runs what was posted; waits for it until then.
  void RunPosts(absl::Time until) {
    std::vector<std::function<void()>> posts;
    {
      absl::MutexLock lock(&mutex_);
      auto ready = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return !posts_.empty(); };
      mutex_.AwaitWithDeadline(absl::Condition(&ready), until);
      posts.swap(posts_);
    }
    for (auto& post : posts) post();
  }

  // Reads on from the progress kept of what this node owns now.
  absl::Status Reopen() {
    auto partitions = runner_->log_->Partitions(topic_);
    if (!partitions.ok()) return partitions.status();
    auto progress = runner_->log_->Progress(group_, topic_);
    if (!progress.ok()) return progress.status();
    log::GroupProgress owned;
    for (int partition = 0; partition < *partitions; ++partition) {
      if (!runner_->options_.owns || runner_->options_.owns(partition))
        owned[partition] = (*progress)[partition];
    }
    reactor_.Own(owned);
    SetCursor(nullptr);
    if (owned.empty()) return absl::OkStatus();
    auto cursor = runner_->log_->Read(topic_, reactor_.next_offsets(), patience_);
    if (!cursor.ok()) return cursor.status();
    SetCursor(std::move(*cursor));
    return absl::OkStatus();
  }

  void SetCursor(std::unique_ptr<log::Cursor> cursor) {
    absl::MutexLock lock(&mutex_);
    cursor_.swap(cursor);
  }

  void Run() {
    absl::Time next = absl::Now();
    while (!stopping_ || !reactor_.idle()) {
      absl::Status status;
      if (owns_other_ && !stopping_) {
        status = Reopen();
        owns_other_ = !status.ok();
      } else if (cursor_ != nullptr && reactor_.hungry() && !stopping_) {
        auto records = cursor_->Next(kRecordsMax, next);
        status = records.status();
        owns_other_ |= !status.ok();
        if (status.ok()) {
          heard_at_ = Clock::now();
          reactor_.Deliver(std::move(*records));
        }
        next = absl::Now();
      }
      if (!status.ok()) {
        if (!absl::IsNotFound(status))
          Report(3, absl::StrCat(runner_->options_.service, ": reacting to ", topic_, ": ",
                                 status.message()));
        next = absl::Now() + kRetryDelay;
      }
      RunPosts(next);
      next = reactor_.Advance();
    }
    // What is not kept is done once more, to no effect.
    runner_->log_->CommitProgress(group_, topic_, reactor_.Progress()).IgnoreError();
    SetCursor(nullptr);
  }

  ReactionRunner* const runner_;
  const std::string topic_;
  const std::string group_;
  const absl::Duration patience_;
  Reactor reactor_;
  std::set<const domain::Reaction*> waits_;  // this, and what follows: the thread's own
  // The last event or outcome. Reactions are shown all that was answered before, so those to a
  // batch of events ask for the log's end once.
  Clock::time_point heard_at_;
  bool owns_other_ = true;
  bool stopping_ = false;
  absl::Mutex mutex_;
  std::vector<std::function<void()>> posts_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<log::Cursor>
      cursor_;  // changed by the thread under the mutex, so read by it without
  std::thread thread_;
};

ReactionRunner::ReactionRunner(const std::vector<domain::Reaction>* reactions, log::EventLog* log,
                               Peers* peers, Execute execute, Options options)
    : reactions_(reactions),
      log_(log),
      peers_(peers),
      execute_(std::move(execute)),
      options_(std::move(options)),
      asking_(std::make_unique<WorkerPool>(kAskingThreads, kAskingQueueMax)) {}

ReactionRunner::~ReactionRunner() { Stop(); }

void ReactionRunner::Start() {
  std::set<std::string> topics;
  for (const domain::Reaction& reaction : *reactions_)
    topics.insert(log::TopicOf(ServiceOfType(reaction.event->GetDescriptor()->full_name())));
  absl::MutexLock lock(&mutex_);
  for (const std::string& topic : topics)
    followers_.push_back(std::make_unique<Follower>(this, topic));
}

void ReactionRunner::OwnsOther() {
  absl::MutexLock lock(&mutex_);
  for (auto& follower : followers_) follower->OwnsOther();
}

std::map<std::string, log::Positions> ReactionRunner::Done() {
  std::map<std::string, log::Positions> done;
  absl::MutexLock lock(&mutex_);  // so that none is stopped before it has answered
  for (auto& follower : followers_) done[follower->topic()] = follower->Done();
  return done;
}

void ReactionRunner::Stop() {
  std::vector<std::unique_ptr<Follower>> followers;
  {
    absl::MutexLock lock(&mutex_);
    followers.swap(followers_);
  }
  for (auto& follower : followers) follower->Stop();
}

Outcome ReactionRunner::ExecuteAndWait(IssuedCommand command) {
  Outcome outcome;
  absl::Notification done;
  execute_(std::move(command.request), std::move(command.call), [&](Outcome answered) {
    outcome = std::move(answered);
    done.Notify();
  });
  done.WaitForNotification();  // every command is answered by its deadline
  return outcome;
}

absl::StatusOr<std::optional<domain::Refusal>> ReactionRunner::ReactAgain(
    const std::string& name, const std::string& key, const std::string& position) {
  const auto at = log::ParsePosition(position);
  const auto reaction = std::find_if(reactions_->begin(), reactions_->end(),
                                     [&](const domain::Reaction& one) { return one.name == name; });
  if (!at || reaction == reactions_->end())
    return absl::NotFoundError(absl::StrCat("this version has no reaction ", name));
  const absl::Time deadline = absl::Now() + kCommandDeadline;
  auto cursor = log_->Read(log::TopicOf(at->service), {{at->partition, at->offset}});
  if (!cursor.ok()) return cursor.status();
  auto records = (*cursor)->Next(1, deadline);
  if (!records.ok()) return records.status();
  if (records->empty() || records->front().offset != at->offset)
    return absl::UnavailableError(absl::StrCat("the log does not answer at ", position));
  const Occasion occasion{&*reaction, std::move(records->front())};
  auto commands = CommandsOf(occasion, peers_, deadline, options_.own);
  if (!commands.ok()) return std::optional<domain::Refusal>(FailureOf(commands.status()));
  for (const domain::Commands::Command& command : commands->all()) {
    if (!key.empty() && command.key != key) continue;
    Outcome outcome = ExecuteAndWait(Issue(occasion, command, deadline));
    if (outcome.refusal && !IsDone(*reaction, *outcome.refusal)) return outcome.refusal;
  }
  return std::optional<domain::Refusal>();
}

}  // namespace leadstream::runtime
