// What a quote's lines come to, and what is wrong with them: what all edits of a draft share.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/domain/context.h"
#include "common/domain/decision.h"
#include "common/domain/lines.h"
#include "leadstream/common/v1/document.pb.h"
#include "leadstream/quoting/v1/quote.pb.h"
#include "services/quoting/pricing.h"

namespace leadstream::quoting {

using Problems = std::vector<domain::FieldViolation>;

// Where the request has the line of this index in the document; empty: it does not have it.
using PathOfLine = std::function<std::string(int index)>;

// Appends what is wrong with the amounts of a document, in the paths of the request:
// "lines[2].unit_price" becomes the request's path of line 2; what the request does not have, and
// all if no `path_of_line` is given, is within `document`: "quote.adjustments.freight". A field
// that `problems` names already is not named again.
void AddAmountProblems(absl::string_view currency, const domain::Lines& lines,
                       const common::v1::Adjustments& adjustments, absl::string_view document,
                       const PathOfLine& path_of_line, Problems* problems);

// Computes the amounts of each line, from index `first` on.
void PriceLines(absl::string_view currency, domain::Lines* lines, int first = 0);

void ComputeTotals(v1::Quote* quote);

// Where the prices of its lines come from: on the day of the command, or on any day, for what may
// be needed.
PriceSource SourceOf(const v1::Quote& quote, const domain::Context* context = nullptr);

// Only a draft can be changed.
domain::Refusal RefuseEdit(const v1::Quote& quote);

}  // namespace leadstream::quoting
