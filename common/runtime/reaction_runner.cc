#include "common/runtime/reaction_runner.h"

#include <absl/strings/str_cat.h>
#include <absl/synchronization/blocking_counter.h>
#include <absl/synchronization/notification.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <map>
#include <set>

#include "common/log/position.h"
#include "common/runtime/ids.h"
#include "common/runtime/resource_types.h"
#include "leadstream/common/v1/reaction.pb.h"

namespace leadstream::runtime {

using common::v1::Record;
using google::protobuf::Message;

namespace {

constexpr int kParallelMax = 16;
// A reaction that waits this long before it is tried again is something an operator wants to know.
constexpr absl::Duration kRetryDelayReported = absl::Seconds(1);
// Most events lead to nothing; how far those were read is kept only now and then.
constexpr absl::Duration kIdleProgressInterval = absl::Seconds(1);

void SetRequestId(Message* request, const std::string& id) {
  const auto* field = request->GetDescriptor()->FindFieldByName("request_id");
  if (field != nullptr) request->GetReflection()->SetString(request, field, id);
}

// The effect is there, by this very command, whose request id nobody else has: what it is made from
// read otherwise then.
bool IsDone(const domain::Refusal& refusal) {
  return refusal.reason == domain::ReasonName(common::v1::REQUEST_ID_REUSED);
}

// Where the event stands that the reaction is to.
log::Position PositionOf(const domain::Reaction& reaction, const log::LoggedRecord& logged) {
  return {ServiceOfType(reaction.event->GetDescriptor()->full_name()), logged.partition,
          logged.offset};
}

}  // namespace

bool IsPassing(absl::StatusCode code) {
  return code == absl::StatusCode::kUnavailable || code == absl::StatusCode::kDeadlineExceeded ||
         code == absl::StatusCode::kResourceExhausted || code == absl::StatusCode::kCancelled;
}

ReactionRunner::ReactionRunner(const std::vector<domain::Reaction>* reactions, log::EventLog* log,
                               Peers* peers, Execute execute, Options options)
    : reactions_(reactions),
      log_(log),
      peers_(peers),
      execute_(std::move(execute)),
      options_(std::move(options)) {}

ReactionRunner::~ReactionRunner() { Stop(); }

void ReactionRunner::Start() {
  std::set<std::string> topics;
  for (const domain::Reaction& reaction : *reactions_)
    topics.insert(log::TopicOf(ServiceOfType(reaction.event->GetDescriptor()->full_name())));
  for (const std::string& topic : topics) threads_.emplace_back([this, topic] { Follow(topic); });
}

void ReactionRunner::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

bool ReactionRunner::Sleep(absl::Duration delay) {
  absl::MutexLock lock(&mutex_);
  return !mutex_.AwaitWithTimeout(absl::Condition(&stopping_), delay);
}

void ReactionRunner::Follow(const std::string& topic) {
  const std::string group = absl::StrCat("leadstream.", options_.service, ".reactions");
  absl::Duration delay = options_.retry_delay_min;
  while (!Stopping()) {
    // From the progress kept, or the beginning; after an error, from there again.
    auto partitions = log_->Partitions(topic);
    auto progress = log_->Progress(group, topic);
    if (!partitions.ok() || !progress.ok()) {
      if (!Sleep(options_.retry_delay_min)) return;
      continue;
    }
    log::Positions from;
    std::map<int, log::Fence> fences;
    for (int partition = 0; partition < *partitions; ++partition) {
      from[partition] = (*progress)[partition].next_offset;
      fences[partition] = log::Fence((*progress)[partition].epoch);
    }
    auto cursor = log_->Read(topic, from);
    absl::Status status = cursor.status();
    log::GroupProgress reached;  // not kept yet: events that no reaction is to
    absl::Time keep_at = absl::Now() + kIdleProgressInterval;
    while (status.ok() && !Stopping()) {
      auto records =
          (*cursor)->Next(options_.batch_records_max, absl::Now() + absl::Milliseconds(200));
      status = records.status();
      if (!status.ok()) break;
      log::GroupProgress read;
      std::vector<log::LoggedRecord> counting;
      for (log::LoggedRecord& logged : *records) {
        const bool counts = fences[logged.partition].Admit(logged.record);
        read[logged.partition] = {logged.offset + 1, fences[logged.partition].epoch()};
        if (counts) counting.push_back(std::move(logged));
      }
      auto reacted = React(std::move(counting));
      status = reacted.status();
      if (!status.ok()) break;
      for (const auto& [partition, progress_there] : read) reached[partition] = progress_there;
      if (!*reacted && absl::Now() < keep_at) continue;
      if (!reached.empty()) status = log_->CommitProgress(group, topic, reached);
      reached.clear();
      keep_at = absl::Now() + kIdleProgressInterval;
      if (status.ok()) delay = options_.retry_delay_min;
    }
    if (status.ok() && !reached.empty())
      log_->CommitProgress(group, topic, reached).IgnoreError();  // else they are read again
    if (Stopping()) return;
    options_.report(3, absl::StrCat(options_.service, ": reacting to ", topic, " goes on in ",
                                    absl::FormatDuration(delay), ": ", status.message()));
    if (!Sleep(delay)) return;
    delay = std::min(delay * 2, options_.retry_delay_max);
  }
}

absl::StatusOr<bool> ReactionRunner::React(std::vector<log::LoggedRecord> records) {
  // One lane a resource, so that its events stay in order.
  std::map<std::string, std::vector<Step>> lanes;
  for (log::LoggedRecord& logged : records) {
    for (const domain::Reaction& reaction : *reactions_) {
      if (reaction.event->GetDescriptor()->full_name() == logged.record.type())
        lanes[logged.record.subject()].push_back({&reaction, logged});
    }
  }
  if (lanes.empty()) return false;
  std::vector<const std::vector<Step>*> open;
  for (const auto& [subject, steps] : lanes) open.push_back(&steps);
  std::atomic<size_t> next{0};
  absl::Mutex mutex;
  absl::Status failed;
  auto work = [&] {
    for (size_t i = next++; i < open.size(); i = next++) {
      for (const Step& step : *open[i]) {
        absl::Status reacted = ReactTo(*step.reaction, step.logged);
        if (reacted.ok()) continue;
        absl::MutexLock lock(&mutex);
        failed.Update(reacted);
        return;
      }
    }
  };
  std::vector<std::thread> helpers;
  for (size_t i = 1; i < std::min<size_t>(open.size(), kParallelMax); ++i)
    helpers.emplace_back(work);
  work();
  for (std::thread& helper : helpers) helper.join();
  if (!failed.ok()) return failed;
  return true;
}

absl::StatusOr<domain::Commands> ReactionRunner::CommandsOf(const domain::Reaction& reaction,
                                                            const log::LoggedRecord& logged) {
  const Record& record = logged.record;
  std::unique_ptr<Message> event(reaction.event->New());
  if (!event->ParseFromString(record.data()))
    return absl::DataLossError(
        absl::StrCat(record.subject(), " revision ", record.revision(), " cannot be read"));
  domain::Occurrence on{record, [&](const std::string& name, int64_t revision) {
                          return peers_->Get(name, revision, PositionOf(reaction, logged),
                                             absl::Now() + options_.command_deadline);
                        }};
  domain::Commands commands;
  absl::Status reacted = reaction.react(*event, on, &commands);
  if (!reacted.ok()) return reacted;
  return commands;
}

absl::Status ReactionRunner::ReactTo(const domain::Reaction& reaction,
                                     const log::LoggedRecord& logged) {
  absl::Duration delay = options_.retry_delay_min;
  for (;;) {
    absl::Status passing;
    auto commands = CommandsOf(reaction, logged);
    if (!commands.ok() && !IsPassing(commands.status().code())) {
      // The event cannot be reacted to at all: an operator must look at it, and nothing else should
      // wait.
      return Park(reaction, logged, "", FailureOf(commands.status()));
    }
    passing = commands.status();
    for (size_t i = 0; passing.ok() && i < commands->all().size(); ++i) {
      const domain::Commands::Command& command = commands->all()[i];
      Outcome outcome = Issue(reaction, logged, command);
      if (!outcome.refusal) continue;
      if (IsPassing(outcome.refusal->code)) {
        passing = absl::UnavailableError(outcome.refusal->message);
        break;
      }
      if (IsDone(*outcome.refusal)) continue;
      absl::Status parked = Park(reaction, logged, command.key, *outcome.refusal);
      if (!parked.ok()) passing = parked;
    }
    if (passing.ok()) return passing;
    if (delay >= kRetryDelayReported) {
      options_.report(
          3, absl::StrCat(options_.service, ": ", reaction.name, " of ", logged.record.subject(),
                          " goes on in ", absl::FormatDuration(delay), ": ", passing.message()));
    }
    if (!Sleep(delay)) return absl::CancelledError("stopping");
    delay = std::min(delay * 2, options_.retry_delay_max);
  }
}

Outcome ReactionRunner::Issue(const domain::Reaction& reaction, const log::LoggedRecord& logged,
                              const domain::Commands::Command& command) {
  const Record& record = logged.record;
  std::unique_ptr<Message> request(command.request->New());
  request->CopyFrom(*command.request);
  SetRequestId(request.get(), UuidOf({record.id(), reaction.name, command.key}));
  CallInfo call;
  call.actor = absl::StrCat("reactions/", reaction.name);
  call.correlation_id = record.correlation_id();
  call.causation_id = record.id();
  call.traceparent = record.traceparent();
  call.deadline = absl::Now() + options_.command_deadline;
  call.after = PositionOf(reaction, logged);
  return ExecuteAndWait(std::move(request), std::move(call));
}

Outcome ReactionRunner::ExecuteAndWait(std::unique_ptr<Message> request, CallInfo call) {
  Outcome outcome;
  absl::Notification done;
  execute_(std::move(request), std::move(call), [&](Outcome answered) {
    outcome = std::move(answered);
    done.Notify();
  });
  done.WaitForNotification();  // the writer answers everything it has taken
  return outcome;
}

absl::Status ReactionRunner::Park(const domain::Reaction& reaction, const log::LoggedRecord& logged,
                                  const std::string& key, const domain::Refusal& refusal) {
  auto parked = std::make_unique<common::v1::ReactionParked>();
  common::v1::ParkedReaction* waiting = parked->mutable_parked_reaction();
  waiting->set_name(absl::StrCat("services/", options_.service, "/parkedReactions/",
                                 UuidOf({logged.record.id(), reaction.name, key})));
  waiting->set_reaction(reaction.name);
  waiting->set_command_key(key);
  waiting->set_resource(logged.record.subject());
  waiting->set_event_id(logged.record.id());
  waiting->set_position(log::ToString(PositionOf(reaction, logged)));
  waiting->set_reason(refusal.reason);
  waiting->set_message(refusal.message);
  options_.report(
      3, absl::StrCat(options_.service, ": parked ", reaction.name, " of ", logged.record.subject(),
                      ": ", refusal.reason, ": ", refusal.message));
  CallInfo call;
  call.actor = absl::StrCat("reactions/", reaction.name);
  call.causation_id = logged.record.id();
  call.correlation_id = logged.record.correlation_id();
  call.deadline = absl::Now() + options_.command_deadline;
  Outcome outcome = ExecuteAndWait(std::move(parked), std::move(call));
  if (!outcome.refusal || outcome.refusal->code == absl::StatusCode::kAlreadyExists)
    return absl::OkStatus();
  return absl::UnavailableError(outcome.refusal->message);
}

absl::StatusOr<std::optional<domain::Refusal>> ReactionRunner::ReactAgain(
    const std::string& name, const std::string& key, const std::string& position) {
  const auto at = log::ParsePosition(position);
  const auto reaction = std::find_if(reactions_->begin(), reactions_->end(),
                                     [&](const domain::Reaction& one) { return one.name == name; });
  if (!at || reaction == reactions_->end())
    return absl::NotFoundError(absl::StrCat("this version has no reaction ", name));
  auto cursor = log_->Read(log::TopicOf(at->service), {{at->partition, at->offset}});
  if (!cursor.ok()) return cursor.status();
  auto records = (*cursor)->Next(1, absl::Now() + options_.command_deadline);
  if (!records.ok()) return records.status();
  if (records->empty() || records->front().offset != at->offset)
    return absl::UnavailableError(absl::StrCat("the log does not answer at ", position));
  auto commands = CommandsOf(*reaction, records->front());
  if (!commands.ok()) return std::optional<domain::Refusal>(FailureOf(commands.status()));
  for (const domain::Commands::Command& command : commands->all()) {
    if (!key.empty() && command.key != key) continue;
    Outcome outcome = Issue(*reaction, records->front(), command);
    if (outcome.refusal && !IsDone(*outcome.refusal)) return outcome.refusal;
  }
  return std::optional<domain::Refusal>();
}

}  // namespace leadstream::runtime
