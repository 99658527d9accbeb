#include "services/quoting/quoting_reactions.h"

#include "leadstream/common/v1/error_reason.pb.h"
#include "leadstream/opportunity/v1/events.pb.h"
#include "leadstream/quoting/v1/error_reason.pb.h"
#include "leadstream/quoting/v1/quote.pb.h"
#include "leadstream/quoting/v1/quote_service.pb.h"

namespace leadstream::quoting {
namespace {

using domain::Commands;
using domain::Occurrence;
using opportunity::v1::OpportunityLost;
using opportunity::v1::OpportunityQuoteRecorded;
using v1::CloseQuoteOfLostOpportunityRequest;

absl::Status CloseQuotes(const OpportunityLost& lost, const Occurrence& on, Commands* out) {
  for (const std::string& quote : lost.quotes_to_close()) {
    auto* close = out->Add<CloseQuoteOfLostOpportunityRequest>(quote);
    close->set_name(quote);
    close->set_opportunity(on.record.subject());
    close->set_note(lost.note());
  }
  return absl::OkStatus();
}

// One that the opportunity heard of only after it was lost.
absl::StatusOr<bool> CloseLateQuote(const OpportunityQuoteRecorded& recorded, const Occurrence& on,
                                    CloseQuoteOfLostOpportunityRequest* close) {
  if (!recorded.close()) return false;
  const auto found = on.Ask<v1::Quote>(recorded.quote().quote());
  if (absl::IsNotFound(found.status())) return false;
  if (!found.ok()) return found.status();
  if (found->state() != v1::Quote::DRAFT && found->state() != v1::Quote::ACTIVE) return false;
  close->set_name(recorded.quote().quote());
  close->set_opportunity(on.record.subject());
  close->set_note(recorded.note());
  return true;
}

}  // namespace

// A quote that the customer accepted in the meantime stays won, and wins the opportunity; a draft
// that was deleted is no longer there to be closed.
std::vector<domain::Reaction> QuotingReactions() {
  return {
      domain::Whenever<OpportunityLost, CloseQuoteOfLostOpportunityRequest>(
          "close-quotes-of-lost-opportunity", CloseQuotes)
          .SettledBy(v1::QUOTE_WON, common::v1::RESOURCE_NOT_FOUND),
      domain::Whenever<OpportunityQuoteRecorded, CloseQuoteOfLostOpportunityRequest>(
          "close-late-quote-of-lost-opportunity", CloseLateQuote)
          .SettledBy(v1::QUOTE_WON, common::v1::RESOURCE_NOT_FOUND),
  };
}

}  // namespace leadstream::quoting
