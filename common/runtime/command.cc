#include "common/runtime/command.h"

#include <absl/algorithm/container.h>
#include <absl/strings/str_cat.h>

namespace leadstream::runtime {

bool IsOwnedBy(const std::vector<std::string>& owners, const google::protobuf::Message& resource) {
  const auto* owner = resource.GetDescriptor()->FindFieldByName("owner");
  return owner == nullptr ||
         absl::c_linear_search(owners, resource.GetReflection()->GetString(resource, owner));
}

domain::Refusal RowNotPermitted(const std::string& name) {
  return Failure(absl::StatusCode::kPermissionDenied, common::v1::ROW_NOT_PERMITTED,
                 absl::StrCat(name, " is somebody else's, or there is none"));
}

domain::Refusal Failure(absl::StatusCode code, common::v1::ErrorReason reason,
                        absl::string_view message) {
  return {code, domain::ReasonName(reason), std::string(message), {}};
}

domain::Refusal BadFields(std::vector<domain::FieldViolation> fields) {
  domain::Refusal refusal =
      Failure(absl::StatusCode::kInvalidArgument, common::v1::INVALID_FIELD, "");
  refusal.message =
      fields.size() == 1
          ? absl::StrCat(fields[0].field, " ", fields[0].description)
          : absl::StrCat(fields.size(), " fields cannot be taken, the first: ", fields[0].field,
                         " ", fields[0].description);
  refusal.fields = std::move(fields);
  return refusal;
}

domain::Refusal NotCaughtUp() {
  return Failure(absl::StatusCode::kUnavailable, common::v1::POSITION_NOT_REACHED,
                 "this node still folds the log up to its end");
}

domain::Refusal NoWriter() {
  return Failure(absl::StatusCode::kUnavailable, common::v1::WRITER_UNAVAILABLE,
                 "the partition has no writer at the moment; nothing was stored");
}
domain::Refusal ShuttingDown() {
  return Failure(absl::StatusCode::kUnavailable, common::v1::SHUTTING_DOWN, "the node shuts down");
}
domain::Refusal DeadlinePassed() {
  return Failure(absl::StatusCode::kDeadlineExceeded, common::v1::DEADLINE_PASSED,
                 "the deadline passed before the command was decided");
}
domain::Refusal QueueFull(size_t waiting) {
  return Failure(absl::StatusCode::kResourceExhausted, common::v1::QUEUE_FULL,
                 absl::StrCat(waiting, " commands wait already"));
}
domain::Refusal NeedsChanged() {
  return Failure(absl::StatusCode::kUnavailable, common::v1::NEEDS_CHANGED,
                 "what it must know of other resources changed while it waited");
}
domain::Refusal NotKnown() {
  return Failure(absl::StatusCode::kDeadlineExceeded, common::v1::DEADLINE_PASSED,
                 "it is not known whether the log has it; retry with the same request_id");
}
domain::Refusal LogFailed() {
  return Failure(absl::StatusCode::kUnavailable, common::v1::STORAGE_UNAVAILABLE,
                 "the log cannot be written at the moment; nothing was stored");
}

bool IsPassing(absl::StatusCode code) {
  return code == absl::StatusCode::kUnavailable || code == absl::StatusCode::kDeadlineExceeded ||
         code == absl::StatusCode::kResourceExhausted || code == absl::StatusCode::kCancelled;
}

bool IsOfTheRules(const domain::Refusal& refusal) {
  const bool is_fault = refusal.code == absl::StatusCode::kInternal ||
                        refusal.code == absl::StatusCode::kDataLoss ||
                        refusal.code == absl::StatusCode::kUnknown;
  return !is_fault && !IsPassing(refusal.code);
}

domain::Refusal FailureOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kNotFound:
      return Failure(status.code(), common::v1::RESOURCE_NOT_FOUND, status.message());
    case absl::StatusCode::kOutOfRange:
      return Failure(status.code(), common::v1::READ_OUT_OF_RANGE, status.message());
    case absl::StatusCode::kDeadlineExceeded:
      return Failure(status.code(), common::v1::DEADLINE_PASSED, status.message());
    case absl::StatusCode::kCancelled:  // a wait that the end of this node ended
      return ShuttingDown();
    default:
      return Failure(absl::StatusCode::kUnavailable, common::v1::STORAGE_UNAVAILABLE,
                     status.message());
  }
}

}  // namespace leadstream::runtime
