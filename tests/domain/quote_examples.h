// Quotes and commands on them, for the tests of quoting. In all of them the customer is offered 16
// panels for 348.35 less 4 % at 22 %: 5350.66 net, 1177.15 tax, 6527.81 in all.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "leadstream/opportunity/v1/opportunity.pb.h"
#include "leadstream/quoting/v1/error_reason.pb.h"
#include "leadstream/quoting/v1/events.pb.h"
#include "leadstream/quoting/v1/quote_service.pb.h"
#include "services/quoting/quoting_context.h"
#include "tests/domain/story.h"
#include "tests/message_of.h"

namespace leadstream::quoting {

using namespace leadstream::quoting::v1;  // NOLINT(google-build-using-namespace)
using testing::Story;

using testing::Of;

inline constexpr char kPanels[] = R"pb(
  lines {
    description: "panel"
    quantity { value: "16" }
    unit_price { value: "348.35" }
    discount_percent { value: "4" }
    tax_rate { value: "22" }
  })pb";

// The usual quote, and what is given beside it or instead.
inline CreateQuoteRequest CreateQuote(const std::string& more = "") {
  CreateQuoteRequest request;
  *request.mutable_quote() = Of<Quote>(
      std::string(
          "account: 'accounts/acme' currency: 'EUR' valid_to { year: 2026 month: 3 day: 31 } ") +
      kPanels);
  request.mutable_quote()->MergeFrom(Of<Quote>(more));
  return request;
}

inline UpdateQuoteRequest UpdateQuote(const std::string& quote, const std::string& mask = "") {
  UpdateQuoteRequest request;
  *request.mutable_quote() = Of<Quote>("name: 'quotes/test' " + quote);
  if (!mask.empty()) request.mutable_update_mask()->add_paths(mask);
  return request;
}

inline AddQuoteLinesRequest AddLine(const std::string& line) {
  return Of<AddQuoteLinesRequest>("lines { " + line + " }");
}
inline UpdateQuoteLineRequest UpdateLine(const std::string& line) {
  return Of<UpdateQuoteLineRequest>("line { " + line + " }");
}
inline RemoveQuoteLineRequest RemoveLine(const std::string& line_id) {
  return Of<RemoveQuoteLineRequest>("line_id: '" + line_id + "'");
}
inline ActivateQuoteRequest Activate() { return {}; }
inline ReviseQuoteRequest Revise() { return Of<ReviseQuoteRequest>("note: 'they want fewer'"); }
inline AcceptQuoteRequest Accept(const std::string& text = "") {
  return Of<AcceptQuoteRequest>(text);
}
inline CloseQuoteRequest Close(const std::string& text = "reason: LOST") {
  return Of<CloseQuoteRequest>(text);
}
inline ExpireQuoteRequest Expire() { return {}; }
inline CloseQuoteOfLostOpportunityRequest CloseOfLostOpportunity(
    const std::string& opportunity = "opportunities/roof") {
  return Of<CloseQuoteOfLostOpportunityRequest>("note: 'out sold' opportunity: '" + opportunity +
                                                "'");
}

// opportunities/roof, open: one line of 55.55.
inline opportunity::v1::Opportunity Roof() {
  return Of<opportunity::v1::Opportunity>(R"pb(
    display_name: "roof of the new hall"
    state: OPEN
    account: "accounts/acme"
    contact: "contacts/anna"
    owner: "eva@example.com"
    currency: "EUR"
    lines {
      line_id: "7"
      description: "survey"
      quantity { value: "1" }
      unit_price { value: "55.55" }
      tax_rate { value: "23" }
    }
    next_line: 8
  )pb");
}

// Nothing has happened yet; opportunities/roof can be quoted for.
inline Story NoQuote() {
  Story story(QuoteAggregate());
  story.Knows("opportunities/roof", Roof());
  return story;
}

inline Story Draft() {
  Story story = NoQuote();
  story.Given(CreateQuote("opportunity: 'opportunities/roof'"));
  return story;
}

inline Story ActiveQuote() {
  Story story = Draft();
  story.Given(Activate());
  return story;
}

inline Story WonQuote() {
  Story story = ActiveQuote();
  story.Given(Accept());
  return story;
}

inline Story ClosedQuote() {
  Story story = ActiveQuote();
  story.Given(Close("reason: CANCELED note: 'too early'"));
  return story;
}

}  // namespace leadstream::quoting
