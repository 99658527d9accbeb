// What quoting and ordering tell of an opportunity's quotes and orders.
#include <algorithm>

#include "services/opportunity/opportunity_quotes.h"
#include "services/opportunity/opportunity_rules.h"

namespace leadstream::opportunity {

const QuoteRecord* FindQuote(absl::string_view quote, const Opportunity& opportunity) {
  const auto& all = opportunity.quotes();
  const auto at = std::find_if(all.begin(), all.end(),
                               [&](const QuoteRecord& known) { return known.quote() == quote; });
  return at == all.end() ? nullptr : &*at;
}

std::vector<std::string> LiveQuotes(const Opportunity& opportunity) {
  std::vector<std::string> live;
  for (const QuoteRecord& quote : opportunity.quotes()) {
    if (quote.state() == QuoteRecord::DRAFT || quote.state() == QuoteRecord::ACTIVE)
      live.push_back(quote.quote());
  }
  return live;
}

void PutQuote(const QuoteRecord& record, Opportunity* opportunity) {
  auto& all = *opportunity->mutable_quotes();
  const auto at = std::find_if(all.begin(), all.end(), [&](const QuoteRecord& known) {
    return known.quote() == record.quote();
  });
  if (at == all.end()) {
    *all.Add() = record;
  } else if (at->quote_etag() < record.quote_etag()) {
    const QuoteRecord known = *at;
    *at = record;
    if (!record.has_net() && known.has_net()) *at->mutable_net() = known.net();
  }
}

Decision Decide(const Opportunity&, const RecordQuoteStateRequest& request, const Context&) {
  OpportunityQuoteRecorded event;
  *event.mutable_quote() = request.quote();
  return event;
}

Decision Decide(const Opportunity&, const RecordOrderStateRequest& request, const Context&) {
  OpportunityOrderRecorded event;
  *event.mutable_order() = request.order();
  return event;
}

void Evolve(const OpportunityQuoteRecorded& event, Opportunity* opportunity) {
  PutQuote(event.quote(), opportunity);
}

void Evolve(const OpportunityOrderRecorded& event, Opportunity* opportunity) {
  const OrderRecord& record = event.order();
  auto& all = *opportunity->mutable_orders();
  const auto at = std::find_if(all.begin(), all.end(), [&](const OrderRecord& known) {
    return known.order() == record.order();
  });
  if (at == all.end()) {
    *all.Add() = record;
    return;
  }
  const OrderRecord known = *at;
  if (known.order_etag() < record.order_etag()) *at = record;
  // Only the order's first event names its quote, which never changes.
  if (at->quote().empty()) at->set_quote(known.quote().empty() ? record.quote() : known.quote());
  if (!at->has_net() && known.has_net()) *at->mutable_net() = known.net();
}

}  // namespace leadstream::opportunity
