// What a quote's lines come to, and what is wrong with them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/domain/decision.h"
#include "common/domain/lines.h"
#include "leadstream/common/v1/document.pb.h"

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

}  // namespace leadstream::quoting
