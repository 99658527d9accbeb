// Bad fields, collected while deciding: all are named at once, also when they are of several kinds.
#pragma once

#include <absl/strings/string_view.h>

#include <string>
#include <utility>
#include <vector>

#include "common/domain/decision.h"
#include "leadstream/billing/v1/error_reason.pb.h"

namespace leadstream::billing {

class Problems {
 public:
  // Of several kinds the first gives the reason.
  void Add(v1::ErrorReason reason, std::string field, std::string description) {
    if (fields_.empty()) reason_ = reason;
    fields_.push_back({std::move(field), std::move(description)});
  }
  void Add(v1::ErrorReason reason, std::vector<domain::FieldViolation> bad) {
    for (domain::FieldViolation& field : bad)
      Add(reason, std::move(field.field), std::move(field.description));
  }

  bool any() const { return !fields_.empty(); }

  // INVALID_ARGUMENT: the request is wrong, whatever the state.
  domain::Refusal Refuse(absl::string_view message) const {
    return domain::RefuseFields(reason_, message, fields_);
  }
  // FAILED_PRECONDITION: the request is well-formed, and the state does not allow it, for these
  // fields.
  domain::Refusal RefuseForNow(absl::string_view message) const {
    return {absl::StatusCode::kFailedPrecondition, domain::ReasonName(reason_),
            std::string(message), fields_};
  }

 private:
  v1::ErrorReason reason_ = v1::ERROR_REASON_UNSPECIFIED;
  std::vector<domain::FieldViolation> fields_;
};

}  // namespace leadstream::billing
