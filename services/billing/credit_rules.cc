#include "services/billing/credit_rules.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <string>
#include <utility>

#include "common/domain/money.h"
#include "common/domain/totals.h"
#include "services/billing/deposits.h"
#include "services/billing/invoice_names.h"
#include "services/billing/invoice_series.h"
#include "services/billing/order_share.h"
#include "services/billing/payment_rules.h"
#include "services/billing/problems.h"

namespace leadstream::billing {
namespace {

using common::v1::Line;
using domain::Decimal;
using domain::Quantities;

// They are kept in the invoice with their lines, so their number bounds its size.
constexpr int kCreditsMax = 100;

Quantities CreditedOf(const Invoice& invoice) {
  Quantities credited;
  for (const LineQuantity& line : invoice.credited_quantities())
    credited[line.line_id()] = Decimal::Of(line.quantity());
  return credited;
}

// Adds what the request asks for to what is credited. Lines that the invoice does not have are not
// known; more than is left is too much.
void AddAsked(const Invoice& invoice, const CreditInvoiceRequest& request, Quantities* credited,
              Problems* unknown, Problems* too_much) {
  Quantities asked;
  for (int i = 0; i < request.lines_size(); ++i) {
    const LineQuantity& line = request.lines(i);
    const std::string path = absl::StrCat("lines[", i, "]");
    const Line* invoiced = domain::FindLine(line.line_id(), invoice.lines());
    if (invoiced == nullptr || !asked.emplace(line.line_id(), Decimal()).second) {
      unknown->Add(INVOICE_LINE_UNKNOWN, path + ".line_id",
                   invoiced == nullptr
                       ? absl::StrCat("the invoice has no line \"", line.line_id(), "\"")
                       : "is named twice");
      continue;
    }
    Decimal& sum = (*credited)[line.line_id()];
    const Decimal left = Decimal::Of(invoiced->quantity()) - sum;
    sum += Decimal::Of(line.quantity());
    if (Decimal::Of(line.quantity()) > left) {
      too_much->Add(CREDIT_EXCEEDS_INVOICED, path + ".quantity",
                    absl::StrCat("only ", left.ToString(), " of line \"", line.line_id(),
                                 "\" is not credited"));
    }
  }
}

Quantities AllOf(const Invoice& invoice) {
  Quantities all;
  for (const Line& line : invoice.lines()) all[line.line_id()] = Decimal::Of(line.quantity());
  return all;
}

// What is said of a credit whose lines and amounts are known, after which so much of each line is
// credited.
InvoiceCredited Credited(const Invoice& invoice, Credit credit, const Quantities& quantities,
                         const CreditInvoiceRequest& request, const Context& context) {
  credit.set_credit_note(CreditNoteOf(context.name, invoice.credits_size() + 1));
  credit.set_reason(request.reason());
  *credit.mutable_create_time() = context.now;

  Invoice after = invoice;
  TakeOffReturned(credit, &after);
  InvoiceCredited event;
  event.set_order(invoice.order());
  event.set_type(invoice.type());
  for (const Line& line : invoice.lines()) {
    auto at = quantities.find(line.line_id());
    if (at == quantities.end()) continue;
    LineQuantity& credited = *event.add_credited_quantities();
    credited.set_line_id(line.line_id());
    *credited.mutable_quantity() = at->second.ToProto();
  }
  *event.mutable_credited_amount() =
      domain::Plus(invoice.credited_amount(), credit.totals().total());
  *event.mutable_deducted_amount() = after.deducted_amount();
  *event.mutable_balance() = BalanceOf(after, invoice.paid_amount(), event.credited_amount());
  event.set_payment_state(PaymentStateOf(invoice.paid_amount(), event.balance()));
  *event.mutable_credit() = std::move(credit);
  return event;
}

Decision DecideDeposit(const Invoice& deposit, const CreditInvoiceRequest& request,
                       const Context& context) {
  if (!request.lines().empty()) {
    Problems problems;
    problems.Add(INVOICE_FIELD_FIXED, "lines", "of a deposit all that is not deducted is credited");
    return problems.Refuse("a deposit is not credited line by line");
  }
  Credit credit;
  if (!CreditDeposit(deposit, *context.facts, &credit)) {
    return domain::Refuse(NOTHING_TO_CREDIT,
                          "all of the deposit is deducted from invoices, or credited");
  }
  Quantities quantities = CreditedOf(deposit);
  for (const Line& line : credit.lines())
    quantities[line.line_id()] += Decimal::Of(line.quantity());
  return Credited(deposit, std::move(credit), quantities, request, context);
}

}  // namespace

Decision Decide(const Invoice& invoice, const CreditInvoiceRequest& request,
                const Context& context) {
  if (invoice.type() == Invoice::CREDIT_NOTE)
    return domain::Refuse(INVOICE_IS_CREDIT_NOTE,
                          "a credit note is not credited: issue an invoice");
  if (invoice.state() != Invoice::ISSUED)
    return domain::Refuse(INVOICE_NOT_ISSUED,
                          "only an issued invoice is credited; a draft is canceled");

  if (invoice.credits_size() >= kCreditsMax) {
    return domain::Refuse(INVOICE_FULL,
                          absl::StrCat("an invoice is credited at most ", kCreditsMax, " times"));
  }
  if (invoice.type() == Invoice::DEPOSIT) return DecideDeposit(invoice, request, context);

  const Quantities before = CreditedOf(invoice);
  if (before == AllOf(invoice))
    return domain::Refuse(NOTHING_TO_CREDIT, "all of the invoice is credited");
  Quantities after = request.lines().empty() ? AllOf(invoice) : before;
  Problems unknown, too_much;
  AddAsked(invoice, request, &after, &unknown, &too_much);
  if (unknown.any()) return unknown.Refuse("a credit names lines of the invoice");
  if (too_much.any()) return too_much.RefuseForNow("no more is credited than was invoiced");

  domain::Part part = domain::Minus(domain::PartOf(invoice.lines(), invoice.totals(), after),
                                    domain::PartOf(invoice.lines(), invoice.totals(), before));
  Credit credit;
  *credit.mutable_lines() = std::move(part.lines);
  *credit.mutable_totals() = std::move(part.totals);
  ReturnDeductions(invoice, &credit);
  return Credited(invoice, std::move(credit), after, request, context);
}

Decision IssueCreditNote(const CreateInvoiceRequest& request, const Context& context) {
  const std::string& name = request.invoice().credited_invoice();
  const Invoice* invoice = context.Find<Invoice>(name);
  const Credit* credit = nullptr;
  if (invoice != nullptr) {
    auto at = std::find_if(invoice->credits().begin(), invoice->credits().end(),
                           [&](const Credit& one) { return one.credit_note() == context.name; });
    if (at != invoice->credits().end()) credit = &*at;
  }
  if (credit == nullptr) {
    return domain::Refuse(
        CREDIT_NOTE_NOT_CREDITED,
        absl::StrCat(
            context.name, " is not a credit note that CreditInvoice named",
            name.empty() ? "; say which in credited_invoice" : absl::StrCat(" for ", name)));
  }

  InvoiceIssued issued;
  Invoice& note = *issued.mutable_invoice();
  note.set_name(context.name);
  note.set_type(Invoice::CREDIT_NOTE);
  note.set_credited_invoice(name);
  note.set_credited_type(invoice->type());
  note.set_credit_reason(credit->reason());
  *note.mutable_lines() = credit->lines();
  *note.mutable_totals() = credit->totals();
  *note.mutable_deductions() = credit->returned();
  SumDeductions(&note);
  note.set_seller(invoice->seller());
  note.set_account(invoice->account());
  note.set_contact(invoice->contact());
  note.set_order(invoice->order());
  note.set_fulfillment(invoice->fulfillment());
  note.set_currency(invoice->currency());
  note.set_customer_reference(invoice->customer_reference());
  if (invoice->has_seller_party()) *note.mutable_seller_party() = invoice->seller_party();
  if (invoice->has_buyer()) *note.mutable_buyer() = invoice->buyer();
  if (invoice->has_ship_to()) *note.mutable_ship_to() = invoice->ship_to();
  Issue(context, &note);
  return issued;
}

void Evolve(const InvoiceCredited& event, Invoice* invoice) {
  *invoice->add_credits() = event.credit();
  *invoice->mutable_credited_quantities() = event.credited_quantities();
  *invoice->mutable_credited_amount() = event.credited_amount();
  TakeOffReturned(event.credit(), invoice);
  *invoice->mutable_balance() = event.balance();
  invoice->set_payment_state(event.payment_state());
}

void Remember(const InvoiceCredited& event, const Invoice& after, domain::MutableFacts* facts) {
  RememberCredited(event, facts);
  RememberDeposits(event, after, facts);
}

}  // namespace leadstream::billing
