#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "common/domain/date.h"
#include "common/domain/lines.h"
#include "common/domain/totals.h"
#include "services/quoting/quote_amounts.h"
#include "services/quoting/quote_rules.h"

namespace leadstream::quoting {
namespace {

using domain::DayOf;
using domain::Refusal;
using domain::Refuse;
using domain::RefuseFields;

bool HasExpired(const Quote& quote, const Context& context) {
  return quote.has_valid_to() && DayOf(context.now) > DayOf(quote.valid_to());
}

std::string Day(const google::type::Date& date) { return absl::FormatCivilTime(DayOf(date)); }

// The order has the quote's id, so that a quote has one order and its acceptance can name it.
std::string OrderOf(const Quote& quote) {
  return absl::StrCat("orders/", quote.name().substr(quote.name().find('/') + 1));
}

// The revision as it is when a later one takes its place.
QuoteRevision Frozen(const Quote& quote, const Context& context) {
  QuoteRevision frozen;
  frozen.set_revision(quote.revision());
  frozen.set_state(Quote::CLOSED);
  frozen.set_close_reason(quote.state() == Quote::CLOSED ? quote.close_reason() : Quote::REVISED);
  frozen.set_etag(quote.etag());
  *frozen.mutable_totals() = quote.totals();
  *frozen.mutable_begin_time() = quote.revision() == 0 ? quote.create_time() : quote.revise_time();
  if (quote.has_activate_time()) *frozen.mutable_activate_time() = quote.activate_time();
  *frozen.mutable_close_time() = quote.state() == Quote::CLOSED ? quote.close_time() : context.now;
  if (quote.has_valid_to()) *frozen.mutable_valid_to() = quote.valid_to();
  return frozen;
}

QuoteClosed Closed(const Quote& quote, Quote::CloseReason reason, const std::string& note,
                   const google::protobuf::Timestamp& time) {
  QuoteClosed closed;
  closed.set_reason(reason);
  closed.set_note(note);
  *closed.mutable_close_time() = time;
  closed.set_opportunity(quote.opportunity());
  closed.set_revision(quote.revision());
  *closed.mutable_net() = quote.totals().net();
  *closed.mutable_total() = quote.totals().total();
  return closed;
}

}  // namespace

Decision Decide(const Quote& quote, const ActivateQuoteRequest&, const Context& context) {
  if (quote.state() != Quote::DRAFT)
    return Refuse(QUOTE_NOT_DRAFT, "only a draft can be activated");
  if (quote.lines().empty()) return Refuse(QUOTE_HAS_NO_LINES, "add a line first");
  Refusal unpriced = Refuse(QUOTE_LINES_UNPRICED, "each line needs a price; 0 is one");
  for (int i = 0; i < quote.lines_size(); ++i) {
    if (domain::IsPriced(quote.lines(i))) continue;
    unpriced.fields.push_back(
        {absl::StrCat("quote.lines[", i, "].unit_price"),
         absl::StrCat("line \"", quote.lines(i).line_id(), "\" has no price")});
  }
  if (!unpriced.fields.empty()) return unpriced;
  if (LacksApproval(quote)) {
    return Refuse(QUOTE_APPROVAL_REQUIRED,
                  absl::StrCat("a discount above ", quote.approval_above_percent().value(),
                               " % must be approved: RequestApproval"));
  }
  if (HasExpired(quote, context)) {
    return Refuse(QUOTE_EXPIRED, absl::StrCat("it could be accepted until ", Day(quote.valid_to()),
                                              "; set a later `valid_to`"));
  }

  QuoteActivated activated;
  *activated.mutable_activate_time() = context.now;
  activated.set_opportunity(quote.opportunity());
  activated.set_revision(quote.revision());
  *activated.mutable_net() = quote.totals().net();
  *activated.mutable_total() = quote.totals().total();
  if (quote.has_valid_to()) *activated.mutable_valid_to() = quote.valid_to();
  return activated;
}

void Evolve(const QuoteActivated& event, Quote* quote) {
  quote->set_state(Quote::ACTIVE);
  *quote->mutable_activate_time() = event.activate_time();
}

Decision Decide(const Quote& quote, const ReviseQuoteRequest& request, const Context& context) {
  if (quote.state() == Quote::DRAFT)
    return Refuse(QUOTE_ALREADY_DRAFT, "the quote is being drafted; change it as it is");
  if (quote.state() == Quote::WON)
    return Refuse(QUOTE_WON, "an accepted quote is never revised; draft another");
  if (quote.revisions_size() >= kRevisionsMax) {
    return Refuse(QUOTE_REVISIONS_EXHAUSTED, absl::StrCat("a quote is revised at most ",
                                                          kRevisionsMax, " times; draft another"));
  }

  QuoteRevised revised;
  revised.set_revision(quote.revision() + 1);
  *revised.mutable_replaced() = Frozen(quote, context);
  *revised.mutable_revise_time() = context.now;
  revised.set_note(request.note());
  revised.set_opportunity(quote.opportunity());
  *revised.mutable_net() = quote.totals().net();
  *revised.mutable_total() = quote.totals().total();
  return revised;
}

void Evolve(const QuoteRevised& event, Quote* quote) {
  quote->set_state(Quote::DRAFT);
  quote->set_revision(event.revision());
  *quote->add_revisions() = event.replaced();
  *quote->mutable_revise_time() = event.revise_time();
  quote->set_revise_note(event.note());
  quote->clear_discount_approval();
  quote->clear_activate_time();
  quote->clear_close_reason();
  quote->clear_close_time();
  quote->clear_close_note();
}

Decision Decide(const Quote& quote, const AcceptQuoteRequest& request, const Context& context) {
  const absl::CivilDay today = DayOf(context.now);
  if (request.has_accept_date() && DayOf(request.accept_date()) > today + 1) {
    return RefuseFields(QUOTE_FIELDS_INVALID, "an acceptance to come cannot be recorded",
                        {{"accept_date", "is a day to come"}});
  }
  if (quote.state() == Quote::WON) {
    return Refuse(QUOTE_WON,
                  absl::StrCat("the quote was accepted before; its order is ", quote.order()));
  }
  if (quote.state() != Quote::ACTIVE) {
    return Refuse(QUOTE_NOT_ACTIVE,
                  "only an active quote can be accepted: the customer holds no other");
  }
  if (HasExpired(quote, context)) {
    return Refuse(QUOTE_EXPIRED, absl::StrCat("it could be accepted until ", Day(quote.valid_to()),
                                              "; revise it, with a later `valid_to`"));
  }

  QuoteAccepted accepted;
  *accepted.mutable_accept_date() =
      request.has_accept_date() ? request.accept_date() : domain::ToDate(today);
  accepted.set_note(request.note());
  accepted.set_order(OrderOf(quote));
  accepted.set_opportunity(quote.opportunity());
  accepted.set_revision(quote.revision());
  *accepted.mutable_net() = quote.totals().net();

  Quote& snapshot = *accepted.mutable_quote();
  snapshot = quote;
  Evolve(accepted, &snapshot);
  snapshot.clear_uid();
  snapshot.clear_etag();
  snapshot.clear_create_time();
  snapshot.clear_update_time();
  snapshot.clear_creator();
  snapshot.clear_revisions();
  return accepted;
}

void Evolve(const QuoteAccepted& event, Quote* quote) {
  quote->set_state(Quote::WON);
  *quote->mutable_accept_date() = event.accept_date();
  quote->set_accept_note(event.note());
  quote->set_order(event.order());
}

Decision Decide(const Quote& quote, const CloseQuoteRequest& request, const Context& context) {
  if (request.reason() != Quote::LOST && request.reason() != Quote::CANCELED) {
    return RefuseFields(QUOTE_FIELDS_INVALID, "say why it is closed",
                        {{"reason", "must be LOST or CANCELED"}});
  }
  if (quote.state() == Quote::WON)
    return Refuse(QUOTE_WON, "an accepted quote is not closed; cancel its order");
  if (quote.state() == Quote::DRAFT)
    return Refuse(QUOTE_NOT_ACTIVE, "the customer does not hold a draft; delete it instead");
  if (quote.state() != Quote::ACTIVE)
    return Refuse(QUOTE_NOT_ACTIVE, "the quote is closed already");
  return Closed(quote, request.reason(), request.note(), context.now);
}

Decision Decide(const Quote& quote, const ExpireQuoteRequest&, const Context& context) {
  if (quote.state() != Quote::ACTIVE)
    return Refuse(QUOTE_NOT_ACTIVE, "only an active quote expires");
  if (!HasExpired(quote, context))
    return Refuse(QUOTE_NOT_EXPIRED, "the quote can still be accepted");
  return Closed(quote, Quote::EXPIRED, "", context.now);
}

std::optional<absl::Time> ExpiryOf(const Quote& quote) {
  if (quote.state() != Quote::ACTIVE || !quote.has_valid_to()) return std::nullopt;
  return absl::FromCivil(DayOf(quote.valid_to()) + 1, absl::UTCTimeZone());
}

Decision Decide(const Quote& quote, const CloseQuoteOfLostOpportunityRequest& request,
                const Context& context) {
  if (quote.opportunity() != request.opportunity()) {
    return RefuseFields(QUOTE_FIELDS_INVALID, "the quote is not the opportunity's",
                        {{"opportunity", "is not the quote's opportunity"}});
  }
  if (quote.state() == Quote::WON)
    return Refuse(QUOTE_WON, "the customer accepted the quote before the opportunity was lost");
  // A closed one is accepted, so that a reaction that comes late is not parked.
  QuoteClosed closed =
      quote.state() == Quote::CLOSED
          ? Closed(quote, quote.close_reason(), quote.close_note(), quote.close_time())
          : Closed(quote, Quote::LOST, request.note(), context.now);
  closed.set_opportunity_lost(true);
  return closed;
}

void Evolve(const QuoteClosed& event, Quote* quote) {
  quote->set_state(Quote::CLOSED);
  quote->set_close_reason(event.reason());
  quote->set_close_note(event.note());
  *quote->mutable_close_time() = event.close_time();
}

}  // namespace leadstream::quoting
