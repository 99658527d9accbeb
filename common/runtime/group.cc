#include "common/runtime/group.h"

#include <absl/algorithm/container.h>
#include <absl/strings/str_cat.h>
#include <google/protobuf/util/time_util.h>

namespace leadstream::runtime {

using common::v1::Record;
using google::protobuf::Message;
using google::protobuf::util::TimeUtil;

namespace {

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

// The record of an accepted command.
Record RecordOf(const PendingCommand& command, const Message& event, int64_t revision,
                int64_t epoch, const Group::Clock& clock) {
  Record record;
  record.set_subject(command.name);
  record.set_type(event.GetDescriptor()->full_name());
  event.SerializeToString(record.mutable_data());
  record.set_id(clock.id);
  record.set_time_us(clock.time_us);
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

}  // namespace

bool WasAccepted(const store::ReadModel& model, const PendingCommand& command) {
  if (command.request_id.empty()) return false;
  auto known = model.Request(command.request_id);
  return known.ok() && known->has_value();
}

std::vector<log::PendingRecord> Group::records() const {
  std::vector<log::PendingRecord> records;
  records.reserve(accepted_.size());
  for (const Decided& decided : accepted_)
    records.push_back({decided.position.partition, &decided.record});
  return records;
}

void Group::Answer(PendingCommand command, Outcome outcome) {
  others_.push_back({std::move(command), std::move(outcome)});
}

absl::StatusOr<std::optional<Outcome>> Group::AnsweredBefore(const PendingCommand& command) const {
  if (command.request_id.empty() || mutant_ == Mutant::kForgetRequests) return std::nullopt;
  auto known = batch_.Request(command.request_id);
  if (!known.ok()) return known.status();
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
  auto now = batch_.State(before.name);
  absl::StatusOr<store::StoredState> then = now;
  if (now.ok() && now->revision != before.revision) {
    auto decided = absl::c_find_if(accepted_, [&before](const Decided& one) {
      return one.record.subject() == before.name && one.after.revision == before.revision;
    });
    then = decided != accepted_.end() ? decided->after
                                      : model_->AtRevision(before.name, before.revision);
  }
  if (absl::IsOutOfRange(then.status())) then = now;  // that command deleted it
  if (!then.ok()) return then.status();
  Outcome outcome;
  outcome.repeated = true;
  outcome.position = {service_, then->partition, then->offset};
  outcome.after = std::move(*then);
  return outcome;
}

// What needs no rules: it is there, or it is not, or it is not as the caller thinks.
absl::StatusOr<std::optional<Outcome>> Group::Precluded(const PendingCommand& command,
                                                        const store::StoredState& state) const {
  auto refuse = [](absl::StatusCode code, common::v1::ErrorReason reason, absl::string_view why) {
    return Outcome{Failure(code, reason, why), {}, {}};
  };
  if (command.command->creates && state.revision > 0) {
    auto same = FollowsFromTheSameEvent(*model_, command);
    if (!same.ok()) return same.status();
    if (*same) return Outcome{std::nullopt, state, {service_, state.partition, state.offset}, true};
    return refuse(
        absl::StatusCode::kAlreadyExists, common::v1::RESOURCE_ALREADY_EXISTS,
        absl::StrCat(command.name, state.deleted
                                       ? " existed and was deleted; its name is not given again"
                                       : " exists already"));
  }
  const bool is_somebody_elses =
      command.call.owners && !command.command->creates &&
      (!state.exists() || !IsOwnedBy(*command.call.owners, *state.resource));
  if (is_somebody_elses) return Outcome{RowNotPermitted(command.name), {}, {}};
  if (!command.command->creates && !state.exists()) {
    return refuse(absl::StatusCode::kNotFound, common::v1::RESOURCE_NOT_FOUND,
                  absl::StrCat("there is no ", command.name));
  }
  if (!command.etag.empty() && command.etag != absl::StrCat(state.revision)) {
    return refuse(absl::StatusCode::kAborted, common::v1::ETAG_MISMATCH,
                  absl::StrCat(command.name, " is at etag ", state.revision, ", not ", command.etag,
                               ": read it again"));
  }
  return std::nullopt;
}

absl::Status Group::Decide(PendingCommand command, const Clock& clock) {
  if (command.call.deadline < clock.now) {
    Answer(std::move(command), {DeadlinePassed(), {}, {}});
    return absl::OkStatus();
  }
  auto before = AnsweredBefore(command);
  if (!before.ok()) return before.status();
  if (*before) return Answer(std::move(command), std::move(**before)), absl::OkStatus();
  auto state = batch_.State(command.name);
  if (!state.ok()) return state.status();
  auto precluded = Precluded(command, *state);
  if (!precluded.ok()) return precluded.status();
  if (*precluded) return Answer(std::move(command), std::move(**precluded)), absl::OkStatus();

  const Message& prototype = command.collection->aggregate().prototype();
  const Message& before_it = state->resource != nullptr ? *state->resource : prototype;
  // What it needs was found for an earlier state, and may be something else by now.
  if (!domain::StillNeeded(*command.command, before_it, *command.request, command.found).empty()) {
    Answer(std::move(command), {NeedsChanged(), {}, {}});
    return absl::OkStatus();
  }
  GroupFacts facts(batch_, command.partition);
  domain::Context context{TimeUtil::MicrosecondsToTimestamp(clock.time_us),
                          command.call.actor,
                          command.name,
                          command.partition,
                          &facts,
                          &command.found};
  domain::Decision decision = command.command->decide(before_it, *command.request, context);
  if (!facts.status.ok()) return facts.status;
  if (!decision.accepted())
    return Answer(std::move(command), {decision.refusal(), {}, {}}), absl::OkStatus();

  Decided decided;
  decided.position = {service_, command.partition, batch_.NextOffset(command.partition)};
  decided.record = RecordOf(command, decision.event(), state->revision + 1,
                            batch_.FenceOf(command.partition).epoch(), clock);
  absl::Status added =
      batch_.Add(command.partition, decided.position.offset, decided.record, &decision.event());
  if (!added.ok()) return added;
  decided.after = *batch_.State(command.name);
  decided.command = std::move(command);
  accepted_.push_back(std::move(decided));
  return absl::OkStatus();
}

}  // namespace leadstream::runtime
