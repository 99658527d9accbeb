#include "tests/process/state_table.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

#include <algorithm>
#include <vector>

namespace leadstream::process {
namespace {

// Words are alternatives. "*" is any state, "OPEN/*" any status of OPEN, "=" the state before.
struct Row {
  absl::string_view events, from, to;
};

constexpr Row kRows[] = {
    {"LeadCreated", "-", "OPEN/NEW"},
    {"LeadUpdated LeadScored", "OPEN/*", "="},
    // What a rule offered may come too late: then it changes nothing.
    {"LeadAssigned", "*", "="},
    {"LeadContacted", "OPEN/*", "OPEN/CONTACTED"},
    {"LeadQualified", "OPEN/*", "QUALIFIED/CONVERTED"},
    {"LeadDisqualified", "OPEN/*",
     "DISQUALIFIED/LOST DISQUALIFIED/CANNOT_CONTACT DISQUALIFIED/NO_LONGER_INTERESTED "
     "DISQUALIFIED/CANCELED DISQUALIFIED/DUPLICATE"},
    {"LeadReactivated", "QUALIFIED/* DISQUALIFIED/*", "OPEN/NEW"},
    {"LeadMerged", "OPEN/*", "DISQUALIFIED/DUPLICATE"},
    {"LeadAbsorbed LeadOpportunityRecorded", "*", "="},
    {"AccountCreated ContactCreated", "-", "."},
    {"AccountUpdated AccountFilled AccountMerged", ".", "="},
    {"ContactUpdated ContactFilled ContactMerged ContactMoved", ".", "="},
    {"ActivityCreated", "-", "PLANNED DONE"},
    {"ActivityUpdated", "PLANNED DONE", "="},
    {"ActivityCompleted", "PLANNED", "DONE"},
    {"ActivityCanceled", "PLANNED", "CANCELED"},
    {"ActivityReminded", "PLANNED", "="},
    {"ActivityMoved", "*", "="},
    {"ScoringRuleCreated AssignmentRuleCreated", "-", "."},
    {"ScoringRuleUpdated ScoringRuleApplied AssignmentRuleUpdated LeadOffered", ".", "="},
    {"ScoringRuleDeleted AssignmentRuleDeleted", ".", "gone"},

    {"OpportunityCreated", "-", "OPEN/IN_PROGRESS"},
    {"OpportunityUpdated OpportunityLinesAdded OpportunityLineUpdated OpportunityLineRemoved "
     "OpportunityMovedToStage OpportunityMigrated StakeholderAdded StakeholderRemoved "
     "CompetitorAdded "
     "CompetitorRemoved",
     "OPEN/*", "="},
    {"OpportunityHeld", "OPEN/IN_PROGRESS", "OPEN/ON_HOLD"},
    {"OpportunityResumed", "OPEN/ON_HOLD", "OPEN/IN_PROGRESS"},
    // A customer's acceptance wins one that was lost, and adds to one that was won.
    {"OpportunityWon", "*", "WON"},
    {"OpportunityLost", "OPEN/*", "LOST/CANCELED LOST/OUT_SOLD LOST/NO_DECISION LOST/PRICE"},
    {"OpportunityReopened", "WON LOST/*", "OPEN/IN_PROGRESS"},
    {"OpportunityLeadLinked OpportunityQuoteRecorded OpportunityOrderRecorded", "*", "="},
    {"ProcessDefinitionCreated ExchangeRateCreated", "-", "."},
    {"ProcessDefinitionUpdated ExchangeRateUpdated", ".", "="},

    {"ProductCreated", "-", "DRAFT"},
    {"ProductUpdated", "DRAFT ACTIVE", "="},
    {"ProductDeleted", "DRAFT", "gone"},
    {"ProductActivated", "DRAFT", "ACTIVE"},
    {"ProductRevised", "ACTIVE", "DRAFT"},
    {"ProductRetired", "ACTIVE DRAFT", "RETIRED"},
    {"PriceListCreated", "-", "."},
    {"PriceListUpdated PriceListItemsSet PriceListItemRemoved", ".", "="},
    {"PriceListDeleted", ".", "gone"},
    {"QuoteCreated", "-", "DRAFT"},
    {"QuoteUpdated QuoteLinesAdded QuoteLineUpdated QuoteLineRemoved DiscountApprovalRequested "
     "DiscountApproved DiscountRejected",
     "DRAFT", "="},
    {"QuoteDeleted", "DRAFT", "gone"},
    {"QuoteActivated", "DRAFT", "ACTIVE"},
    {"QuoteRevised", "ACTIVE CLOSED/*", "DRAFT"},
    {"QuoteAccepted", "ACTIVE", "WON"},
    {"QuoteClosed", "DRAFT ACTIVE", "CLOSED/LOST CLOSED/CANCELED CLOSED/EXPIRED"},
    // Its opportunity was lost after it was closed: noted, no more.
    {"QuoteClosed", "CLOSED/*", "="},

    {"OrderPlaced", "-", "ACTIVE"},
    {"OrderUpdated", "ACTIVE", "="},
    {"OrderSubmitted", "ACTIVE", "SUBMITTED"},
    {"OrderFulfilled", "ACTIVE SUBMITTED PARTIALLY_FULFILLED", "PARTIALLY_FULFILLED FULFILLED"},
    {"OrderCanceled", "ACTIVE SUBMITTED", "= CANCELED"},
    {"OrderCanceled", "PARTIALLY_FULFILLED", "= FULFILLED"},
    {"OrderInvoiceRecorded OrderPaymentRecorded", "*", "="},

    {"InvoiceCreated", "-", "DRAFT"},
    {"InvoiceUpdated", "DRAFT", "="},
    {"InvoiceDeleted", "DRAFT", "gone"},
    {"InvoiceCanceled", "DRAFT", "CANCELED"},
    {"InvoiceIssued", "- DRAFT", "ISSUED"},
    {"InvoiceCredited PaymentRecorded PaymentRefunded", "ISSUED", "="},
    {"InvoiceReminded RemindersHeld RemindersResumed", "ISSUED", "="},
    {"PaymentShareDeclined", "ISSUED", "="},

    {"PaymentCreated", "-", "OPEN"},
    {"PaymentAllocated", "OPEN", "OPEN"},
    {"AllocationSettled", "OPEN", "OPEN ALLOCATED"},
    {"AllocationSettled", "REVERSED", "="},
    {"CreditRefunded", "OPEN", "OPEN ALLOCATED"},
    {"PaymentReversed", "OPEN ALLOCATED", "REVERSED"},

    {"SellerCreated", "-", "."},
    {"SellerUpdated", ".", "="},

    {"ReactionParked", "-", "PARKED"},
    {"ReactionRefusedAgain", "PARKED", "="},
    {"ParkedReactionDone", "PARKED", "DONE"},
    {"ParkedReactionDropped", "PARKED", "DROPPED"},
};

bool IsAmong(absl::string_view word, absl::string_view words) {
  const std::vector<absl::string_view> all = absl::StrSplit(words, ' ');
  return std::find(all.begin(), all.end(), word) != all.end();
}

bool Matches(absl::string_view state, absl::string_view patterns, absl::string_view before) {
  for (absl::string_view pattern : absl::StrSplit(patterns, ' ')) {
    if (pattern == state || (pattern == "=" && state == before)) return true;
    if (pattern == "*" && state != kNone && state != kGone) return true;
    if (absl::EndsWith(pattern, "/*") &&
        absl::StartsWith(state, pattern.substr(0, pattern.size() - 1)))
      return true;
  }
  return false;
}

// The name of an enum field's value; empty where there is no such field, or it was never set.
std::string ValueOf(const google::protobuf::Message& resource, const char* field) {
  const auto* found = resource.GetDescriptor()->FindFieldByName(field);
  if (found == nullptr || found->enum_type() == nullptr) return "";
  const auto* value = resource.GetReflection()->GetEnum(resource, found);
  return value->number() == 0 ? "" : value->name();
}

}  // namespace

std::string StateOf(const google::protobuf::Message& resource) {
  const std::string state = ValueOf(resource, "state");
  if (state.empty()) return ".";
  const std::string why = ValueOf(resource, state == "CLOSED" ? "close_reason" : "status");
  return why.empty() ? state : absl::StrCat(state, "/", why);
}

std::string Forbidden(absl::string_view event_type, absl::string_view before,
                      absl::string_view after) {
  const absl::string_view event = event_type.substr(event_type.rfind('.') + 1);
  bool is_known = false;
  for (const Row& row : kRows) {
    if (!IsAmong(event, row.events)) continue;
    is_known = true;
    if (Matches(before, row.from, before) && Matches(after, row.to, before)) return "";
  }
  if (!is_known)
    return absl::StrCat(event,
                        " has no row in tests/process/state_table.cc: say there from which "
                        "state to which it leads");
  return absl::StrCat("no table has a ", event, " that leads from ", before, " to ", after);
}

}  // namespace leadstream::process
