// The table of the contract, row by row, and every reason the rules may give.
#include <absl/strings/match.h>

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "services/quoting/quote_comparison.h"
#include "services/quoting/quote_rules.h"
#include "tests/domain/catalogue_examples.h"
#include "tests/domain/quote_examples.h"

namespace leadstream::quoting {
namespace {

using google::protobuf::Message;

// What each command makes of a quote in each state: the event's name, or the reason why not.
struct Row {
  std::shared_ptr<const Message> command;
  std::string draft;
  std::string active;
  std::string won;
  std::string closed;
};

template <typename Request>
std::shared_ptr<const Message> A(const Request& request) {
  return std::make_shared<Request>(request);
}

std::string Outcome(Story story, const Message& command) {
  const domain::Decision& decision = story.When(command).decision();
  return decision.accepted() ? decision.event().GetDescriptor()->name() : decision.refusal().reason;
}

TEST(QuoteTable, EveryCommandInEveryState) {
  const Row rows[] = {
      {A(UpdateQuote("topic: 't'")), "QuoteUpdated", "QUOTE_NOT_DRAFT", "QUOTE_NOT_DRAFT",
       "QUOTE_NOT_DRAFT"},
      {A(AddLine("description: 'x' quantity { value: '1' }")), "QuoteLinesAdded", "QUOTE_NOT_DRAFT",
       "QUOTE_NOT_DRAFT", "QUOTE_NOT_DRAFT"},
      {A(UpdateLine("line_id: '1' quantity { value: '1' }")), "QuoteLineUpdated", "QUOTE_NOT_DRAFT",
       "QUOTE_NOT_DRAFT", "QUOTE_NOT_DRAFT"},
      {A(RemoveLine("1")), "QuoteLineRemoved", "QUOTE_NOT_DRAFT", "QUOTE_NOT_DRAFT",
       "QUOTE_NOT_DRAFT"},
      {A(DeleteQuoteRequest()), "QuoteDeleted", "QUOTE_NOT_DRAFT", "QUOTE_NOT_DRAFT",
       "QUOTE_NOT_DRAFT"},
      {A(RequestApprovalRequest()), "QUOTE_APPROVAL_NOT_NEEDED", "QUOTE_NOT_DRAFT",
       "QUOTE_NOT_DRAFT", "QUOTE_NOT_DRAFT"},
      {A(ApproveDiscountRequest()), "QUOTE_APPROVAL_NOT_REQUESTED", "QUOTE_NOT_DRAFT",
       "QUOTE_NOT_DRAFT", "QUOTE_NOT_DRAFT"},
      {A(RejectDiscountRequest()), "QUOTE_APPROVAL_NOT_REQUESTED", "QUOTE_NOT_DRAFT",
       "QUOTE_NOT_DRAFT", "QUOTE_NOT_DRAFT"},
      {A(Activate()), "QuoteActivated", "QUOTE_NOT_DRAFT", "QUOTE_NOT_DRAFT", "QUOTE_NOT_DRAFT"},
      {A(Revise()), "QUOTE_ALREADY_DRAFT", "QuoteRevised", "QUOTE_WON", "QuoteRevised"},
      {A(Accept()), "QUOTE_NOT_ACTIVE", "QuoteAccepted", "QUOTE_WON", "QUOTE_NOT_ACTIVE"},
      {A(Close()), "QUOTE_NOT_ACTIVE", "QuoteClosed", "QUOTE_WON", "QUOTE_NOT_ACTIVE"},
      {A(Expire()), "QUOTE_NOT_ACTIVE", "QUOTE_NOT_EXPIRED", "QUOTE_NOT_ACTIVE",
       "QUOTE_NOT_ACTIVE"},
      {A(CloseOfLostOpportunity()), "QuoteClosed", "QuoteClosed", "QUOTE_WON", "QuoteClosed"},
  };
  size_t commands = 1;  // CreateQuote, which has no state before
  for (const Row& row : rows) {
    SCOPED_TRACE(row.command->GetDescriptor()->name());
    EXPECT_EQ(Outcome(Draft(), *row.command), row.draft);
    EXPECT_EQ(Outcome(ActiveQuote(), *row.command), row.active);
    EXPECT_EQ(Outcome(WonQuote(), *row.command), row.won);
    EXPECT_EQ(Outcome(ClosedQuote(), *row.command), row.closed);
    ++commands;
  }
  EXPECT_EQ(QuoteAggregate().commands().size(), commands) << "a command has no row here";
}

TEST(QuoteTable, EveryStateIsReached) {
  Draft().ThenState("state: DRAFT");
  ActiveQuote().ThenState("state: ACTIVE");
  WonQuote().ThenState("state: WON");
  ClosedQuote().ThenState("state: CLOSED");
}

TEST(QuoteTable, EveryEventNamesTheOpportunity) {
  const domain::Aggregate aggregate = QuoteAggregate();
  for (const auto& [type, fold] : aggregate.folds()) {
    const auto* opportunity = fold.prototype->GetDescriptor()->FindFieldByName("opportunity");
    ASSERT_NE(opportunity, nullptr) << type;
    EXPECT_EQ(opportunity->type(), google::protobuf::FieldDescriptor::TYPE_STRING) << type;
  }
}

struct Case {
  absl::StatusCode code;
  std::function<domain::Refusal()> refused;
};

domain::Refusal RefusalOf(Story story, const Message& command) {
  const domain::Decision& decision = story.When(command).decision();
  return decision.accepted() ? domain::Refusal{absl::StatusCode::kOk, "accepted", "", {}}
                             : decision.refusal();
}

Story ExhaustedQuote() {
  Story story = ActiveQuote();
  for (int i = 0; i < kRevisionsMax; ++i) story.Given(Revise()).Given(Activate());
  return story;
}

domain::Refusal QuotingForALostOpportunity() {
  auto lost = Roof();
  lost.set_state(opportunity::v1::Opportunity::LOST);
  Story story(QuoteAggregate());
  story.Knows("opportunities/roof", lost).When(CreateQuote("opportunity: 'opportunities/roof'"));
  return story.decision().refusal();
}

domain::Refusal ActivatingLate() {
  Story story = Draft();
  story.At("2026-04-01T00:00:00Z").When(Activate());
  return story.decision().refusal();
}

domain::Refusal ActivatingWithoutLines() {
  Story story = Draft();
  story.Given(RemoveLine("1")).When(Activate());
  return story.decision().refusal();
}

domain::Refusal ActivatingUnpriced() {
  Story story = Draft();
  story.Given(AddLine("description: 'x' quantity { value: '1' }")).When(Activate());
  return story.decision().refusal();
}

domain::Refusal ActivatingDiscounted() {
  Story story = DiscountedDraft();
  story.When(Activate());
  return story.decision().refusal();
}

domain::Refusal AskingTwice() {
  Story story = DiscountedDraft();
  story.Given(RequestApprovalRequest()).When(RequestApprovalRequest());
  return story.decision().refusal();
}

domain::Refusal ApprovingOneself() {
  Story story = DiscountedDraft();
  story.Given(RequestApprovalRequest()).When(ApproveDiscountRequest());
  return story.decision().refusal();
}

domain::Refusal ComparingWithNoRevision() {
  CompareQuotesResponse response;
  auto request = Of<CompareQuotesRequest>("name: 'quotes/test' base_revision: 0 revision: 1");
  Story story = Draft();
  return *CompareQuotes(request, OneQuote(story.state<Quote>()), &response);
}

TEST(QuoteTable, EveryReasonIsGiven) {
  constexpr auto kPrecondition = absl::StatusCode::kFailedPrecondition;
  constexpr auto kArgument = absl::StatusCode::kInvalidArgument;
  const std::map<int, Case> cases = {
      {QUOTE_NOT_DRAFT, {kPrecondition, [] { return RefusalOf(ActiveQuote(), RemoveLine("1")); }}},
      {QUOTE_NOT_ACTIVE, {kPrecondition, [] { return RefusalOf(Draft(), Accept()); }}},
      {QUOTE_ALREADY_DRAFT, {kPrecondition, [] { return RefusalOf(Draft(), Revise()); }}},
      {QUOTE_WON, {kPrecondition, [] { return RefusalOf(WonQuote(), Revise()); }}},
      {QUOTE_EXPIRED, {kPrecondition, ActivatingLate}},
      {QUOTE_NOT_EXPIRED, {kPrecondition, [] { return RefusalOf(ActiveQuote(), Expire()); }}},
      {QUOTE_HAS_NO_LINES, {kPrecondition, ActivatingWithoutLines}},
      {QUOTE_LINES_UNPRICED, {kPrecondition, ActivatingUnpriced}},
      {QUOTE_CURRENCY_FIXED,
       {kPrecondition, [] { return RefusalOf(Draft(), UpdateQuote("currency: 'HUF'")); }}},
      {QUOTE_REVISIONS_EXHAUSTED,
       {kPrecondition, [] { return RefusalOf(ExhaustedQuote(), Revise()); }}},
      {QUOTE_OPPORTUNITY_NOT_OPEN, {kPrecondition, QuotingForALostOpportunity}},
      {QUOTE_FIELDS_INVALID,
       {kArgument, [] { return RefusalOf(Draft(), UpdateQuote("payment_days: -1")); }}},
      {QUOTE_LINES_INVALID, {kArgument, [] { return RefusalOf(Draft(), RemoveLine("9")); }}},
      {QUOTE_REVISION_UNKNOWN, {kArgument, ComparingWithNoRevision}},
      {QUOTE_APPROVAL_REQUIRED, {kPrecondition, ActivatingDiscounted}},
      {QUOTE_APPROVAL_NOT_NEEDED,
       {kPrecondition, [] { return RefusalOf(Draft(), RequestApprovalRequest()); }}},
      {QUOTE_APPROVAL_PENDING, {kPrecondition, AskingTwice}},
      {QUOTE_APPROVAL_NOT_REQUESTED,
       {kPrecondition, [] { return RefusalOf(Draft(), ApproveDiscountRequest()); }}},
      {QUOTE_APPROVAL_OF_OWN, {kPrecondition, ApprovingOneself}},
  };
  const auto* reasons = ErrorReason_descriptor();
  for (int i = 0; i < reasons->value_count(); ++i) {
    const auto* reason = reasons->value(i);
    // Those of products and prices have tables of their own.
    if (!absl::StartsWith(reason->name(), "QUOTE_")) continue;
    const auto at = cases.find(reason->number());
    ASSERT_NE(at, cases.end()) << reason->name() << " is given nowhere here";
    const domain::Refusal refusal = at->second.refused();
    EXPECT_EQ(refusal.reason, reason->name());
    EXPECT_EQ(refusal.code, at->second.code) << reason->name();
    EXPECT_FALSE(refusal.message.empty()) << reason->name();
    EXPECT_EQ(refusal.fields.empty(),
              at->second.code == kPrecondition && reason->number() != QUOTE_LINES_UNPRICED)
        << reason->name();
  }
}

}  // namespace
}  // namespace leadstream::quoting
