// What holds for every opportunity, however it was edited.
#pragma once

#include <absl/strings/string_view.h>
#include <google/type/money.pb.h>

#include <string>
#include <vector>

#include "common/domain/decision.h"
#include "common/domain/lines.h"
#include "leadstream/opportunity/v1/error_reason.pb.h"
#include "leadstream/opportunity/v1/opportunity.pb.h"

namespace leadstream::opportunity {

// All that is wrong with a request, each bad field once; the refusal has the reason that came
// first.
class Problems {
 public:
  void Add(v1::ErrorReason reason, std::string field, std::string description);
  void Add(v1::ErrorReason reason, const std::vector<domain::FieldViolation>& bad);

  bool empty() const { return bad_.empty(); }
  // Not for empty ones.
  domain::Refusal Refused() const;

 private:
  v1::ErrorReason reason_ = v1::ERROR_REASON_UNSPECIFIED;
  std::vector<domain::FieldViolation> bad_;
};

bool IsOpen(const v1::Opportunity& opportunity);
// "only an open opportunity " + `what`.
domain::Refusal RefuseNotOpen(absl::string_view what);

// An amount that is given is in the opportunity's currency.
void CheckCurrency(absl::string_view currency, const google::type::Money& money,
                   const std::string& field, Problems* problems);

// What the opportunity's own fields must fulfil: a customer, one currency, a probability, a
// forecast category.
void CheckFields(const v1::Opportunity& opportunity, Problems* problems);

// What the document's lines must fulfil. The first `known` of them are as they were; the request
// holds the others, in `path`: a bad field is named as it is there.
void CheckLines(absl::string_view currency, const domain::Lines& lines, int known,
                const std::string& path, Problems* problems);

// The same where the request holds, in `path`, the one line that is new.
void CheckLine(absl::string_view currency, const domain::Lines& lines, const common::v1::Line& line,
               const std::string& path, Problems* problems);

// The amounts of the lines and, where it is calculated, the estimated revenue.
void Calculate(v1::Opportunity* opportunity);
// The same where it is known what the lines come to. Without lines there are no totals.
void TakeTotals(const common::v1::Totals& totals, v1::Opportunity* opportunity);

}  // namespace leadstream::opportunity
