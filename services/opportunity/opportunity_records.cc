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

bool IsLive(const QuoteRecord& quote) {
  return quote.state() == QuoteRecord::DRAFT || quote.state() == QuoteRecord::ACTIVE;
}

std::vector<std::string> LiveQuotes(const Opportunity& opportunity) {
  std::vector<std::string> live;
  for (const QuoteRecord& quote : opportunity.quotes()) {
    if (IsLive(quote)) live.push_back(quote.quote());
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

// A quote that was drafted just before the opportunity was lost is heard of after it.
bool IsToBeClosed(const QuoteRecord& quote, const Opportunity& opportunity) {
  return opportunity.state() == Opportunity::LOST && opportunity.quotes_lost() && IsLive(quote) &&
         FindQuote(quote.quote(), opportunity) == nullptr;
}

Decision Decide(const Opportunity& opportunity, const RecordQuoteStateRequest& request,
                const Context&) {
  OpportunityQuoteRecorded event;
  *event.mutable_quote() = request.quote();
  if (IsToBeClosed(request.quote(), opportunity)) {
    event.set_close(true);
    event.set_note(opportunity.close_note());
  }
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
