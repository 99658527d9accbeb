#include "common/runtime/writer.h"

#include <absl/strings/str_cat.h>
#include <absl/synchronization/notification.h>

#include <algorithm>

#include "common/runtime/ids.h"

namespace leadstream::runtime {

using common::v1::Record;
using google::protobuf::Message;

namespace {

constexpr size_t kCatchUpRecordsMax = 2'000;

google::protobuf::Timestamp ToTimestamp(int64_t time_us) {
  google::protobuf::Timestamp time;
  time.set_seconds(time_us / 1'000'000);
  time.set_nanos(static_cast<int32_t>(time_us % 1'000'000) * 1'000);
  return time;
}

// Whether the resource was created by the very event that the command follows from: a reaction that
// is repeated after its request id was forgotten has its effect, but one whose name was taken by
// somebody else has not.
absl::StatusOr<bool> FollowsFromTheSameEvent(const store::ReadModel& model,
                                             const PendingCommand& command) {
  if (command.call.causation_id.empty()) return false;
  auto story = model.Events(command.name, 1, 1);
  if (!story.ok()) return story.status();
  return !story->empty() && story->front().record.causation_id() == command.call.causation_id;
}

// Reads facts of the group and of the model; the first error is kept, and the command not decided.
class GroupFacts : public domain::Facts {
 public:
  GroupFacts(const store::FoldBatch& batch, int partition) : batch_(batch), partition_(partition) {}
  std::optional<std::string> Get(absl::string_view key) const override {
    auto fact = batch_.Fact(partition_, key);
    if (!fact.ok()) {
      status = fact.status();
      return std::nullopt;
    }
    return *fact;
  }
  mutable absl::Status status;

 private:
  const store::FoldBatch& batch_;
  const int partition_;
};

}  // namespace

Writer::Writer(log::EventLog* log, store::ReadModel* model, WriterOptions options)
    : log_(log),
      model_(model),
      options_(std::move(options)),
      topic_(log::TopicOf(options_.service)) {}

Writer::~Writer() { Drain(); }

void Writer::Start() {
  membership_ = log_->Join(topic_, options_.node, [this](std::vector<int> partitions) {
    absl::MutexLock lock(&mutex_);
    proposed_ = std::move(partitions);
  });
  thread_ = std::thread([this] { Run(); });
}

void Writer::Submit(PendingCommand command) {
  domain::Refusal refusal;
  {
    absl::MutexLock lock(&mutex_);
    if (draining_) {
      refusal = Failure(absl::StatusCode::kUnavailable, common::v1::SHUTTING_DOWN,
                        "the node is shutting down");
    } else if (!serving_) {
      refusal = Failure(absl::StatusCode::kUnavailable, common::v1::WRITER_UNAVAILABLE,
                        "the partition has no writer at the moment");
    } else if (waiting_.size() >= options_.queue_depth_max) {
      refusal = Failure(absl::StatusCode::kResourceExhausted, common::v1::QUEUE_FULL,
                        absl::StrCat(waiting_.size(), " commands wait already"));
    } else {
      waiting_.push_back(std::move(command));
      return;
    }
  }
  command.done({std::move(refusal), {}, {}});
}

void Writer::Drain() {
  {
    absl::MutexLock lock(&mutex_);
    draining_ = true;
  }
  if (thread_.joinable()) thread_.join();
  membership_.reset();
}

absl::Status Writer::WaitUntilServing(absl::Time deadline) const {
  absl::MutexLock lock(&mutex_);
  auto ready = [this] { return serving_.load(); };
  if (mutex_.AwaitWithDeadline(absl::Condition(&ready), deadline)) return absl::OkStatus();
  return absl::DeadlineExceededError(
      absl::StrCat(options_.service, ": no partition could be claimed yet"));
}

void Writer::Run() {
  for (;;) {
    absl::Status owned = Own();
    failed_ = !owned.ok();
    if (owned.ok()) {
      caught_up_ = true;
      SettleDoubts();
      {
        absl::MutexLock lock(&mutex_);
        serving_ = true;
      }
      for (;;) {
        std::deque<PendingCommand> commands = TakeWaiting();
        if (commands.empty()) return;  // drained
        Process(std::move(commands));
        if (!serving_) break;
      }
    } else {
      Report(4, absl::StrCat(options_.service, ": cannot write: ", owned.message()));
    }
    RefuseAllWaiting(Failure(absl::StatusCode::kUnavailable, common::v1::STORAGE_UNAVAILABLE,
                             "the log cannot be written at the moment"));
    absl::MutexLock lock(&mutex_);
    if (mutex_.AwaitWithTimeout(absl::Condition(&draining_), options_.retry_delay)) {
      for (Decided& decided : in_doubt_) {
        decided.command.done(
            {Failure(absl::StatusCode::kUnavailable, common::v1::STORAGE_UNAVAILABLE,
                     "it is not known whether the log has it; retry with the same request_id"),
             {},
             {}});
      }
      in_doubt_.clear();
      return;
    }
  }
}

// Folds to the end, claims, and folds on until the claims are read back. From then on nobody else's
// record counts.
absl::Status Writer::Own() {
  if (failed_) {
    absl::Status recovered = log_->Recover();
    if (recovered.ok()) recovered = model_->Recover();
    if (!recovered.ok()) return recovered;
  }
  std::vector<int> partitions;
  {
    absl::MutexLock lock(&mutex_);
    partitions = proposed_;
  }
  log::Positions ends;
  for (int partition : partitions) {
    auto end = log_->End(topic_, partition);
    if (!end.ok()) return end.status();
    ends[partition] = *end;
  }
  absl::Status caught_up = CatchUp(ends);
  if (!caught_up.ok()) return caught_up;

  std::vector<Record> claims;
  claims.reserve(partitions.size());
  std::vector<log::PendingRecord> group;
  for (int partition : partitions) {
    const int64_t now_us = options_.now_us();
    claims.push_back(model_->FenceOf(partition).NextClaim(NewUuid(now_us), options_.node,
                                                          options_.address, now_us));
    group.push_back({partition, &claims.back()});
  }
  log::AppendResult appended;
  absl::Notification done;
  log_->Append(topic_, group, [&](log::AppendResult result) {
    appended = std::move(result);
    done.Notify();
  });
  done.WaitForNotification();
  if (!appended.status.ok()) return appended.status;
  for (size_t i = 0; i < partitions.size(); ++i) ends[partitions[i]] = appended.offsets[i] + 1;
  caught_up = CatchUp(ends);
  if (!caught_up.ok()) return caught_up;
  for (size_t i = 0; i < partitions.size(); ++i) {
    if (model_->FenceOf(partitions[i]).epoch() != claims[i].epoch() ||
        model_->FenceOf(partitions[i]).node() != options_.node) {
      return absl::UnavailableError(absl::StrCat("partition ", partitions[i], " was claimed by ",
                                                 model_->FenceOf(partitions[i]).node()));
    }
  }
  return absl::OkStatus();
}

absl::Status Writer::CatchUp(const log::Positions& ends) {
  log::Positions from;
  for (const auto& [partition, end] : ends) {
    if (model_->NextOffset(partition) < end) from[partition] = model_->NextOffset(partition);
  }
  if (from.empty()) return absl::OkStatus();
  auto cursor = log_->Read(topic_, from);
  if (!cursor.ok()) return cursor.status();
  for (;;) {
    bool behind = false;
    for (const auto& [partition, end] : ends) behind |= model_->NextOffset(partition) < end;
    if (!behind) return absl::OkStatus();
    auto records = (*cursor)->Next(kCatchUpRecordsMax, absl::Now() + absl::Seconds(10));
    if (!records.ok()) return records.status();
    if (records->empty()) return absl::UnavailableError("the log does not answer");
    store::FoldBatch batch(model_);
    for (const log::LoggedRecord& logged : *records) {
      absl::Status added = batch.Add(logged.partition, logged.offset, logged.record);
      if (!added.ok()) return added;
    }
    absl::Status committed = batch.Commit();
    if (!committed.ok()) return committed;
  }
}

// After the own new claim the log says for good whether a record counts: it is in the resource's
// story, or never will be.
void Writer::SettleDoubts() {
  for (Decided& decided : in_doubt_) {
    Outcome outcome;
    auto stored = model_->Events(decided.record.subject(), decided.record.revision(), 1);
    if (stored.ok() && !stored->empty() && stored->front().record.id() == decided.record.id()) {
      outcome.after = std::move(decided.after);
      outcome.position = decided.position;
    } else {
      outcome.refusal = Failure(absl::StatusCode::kUnavailable, common::v1::STORAGE_UNAVAILABLE,
                                "the log could not take it; nothing was stored");
    }
    decided.command.done(std::move(outcome));
  }
  in_doubt_.clear();
}

std::deque<PendingCommand> Writer::TakeWaiting() {
  absl::MutexLock lock(&mutex_);
  auto ready = [this]()
                   ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return !waiting_.empty() || draining_; };
  mutex_.Await(absl::Condition(&ready));
  if (waiting_.empty()) serving_ = false;
  std::deque<PendingCommand> taken;
  if (waiting_.size() <= options_.group_records_max) {
    taken.swap(waiting_);
  } else {
    for (size_t i = 0; i < options_.group_records_max; ++i) {
      taken.push_back(std::move(waiting_.front()));
      waiting_.pop_front();
    }
  }
  return taken;
}

void Writer::RefuseAllWaiting(const domain::Refusal& refusal) {
  std::deque<PendingCommand> waiting;
  {
    absl::MutexLock lock(&mutex_);
    serving_ = false;
    waiting.swap(waiting_);
  }
  for (PendingCommand& command : waiting) command.done({refusal, {}, {}});
}

void Writer::Process(std::deque<PendingCommand> commands) {
  Group group(model_);
  absl::Status fault;
  for (PendingCommand& command : commands) {
    auto done = command.done;
    absl::Status decided = Decide(std::move(command), &group);
    if (!decided.ok()) {
      fault = decided;
      group.answers.push_back({std::move(done), {FailureOf(decided), {}, {}}});
    }
  }
  if (!fault.ok()) {
    // The batch may hold half of what failed: none of the group is appended.
    Report(4, absl::StrCat(options_.service, ": cannot decide: ", fault.message()));
    for (Decided& decided : group.accepted)
      group.answers.push_back({std::move(decided.command.done), {FailureOf(fault), {}, {}}});
    group.accepted.clear();
  } else if (!group.accepted.empty()) {
    std::vector<log::PendingRecord> records;
    records.reserve(group.accepted.size());
    for (const Decided& decided : group.accepted)
      records.push_back({decided.position.partition, &decided.record});
    log::AppendResult appended;
    absl::Notification done;
    log_->Append(topic_, records, [&](log::AppendResult result) {
      appended = std::move(result);
      done.Notify();
    });
    done.WaitForNotification();
    bool expected = appended.status.ok();
    for (size_t i = 0; expected && i < records.size(); ++i)
      expected = appended.offsets[i] == group.accepted[i].position.offset;
    absl::Status committed =
        expected ? group.batch.Commit() : absl::UnavailableError("another node wrote in between");
    if (!committed.ok()) {
      Report(4,
             absl::StrCat(options_.service, ": in doubt: ",
                          appended.status.ok() ? committed.message() : appended.status.message()));
      serving_ = false;
      failed_ = true;
      in_doubt_ = std::move(group.accepted);
      group.accepted.clear();
      // An answer given before may rest on the group as well; a caller who retries gets the same
      // one.
      for (Answer& answer : group.answers) {
        if (!answer.outcome.refusal)
          answer.outcome = {Failure(absl::StatusCode::kUnavailable, common::v1::STORAGE_UNAVAILABLE,
                                    "the log cannot be written at the moment"),
                            {},
                            {}};
      }
    }
  }
  AnswerAll(std::move(group));
}

void Writer::AnswerAll(Group group) {
  for (Decided& decided : group.accepted)
    decided.command.done({std::nullopt, std::move(decided.after), std::move(decided.position)});
  for (Answer& answer : group.answers) answer.done(std::move(answer.outcome));
}

std::optional<Outcome> Writer::AnsweredBefore(const PendingCommand& command, const Group& group,
                                              absl::Status* fault) {
  if (command.request_id.empty()) return std::nullopt;
  auto known = group.batch.Request(command.request_id);
  if (!known.ok()) {
    *fault = known.status();
    return std::nullopt;
  }
  if (!*known) return std::nullopt;
  const store::AcceptedRequest& before = **known;
  if (before.hash != command.request_hash) {
    domain::Refusal refusal =
        Failure(absl::StatusCode::kInvalidArgument, common::v1::REQUEST_ID_REUSED,
                "this request_id was used for another request");
    refusal.fields.push_back(
        {"request_id", absl::StrCat("was used for another request, on ", before.name)});
    return Outcome{std::move(refusal), {}, {}};
  }
  auto now = group.batch.State(before.name);
  absl::StatusOr<store::StoredState> then = now;
  if (now.ok() && now->revision != before.revision)
    then = model_->AtRevision(before.name, before.revision);
  if (absl::IsOutOfRange(then.status())) then = now;  // that command deleted it
  if (!then.ok()) {
    *fault = then.status();
    return std::nullopt;
  }
  Outcome outcome;
  outcome.position = {options_.service, then->partition, then->offset};
  outcome.after = std::move(*then);
  return outcome;
}

absl::Status Writer::Decide(PendingCommand command, Group* group) {
  auto refuse = [&](domain::Refusal refusal) {
    group->answers.push_back({std::move(command.done), {std::move(refusal), {}, {}}});
    return absl::OkStatus();
  };
  if (command.call.deadline < absl::Now()) {
    return refuse(Failure(absl::StatusCode::kDeadlineExceeded, common::v1::DEADLINE_PASSED,
                          "the deadline passed before the command was decided"));
  }
  absl::Status fault;
  if (auto before = AnsweredBefore(command, *group, &fault)) {
    group->answers.push_back({std::move(command.done), std::move(*before)});
    return absl::OkStatus();
  }
  if (!fault.ok()) return fault;

  auto state = group->batch.State(command.name);
  if (!state.ok()) return state.status();
  if (command.command->creates && state->revision > 0) {
    auto same = FollowsFromTheSameEvent(*model_, command);
    if (!same.ok()) return same.status();
    if (*same) {
      Outcome outcome{std::nullopt, *state, {options_.service, state->partition, state->offset}};
      group->answers.push_back({std::move(command.done), std::move(outcome)});
      return absl::OkStatus();
    }
    return refuse(Failure(
        absl::StatusCode::kAlreadyExists, common::v1::RESOURCE_ALREADY_EXISTS,
        absl::StrCat(command.name, state->deleted
                                       ? " existed and was deleted; its name is not given again"
                                       : " exists already")));
  }
  if (!command.command->creates && !state->exists()) {
    return refuse(Failure(absl::StatusCode::kNotFound, common::v1::RESOURCE_NOT_FOUND,
                          absl::StrCat("there is no ", command.name)));
  }
  if (!command.etag.empty() && command.etag != absl::StrCat(state->revision)) {
    return refuse(Failure(absl::StatusCode::kAborted, common::v1::ETAG_MISMATCH,
                          absl::StrCat(command.name, " is at etag ", state->revision, ", not ",
                                       command.etag, ": read it again")));
  }
  last_time_us_ = std::max(last_time_us_, options_.now_us());
  const Message& prototype = command.collection->aggregate().prototype();
  GroupFacts facts(group->batch, command.partition);
  domain::Context context{ToTimestamp(last_time_us_),
                          command.call.actor,
                          command.name,
                          command.partition,
                          &facts,
                          &command.found};
  domain::Decision decision = command.command->decide(
      state->resource != nullptr ? *state->resource : prototype, *command.request, context);
  if (!facts.status.ok()) return facts.status;
  if (!decision.accepted()) return refuse(decision.refusal());

  Decided decided;
  decided.position = {options_.service, command.partition,
                      group->batch.NextOffset(command.partition)};
  decided.record = RecordOf(command, decision.event(), state->revision + 1,
                            group->batch.FenceOf(command.partition).epoch(), last_time_us_);
  absl::Status added = group->batch.Add(command.partition, decided.position.offset, decided.record);
  if (!added.ok()) return added;
  decided.after = *group->batch.State(command.name);
  decided.command = std::move(command);
  group->accepted.push_back(std::move(decided));
  return absl::OkStatus();
}

Record Writer::RecordOf(const PendingCommand& command, const Message& event, int64_t revision,
                        int64_t epoch, int64_t now_us) const {
  Record record;
  record.set_subject(command.name);
  record.set_type(event.GetDescriptor()->full_name());
  event.SerializeToString(record.mutable_data());
  record.set_id(NewUuid(now_us));
  record.set_time_us(now_us);
  record.set_revision(revision);
  record.set_epoch(epoch);
  record.set_request_id(command.request_id);
  record.set_request_hash(command.request_hash);
  record.set_actor(command.call.actor);
  record.set_correlation_id(command.call.correlation_id.empty() ? record.id()
                                                                : command.call.correlation_id);
  record.set_causation_id(command.call.causation_id);
  record.set_traceparent(command.call.traceparent);
  return record;
}

}  // namespace leadstream::runtime
