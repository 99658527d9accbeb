// What may happen to a quote. Pure: no clock, no I/O.
//
//   quote_draft.cc    creating, from an opportunity or not; changing and deleting a draft
//   quote_lines.cc    adding, changing and removing its lines
//   quote_approval.cc discounts that must be approved, and are or not
//   quote_answer.cc   what comes of it: activated, revised, accepted, closed
//   quote_amounts.cc  what its lines come to, and what is wrong with them
//
// Always: the totals are those of the lines and adjustments; one live revision (DRAFT or ACTIVE) of
// a number at most, because all revisions are one resource; what was ACTIVE never changes, it is
// only replaced by a later revision.
#pragma once

#include <string>
#include <vector>

#include "common/domain/context.h"
#include "common/domain/decision.h"
#include "leadstream/quoting/v1/error_reason.pb.h"
#include "leadstream/quoting/v1/events.pb.h"
#include "leadstream/quoting/v1/quote.pb.h"
#include "leadstream/quoting/v1/quote_service.pb.h"

namespace leadstream::quoting {

using namespace leadstream::quoting::v1;  // NOLINT(google-build-using-namespace): the context's own
                                          // messages, in its own words
using domain::Context;
using domain::Decision;

// A quote is revised at most so often; it bounds the size of `Quote.revisions`.
inline constexpr int kRevisionsMax = 100;

Decision Decide(const Quote&, const CreateQuoteRequest&, const Context&);
Decision Decide(const Quote&, const UpdateQuoteRequest&, const Context&);
Decision Decide(const Quote&, const AddQuoteLinesRequest&, const Context&);
Decision Decide(const Quote&, const UpdateQuoteLineRequest&, const Context&);
Decision Decide(const Quote&, const RemoveQuoteLineRequest&, const Context&);
Decision Decide(const Quote&, const DeleteQuoteRequest&, const Context&);
Decision Decide(const Quote&, const RequestApprovalRequest&, const Context&);
Decision Decide(const Quote&, const ApproveDiscountRequest&, const Context&);
Decision Decide(const Quote&, const RejectDiscountRequest&, const Context&);
Decision Decide(const Quote&, const ActivateQuoteRequest&, const Context&);
Decision Decide(const Quote&, const ReviseQuoteRequest&, const Context&);
Decision Decide(const Quote&, const AcceptQuoteRequest&, const Context&);
Decision Decide(const Quote&, const CloseQuoteRequest&, const Context&);
Decision Decide(const Quote&, const ExpireQuoteRequest&, const Context&);
Decision Decide(const Quote&, const CloseQuoteOfLostOpportunityRequest&, const Context&);

// When an active quote can no longer be accepted: as its last day ends, UTC.
std::optional<absl::Time> ExpiryOf(const Quote&);

// Its discount is so large that it must be approved, and is not.
bool LacksApproval(const Quote&);

// The opportunity that is quoted for, and what the lines are priced from. Not the account or
// contact: those of a lead just qualified may still be on their way.
std::vector<std::string> Needs(const Quote&, const CreateQuoteRequest&, const domain::Found&);
std::vector<std::string> Needs(const Quote&, const UpdateQuoteRequest&, const domain::Found&);
std::vector<std::string> Needs(const Quote&, const AddQuoteLinesRequest&, const domain::Found&);
std::vector<std::string> Needs(const Quote&, const UpdateQuoteLineRequest&, const domain::Found&);

void Evolve(const QuoteCreated&, Quote*);
void Evolve(const QuoteUpdated&, Quote*);
void Evolve(const QuoteLinesAdded&, Quote*);
void Evolve(const QuoteLineUpdated&, Quote*);
void Evolve(const QuoteLineRemoved&, Quote*);
void Evolve(const DiscountApprovalRequested&, Quote*);
void Evolve(const DiscountApproved&, Quote*);
void Evolve(const DiscountRejected&, Quote*);
void Evolve(const QuoteActivated&, Quote*);
void Evolve(const QuoteRevised&, Quote*);
void Evolve(const QuoteAccepted&, Quote*);
void Evolve(const QuoteClosed&, Quote*);

// The last number of the series.
void Remember(const QuoteCreated&, const Quote& after, domain::MutableFacts*);

}  // namespace leadstream::quoting
