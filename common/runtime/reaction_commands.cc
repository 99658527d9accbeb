#include "common/runtime/reaction_commands.h"

#include <absl/algorithm/container.h>
#include <absl/strings/str_cat.h>

#include "common/runtime/ids.h"
#include "common/runtime/resource_types.h"

namespace leadstream::runtime {

using common::v1::Record;
using google::protobuf::Message;

namespace {

CallInfo CallOf(const Occasion& occasion, absl::Time deadline) {
  const Record& record = occasion.logged.record;
  CallInfo call;
  call.actor = absl::StrCat("reactions/", occasion.reaction->name);
  call.correlation_id = record.correlation_id();
  call.causation_id = record.id();
  call.traceparent = record.traceparent();
  call.deadline = deadline;
  return call;
}

}  // namespace

// REQUEST_ID_REUSED: it was made by this very command, whose request id nobody else has, when what
// it is made from read otherwise. ETAG_MISMATCH: the command rested on what has changed since, and
// that change has an event, which is reacted to itself.
bool IsDone(const domain::Reaction& reaction, const domain::Refusal& refusal) {
  return refusal.reason == domain::ReasonName(common::v1::REQUEST_ID_REUSED) ||
         refusal.reason == domain::ReasonName(common::v1::ETAG_MISMATCH) ||
         absl::c_linear_search(reaction.settled_by, refusal.reason);
}

log::Position PositionOf(const Occasion& occasion) {
  return {ServiceOfType(occasion.reaction->event->GetDescriptor()->full_name()),
          occasion.logged.partition, occasion.logged.offset};
}

absl::StatusOr<domain::Commands> CommandsOf(const Occasion& occasion, Peers* peers,
                                            absl::Time deadline, const OwnReader& own,
                                            std::chrono::steady_clock::time_point since) {
  const Record& record = occasion.logged.record;
  std::unique_ptr<Message> event(occasion.reaction->event->New());
  if (!event->ParseFromString(record.data()))
    return absl::DataLossError(
        absl::StrCat(record.subject(), " revision ", record.revision(), " cannot be read"));
  domain::Occurrence on{record,
                        [&](const std::string& name, int64_t revision) {
                          return peers->Get(name, revision, PositionOf(occasion), deadline);
                        },
                        [&] { return own(PositionOf(occasion), since, deadline); }};
  domain::Commands commands;
  absl::Status reacted = occasion.reaction->react(*event, on, &commands);
  if (!reacted.ok()) return reacted;
  return commands;
}

IssuedCommand Issue(const Occasion& occasion, const domain::Commands::Command& command,
                    absl::Time deadline) {
  IssuedCommand issued;
  issued.request.reset(command.request->New());
  issued.request->CopyFrom(*command.request);
  const auto* field = issued.request->GetDescriptor()->FindFieldByName("request_id");
  if (field != nullptr) {
    issued.request->GetReflection()->SetString(
        issued.request.get(), field,
        UuidOf({occasion.logged.record.id(), occasion.reaction->name, command.key}));
  }
  issued.call = CallOf(occasion, deadline);
  issued.call.after = PositionOf(occasion);
  return issued;
}

IssuedCommand Park(const std::string& service, const Occasion& occasion, const std::string& key,
                   const domain::Refusal& refusal, absl::Time deadline) {
  const Record& record = occasion.logged.record;
  auto parked = std::make_unique<common::v1::ReactionParked>();
  common::v1::ParkedReaction* waiting = parked->mutable_parked_reaction();
  waiting->set_name(absl::StrCat("services/", service, "/parkedReactions/",
                                 UuidOf({record.id(), occasion.reaction->name, key})));
  waiting->set_reaction(occasion.reaction->name);
  waiting->set_command_key(key);
  waiting->set_resource(record.subject());
  waiting->set_event_id(record.id());
  waiting->set_position(log::ToString(PositionOf(occasion)));
  waiting->set_reason(refusal.reason);
  waiting->set_message(refusal.message);
  return {std::move(parked), CallOf(occasion, deadline)};
}

}  // namespace leadstream::runtime
