// A discount that the price list leaves to nobody alone: asked for, and decided by somebody else.
#include <absl/strings/str_cat.h>

#include "common/domain/money.h"
#include "services/quoting/quote_rules.h"

namespace leadstream::quoting {
namespace {

using domain::Decimal;
using domain::Refusal;
using domain::Refuse;

constexpr int kPercentDecimals = 6;

// What the lines would come to as the list prices them; a line that no list prices, at its price.
Decimal ListTotal(const Quote& quote) {
  Decimal total;
  for (const common::v1::Line& line : quote.lines()) {
    const Decimal price = line.has_list_price() ? Decimal::Of(line.list_price()) -
                                                      Decimal::Of(line.list_volume_discount())
                                                : Decimal::Of(line.unit_price());
    total += Decimal::Of(line.quantity()) * price;
  }
  return total;
}

// Freight is no part of it.
Decimal Charged(const Quote& quote) {
  return domain::ToDecimal(quote.totals().lines()) - domain::ToDecimal(quote.totals().discount());
}

bool IsAboveThreshold(const Quote& quote) {
  if (!quote.has_approval_above_percent()) return false;
  const Decimal total = ListTotal(quote);
  return total - Charged(quote) > total * Decimal::Of(quote.approval_above_percent()).Percent();
}

Decimal DiscountPercent(const Quote& quote) {
  const Decimal total = ListTotal(quote);
  return ((total - Charged(quote)) * Decimal(100)).DividedBy(total, kPercentDecimals);
}

// Who may decide, and when.
std::optional<Refusal> RefuseDecision(const Quote& quote, const Context& context) {
  if (quote.state() != Quote::DRAFT)
    return Refuse(QUOTE_NOT_DRAFT, "only the discount of a draft is approved or rejected");
  if (quote.discount_approval().state() != DiscountApproval::REQUESTED)
    return Refuse(QUOTE_APPROVAL_NOT_REQUESTED, "nobody asks for approval of this draft");
  if (quote.discount_approval().requester() == context.actor) {
    return Refuse(QUOTE_APPROVAL_OF_OWN,
                  absl::StrCat(context.actor, " asked; somebody else decides"));
  }
  return std::nullopt;
}

template <typename Event>
Event Decided(const Quote& quote, const std::string& note, const Context& context) {
  Event event;
  event.set_decider(context.actor);
  *event.mutable_decide_time() = context.now;
  event.set_note(note);
  event.set_opportunity(quote.opportunity());
  return event;
}

template <typename Event>
void Close(DiscountApproval::State state, const Event& event, DiscountApproval* approval) {
  approval->set_state(state);
  approval->set_decider(event.decider());
  *approval->mutable_decide_time() = event.decide_time();
  approval->set_decide_note(event.note());
}

}  // namespace

bool LacksApproval(const Quote& quote) {
  return quote.discount_approval().state() != DiscountApproval::APPROVED && IsAboveThreshold(quote);
}

Decision Decide(const Quote& quote, const RequestApprovalRequest& request, const Context& context) {
  if (quote.state() != Quote::DRAFT)
    return Refuse(QUOTE_NOT_DRAFT, "only the discount of a draft is approved");
  if (quote.discount_approval().state() == DiscountApproval::REQUESTED) {
    return Refuse(QUOTE_APPROVAL_PENDING,
                  absl::StrCat(quote.discount_approval().requester(), " asked already"));
  }
  if (!LacksApproval(quote))
    return Refuse(QUOTE_APPROVAL_NOT_NEEDED, "the draft can be activated without");

  DiscountApprovalRequested requested;
  DiscountApproval& approval = *requested.mutable_approval();
  approval.set_state(DiscountApproval::REQUESTED);
  *approval.mutable_discount_percent() = DiscountPercent(quote).ToProto();
  approval.set_requester(context.actor);
  *approval.mutable_request_time() = context.now;
  approval.set_request_note(request.note());
  requested.set_opportunity(quote.opportunity());
  return requested;
}

void Evolve(const DiscountApprovalRequested& event, Quote* quote) {
  *quote->mutable_discount_approval() = event.approval();
}

Decision Decide(const Quote& quote, const ApproveDiscountRequest& request, const Context& context) {
  if (auto refusal = RefuseDecision(quote, context)) return *refusal;
  return Decided<DiscountApproved>(quote, request.note(), context);
}

void Evolve(const DiscountApproved& event, Quote* quote) {
  Close(DiscountApproval::APPROVED, event, quote->mutable_discount_approval());
}

Decision Decide(const Quote& quote, const RejectDiscountRequest& request, const Context& context) {
  if (auto refusal = RefuseDecision(quote, context)) return *refusal;
  return Decided<DiscountRejected>(quote, request.note(), context);
}

void Evolve(const DiscountRejected& event, Quote* quote) {
  Close(DiscountApproval::REJECTED, event, quote->mutable_discount_approval());
}

}  // namespace leadstream::quoting
