// Opportunities and commands on them, for the tests of opportunities. Unless told otherwise they
// are in EUR and of accounts/acme.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "leadstream/lead/v1/account.pb.h"
#include "leadstream/lead/v1/contact.pb.h"
#include "leadstream/lead/v1/lead.pb.h"
#include "services/opportunity/opportunity_context.h"
#include "services/opportunity/opportunity_rules.h"
#include "services/opportunity/process_rules.h"
#include "tests/domain/story.h"
#include "tests/message_of.h"

namespace leadstream::opportunity {

using testing::Of;

// Two lines: 10 desks for 30.00 and 4 chairs for 25.50, at 20 % tax: 402.00 net, 482.40 in all.
inline constexpr char kDesksAndChairs[] = R"pb(
  lines {
    description: "desk"
    quantity { value: "10" }
    unit_price { value: "30" }
    tax_rate { value: "20" }
  }
  lines {
    description: "chair"
    quantity { value: "4" }
    unit_price { value: "25.50" }
    tax_rate { value: "20" }
  }
)pb";

// `more`: further fields of the opportunity.
inline CreateOpportunityRequest Create(const std::string& more = "") {
  return Of<CreateOpportunityRequest>(
      "opportunity { display_name: 'Forty seats' account: 'accounts/acme' currency: 'EUR' " + more +
      " }");
}

inline UpdateOpportunityRequest Update(const std::string& fields,
                                       const std::vector<std::string>& mask = {}) {
  UpdateOpportunityRequest request;
  *request.mutable_opportunity() = Of<Opportunity>(fields);
  for (const std::string& path : mask) request.mutable_update_mask()->add_paths(path);
  return request;
}

inline MoveOpportunityToStageRequest MoveTo(const std::string& stage) {
  return Of<MoveOpportunityToStageRequest>("stage: '" + stage + "'");
}
inline LoseOpportunityRequest Lose(const std::string& text = "reason: PRICE") {
  return Of<LoseOpportunityRequest>(text);
}

inline RecordQuoteStateRequest QuoteIs(const std::string& state, int etag = 1,
                                       const std::string& quote = "quotes/q") {
  return Of<RecordQuoteStateRequest>("quote { quote: '" + quote + "' state: " + state +
                                     " quote_etag: " + std::to_string(etag) + " }");
}

// A quote of so many euros was accepted.
inline RecordAcceptedQuoteRequest QuoteAccepted(int euros, int etag = 3,
                                                const std::string& quote = "quotes/q") {
  const std::string amount = "{ currency_code: 'EUR' units: " + std::to_string(euros) + " }";
  return Of<RecordAcceptedQuoteRequest>(
      "quote { quote: '" + quote + "' state: WON quote_etag: " + std::to_string(etag) + " net " +
      amount + " } actual_revenue " + amount + " accept_date { year: 2026 month: 3 day: 1 }");
}

inline RecordOrderStateRequest OrderIs(bool canceled, int etag = 1,
                                       const std::string& order = "orders/q",
                                       const std::string& quote = "quotes/q") {
  return Of<RecordOrderStateRequest>("order { order: '" + order + "' quote: '" + quote +
                                     "' order_etag: " + std::to_string(etag) +
                                     (canceled ? " canceled: true }" : " }"));
}

// Nothing has happened yet.
inline testing::Story NoOpportunity() {
  testing::Story story(OpportunityAggregate());
  story.Named("opportunities/seats")
      .Knows("accounts/acme", lead::v1::Account())
      .Knows("contacts/anna", lead::v1::Contact())
      .Knows("contacts/bela", lead::v1::Contact())
      .Knows("leads/anna", lead::v1::Lead());
  return story;
}

inline testing::Story OpenOpportunity(const std::string& more = "") {
  testing::Story story = NoOpportunity();
  story.Given(Create(more));
  return story;
}

// A process with three stages, each of which requires more than the one before.
inline ProcessDefinition Sale() {
  return Of<ProcessDefinition>(R"pb(
    etag: "1"
    stages { stage: "look" probability: 10 forecast_category: PIPELINE }
    stages { stage: "talk" probability: 30 forecast_category: BEST_CASE required_fields: "need" }
    stages {
      stage: "close"
      probability: 90
      forecast_category: COMMITTED
      required_fields: "lines"
      required_fields: "budget.units"
    })pb");
}
inline testing::Story FollowingSale() {
  testing::Story story = NoOpportunity();
  story.Knows("processDefinitions/sale", Sale())
      .Knows("processDefinitions/sale@1", Sale())
      .Given(Create("process_definition: 'processDefinitions/sale'"));
  return story;
}

inline testing::Story WonOpportunity() {
  testing::Story story = OpenOpportunity();
  story.Given(Of<WinOpportunityRequest>());
  return story;
}

inline testing::Story LostOpportunity() {
  testing::Story story = OpenOpportunity();
  story.Given(Lose());
  return story;
}

}  // namespace leadstream::opportunity
