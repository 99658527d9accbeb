// Steps on the way from an inquiry to a payment, as events tell of them.
//
//   LeadCreated    inquiry              QuoteCreated    quote drafted     OrderPlaced     ordered
//   LeadContacted  contacted            QuoteActivated  quote sent        OrderFulfilled  delivered
//   LeadQualified  qualified            QuoteAccepted   quote accepted    InvoiceIssued   invoiced
//   ...                                 ...                               ...
//
// What only repeats another step elsewhere is none: an opportunity is won by the quote that was
// accepted. steps.cc has the table.
#pragma once

#include <optional>
#include <string>

#include "common/log/event_log.h"

namespace leadstream::mine {

struct Step {
  enum class Kind {
    kOnward,
    kRework,  // what was done is done again, or undone
    kEnd,     // nothing follows, unless the sale is taken up again
  };
  std::string name;
  Kind kind = Kind::kOnward;
  std::string reason = {};  // of an end, as the proto calls it: "PRICE"
  // When it happened, where the event knows better than its record: inquiries are imported late.
  std::optional<int64_t> time_us = {};
};

// Nothing: the event is no step. `stages`: each stage of an opportunity's process is one.
std::optional<Step> StepOf(const log::Record& event, bool stages);

}  // namespace leadstream::mine
