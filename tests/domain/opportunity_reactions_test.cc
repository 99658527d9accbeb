// What happens here because something happened elsewhere: the commands that events lead to.
#include "services/opportunity/opportunity_reactions.h"

#include "common/domain/validation.h"
#include "leadstream/lead/v1/events.pb.h"
#include "leadstream/ordering/v1/events.pb.h"
#include "leadstream/quoting/v1/events.pb.h"
#include "tests/domain/opportunity_examples.h"

namespace leadstream::opportunity {
namespace {

using domain::Commands;
using google::protobuf::Message;

// The commands that all reactions together want, as text, after the event of `subject` with this
// revision.
std::vector<std::string> CommandsOf(const Message& event, const std::string& subject,
                                    int64_t revision = 1) {
  common::v1::Record record;
  record.set_subject(subject);
  record.set_revision(revision);
  Commands commands;
  for (const domain::Reaction& reaction : OpportunityReactions()) {
    if (reaction.event->GetDescriptor() == event.GetDescriptor()) {
      EXPECT_TRUE(reaction.react(event, {record, nullptr}, &commands).ok()) << reaction.name;
    }
  }
  std::vector<std::string> all;
  for (const auto& command : commands.all()) {
    EXPECT_TRUE(domain::Validate(*command.request).empty())
        << domain::Validate(*command.request).front().field;
    all.push_back(command.request->GetDescriptor()->name() + " " +
                  command.request->ShortDebugString());
  }
  return all;
}

template <typename Event>
std::vector<std::string> CommandsOf(const std::string& event, const std::string& subject,
                                    int64_t revision = 1) {
  return CommandsOf(Of<Event>(event), subject, revision);
}

template <typename Request>
std::vector<std::string> Only(const std::string& request) {
  return {Request::descriptor()->name() + " " + Of<Request>(request).ShortDebugString()};
}

const std::vector<std::string> kNone;

TEST(AQualifiedLead, OpensItsOpportunity) {
  EXPECT_EQ(CommandsOf<lead::v1::LeadQualified>(R"pb(
                                                  account: "accounts/anna"
                                                  contact: "contacts/anna"
                                                  opportunity: "opportunities/anna-2"
                                                  opportunity_created: true
                                                  currency: "HUF"
                                                  lead {
                                                    topic: "Forty seats"
                                                    need: "desks"
                                                    owner: "bela"
                                                    decision_maker: "Cili"
                                                    purchase_time_frame: THIS_QUARTER
                                                    budget {
                                                      amount { currency_code: "HUF" units: 5000000 }
                                                      confirmed: true
                                                    }
                                                  }
                                                )pb",
                                                "leads/anna"),
            Only<CreateOpportunityRequest>(R"pb(
              opportunity {
                display_name: "Forty seats"
                account: "accounts/anna"
                contact: "contacts/anna"
                lead: "leads/anna"
                owner: "bela"
                currency: "HUF"
                estimated_revenue { currency_code: "HUF" units: 5000000 }
                need: "desks"
                timeline: "this quarter"
                budget { currency_code: "HUF" units: 5000000 }
                budget_confirmed: true
                description: "Decision maker: Cili"
              }
              opportunity_id: "anna-2"
            )pb"));
}

TEST(AQualifiedLead, KeepsABudgetInAnotherCurrencyToItself) {
  EXPECT_EQ(CommandsOf<lead::v1::LeadQualified>(
                R"pb(
                  contact: "contacts/anna"
                  opportunity: "opportunities/anna"
                  opportunity_created: true
                  currency: "EUR"
                  lead {
                    topic: "Forty seats"
                    budget { amount { currency_code: "HUF" units: 5000000 } }
                  }
                )pb",
                "leads/anna"),
            Only<CreateOpportunityRequest>(R"pb(
              opportunity {
                display_name: "Forty seats"
                contact: "contacts/anna"
                lead: "leads/anna"
                currency: "EUR"
              }
              opportunity_id: "anna"
            )pb"));
}

TEST(AQualifiedLead, IsLinkedToAnExistingOpportunity) {
  EXPECT_EQ(CommandsOf<lead::v1::LeadQualified>("opportunity: 'opportunities/seats'", "leads/anna"),
            Only<LinkLeadRequest>("name: 'opportunities/seats' lead: 'leads/anna'"));
}

TEST(AQualifiedLead, MayWantNoOpportunity) {
  EXPECT_EQ(CommandsOf<lead::v1::LeadQualified>("", "leads/anna"), kNone);
}

TEST(AQuote, TellsItsOpportunityWhereItStands) {
  const std::string net = "net { currency_code: 'EUR' units: 5 }";
  const std::string at =
      "name: 'opportunities/seats' quote { quote: 'quotes/q' quote_etag: 4 revision: 1 ";
  const std::string of = "opportunity: 'opportunities/seats' ";
  EXPECT_EQ(CommandsOf<quoting::v1::QuoteCreated>(
                of + "quote { revision: 1 totals { " + net + " } }", "quotes/q", 4),
            Only<RecordQuoteStateRequest>(at + net + "state: DRAFT }"));
  EXPECT_EQ(CommandsOf<quoting::v1::QuoteActivated>(of + "revision: 1 " + net, "quotes/q", 4),
            Only<RecordQuoteStateRequest>(at + net + "state: ACTIVE }"));
  EXPECT_EQ(CommandsOf<quoting::v1::QuoteRevised>(of + "revision: 1 " + net, "quotes/q", 4),
            Only<RecordQuoteStateRequest>(at + net + "state: DRAFT }"));
  EXPECT_EQ(CommandsOf<quoting::v1::QuoteClosed>(of + "revision: 1 " + net, "quotes/q", 4),
            Only<RecordQuoteStateRequest>(at + net + "state: CLOSED }"));
  EXPECT_EQ(CommandsOf<quoting::v1::QuoteDeleted>(of + "revision: 1", "quotes/q", 4),
            Only<RecordQuoteStateRequest>(at + "state: DELETED }"));
}

TEST(AnAcceptedQuote, WinsItsOpportunity) {
  EXPECT_EQ(CommandsOf<quoting::v1::QuoteAccepted>(R"pb(
                                                     opportunity: "opportunities/seats"
                                                     revision: 1
                                                     net { currency_code: "EUR" units: 5 }
                                                     accept_date { year: 2026 month: 3 day: 1 }
                                                   )pb",
                                                   "quotes/q", 6),
            Only<RecordAcceptedQuoteRequest>(R"pb(
              name: "opportunities/seats"
              quote {
                quote: "quotes/q"
                quote_etag: 6
                revision: 1
                state: WON
                net { currency_code: "EUR" units: 5 }
              }
              actual_revenue { currency_code: "EUR" units: 5 }
              accept_date { year: 2026 month: 3 day: 1 }
            )pb"));
}

TEST(AnOrder, TellsItsOpportunityWhetherItStands) {
  const std::string net = "net { currency_code: 'EUR' units: 5 }";
  EXPECT_EQ(
      CommandsOf<ordering::v1::OrderPlaced>(
          "opportunity: 'opportunities/seats' order { quote: 'quotes/q' totals { " + net + " } }",
          "orders/q"),
      Only<RecordOrderStateRequest>(
          "name: 'opportunities/seats' order { order: 'orders/q' order_etag: 1 quote: 'quotes/q' " +
          net + " }"));
  EXPECT_EQ(
      CommandsOf<ordering::v1::OrderCanceled>("opportunity: 'opportunities/seats' whole: true",
                                              "orders/q", 2),
      Only<RecordOrderStateRequest>(
          "name: 'opportunities/seats' order { order: 'orders/q' order_etag: 2 canceled: true }"));
  EXPECT_EQ(
      CommandsOf<ordering::v1::OrderCanceled>("opportunity: 'opportunities/seats'", "orders/q", 2),
      Only<RecordOrderStateRequest>(
          "name: 'opportunities/seats' order { order: 'orders/q' order_etag: 2 }"));
}

TEST(WhatHasNoOpportunity, ConcernsNone) {
  EXPECT_EQ(CommandsOf<quoting::v1::QuoteCreated>("", "quotes/q"), kNone);
  EXPECT_EQ(CommandsOf<quoting::v1::QuoteActivated>("", "quotes/q"), kNone);
  EXPECT_EQ(CommandsOf<quoting::v1::QuoteRevised>("", "quotes/q"), kNone);
  EXPECT_EQ(CommandsOf<quoting::v1::QuoteClosed>("", "quotes/q"), kNone);
  EXPECT_EQ(CommandsOf<quoting::v1::QuoteDeleted>("", "quotes/q"), kNone);
  EXPECT_EQ(CommandsOf<quoting::v1::QuoteAccepted>("", "quotes/q"), kNone);
  EXPECT_EQ(CommandsOf<ordering::v1::OrderPlaced>("", "orders/q"), kNone);
  EXPECT_EQ(CommandsOf<ordering::v1::OrderCanceled>("", "orders/q"), kNone);
}

}  // namespace
}  // namespace leadstream::opportunity
