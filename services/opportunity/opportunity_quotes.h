// What an opportunity knows of its quotes.
#pragma once

#include <absl/strings/string_view.h>

#include <string>
#include <vector>

#include "leadstream/opportunity/v1/opportunity.pb.h"

namespace leadstream::opportunity {

// Null if it does not know that quote.
const v1::QuoteRecord* FindQuote(absl::string_view quote, const v1::Opportunity& opportunity);

// The names of its quotes that are drafts or at the customer.
std::vector<std::string> LiveQuotes(const v1::Opportunity& opportunity);

// Takes the record in, unless what is known is as new: events may be told twice, and a late one
// after a newer.
void PutQuote(const v1::QuoteRecord& record, v1::Opportunity* opportunity);

}  // namespace leadstream::opportunity
