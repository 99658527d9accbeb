// What the rules of a service answer: one event, or a refusal.
//
//   Decision Decide(const Lead& lead, const QualifyLeadRequest& request, const Context& context) {
//     if (lead.state() != Lead::OPEN) return Refuse(LEAD_NOT_OPEN, "the lead is closed");
//     LeadQualified qualified;
//     ...
//     return qualified;
//   }
#pragma once

#include <absl/status/status.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/string_view.h>
#include <google/protobuf/generated_enum_reflection.h>
#include <google/protobuf/message.h>

#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace leadstream::domain {

// A field of the request that cannot be taken: its path ("lead.emails[1]") and what is wrong with
// it.
struct FieldViolation {
  std::string field;
  std::string description;
};

// The rules said no. Expected, part of the contract: the reason is from a closed list and never
// changes.
struct Refusal {
  // The canonical code it is answered with.
  absl::StatusCode code = absl::StatusCode::kFailedPrecondition;
  // A value of an `ErrorReason` enum, by name.
  std::string reason;
  // For people: what was refused and what would help.
  std::string message;
  // Every bad field, where fields are what is wrong.
  std::vector<FieldViolation> fields;
};

template <typename Reason>
std::string ReasonName(Reason reason) {
  static_assert(google::protobuf::is_proto_enum<Reason>::value,
                "a reason is a value of an ErrorReason enum");
  return google::protobuf::GetEnumDescriptor<Reason>()->FindValueByNumber(reason)->name();
}

// The resource is in a state that does not allow this (FAILED_PRECONDITION).
template <typename Reason>
Refusal Refuse(Reason reason, absl::string_view message) {
  return {absl::StatusCode::kFailedPrecondition, ReasonName(reason), std::string(message), {}};
}

// The request itself is wrong, whatever the resource's state (INVALID_ARGUMENT). Collect all bad
// fields, then refuse once.
template <typename Reason>
Refusal RefuseFields(Reason reason, absl::string_view message, std::vector<FieldViolation> fields) {
  return {absl::StatusCode::kInvalidArgument, ReasonName(reason), std::string(message),
          std::move(fields)};
}

// A query's resource does not exist (NOT_FOUND). Commands on one that does not are refused before
// the rules.
template <typename Reason>
Refusal RefuseNotFound(Reason reason, absl::string_view name) {
  return {absl::StatusCode::kNotFound, ReasonName(reason), absl::StrCat("there is no ", name), {}};
}

// One accepted command makes exactly one event.
class Decision {
 public:
  Decision(Refusal refusal)
      : refusal_(std::move(refusal)) {
  }  // NOLINT(google-explicit-constructor): reads as `return Refuse(...)`

  template <typename Event, typename = std::enable_if_t<
                                std::is_base_of_v<google::protobuf::Message, std::decay_t<Event>>>>
  Decision(Event&& event)  // NOLINT(google-explicit-constructor): reads as `return event`
      : event_(std::make_unique<std::decay_t<Event>>(std::forward<Event>(event))) {}

  bool accepted() const { return event_ != nullptr; }
  const google::protobuf::Message& event() const { return *event_; }
  const Refusal& refusal() const { return refusal_; }

 private:
  std::unique_ptr<google::protobuf::Message> event_;
  Refusal refusal_;
};

}  // namespace leadstream::domain
