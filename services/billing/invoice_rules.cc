#include "services/billing/invoice_rules.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "common/domain/date.h"
#include "common/domain/totals.h"
#include "common/domain/update.h"
#include "leadstream/ordering/v1/order.pb.h"
#include "services/billing/bank_accounts.h"
#include "services/billing/credit_rules.h"
#include "services/billing/deposits.h"
#include "services/billing/invoice_names.h"
#include "services/billing/invoice_series.h"
#include "services/billing/order_share.h"
#include "services/billing/problems.h"
#include "services/billing/reminder_rules.h"
#include "services/billing/seller_rules.h"

namespace leadstream::billing {
namespace {

using domain::Decimal;
using domain::FieldViolation;
using ordering::v1::Order;

// The fields that an invoice is created with, once and for all.
constexpr const char* kFixed[] = {"type", "seller", "order", "fulfillment", "credited_invoice"};
// Those that come from its order, if it has one.
constexpr const char* kOfOrder[] = {"currency", "adjustments"};

std::string Under(absl::string_view path, absl::string_view field) {
  return absl::StrCat(path, field);
}

std::vector<FieldViolation> Under(absl::string_view path, std::vector<FieldViolation> bad) {
  for (FieldViolation& violation : bad) violation.field = Under(path, violation.field);
  return bad;
}

void FillFrom(const std::string& value, std::string* empty) {
  if (empty->empty()) *empty = value;
}

// What the order that was looked up says, where the request says nothing.
void FillFromOrder(const Order& order, Invoice* invoice, Problems* problems) {
  const std::string seller = order.seller().empty() ? kDefaultSeller : order.seller();
  if (!invoice->seller().empty() && invoice->seller() != seller) {
    problems->Add(INVOICE_FIELD_FIXED, "invoice.seller",
                  absl::StrCat("the order is sold by \"", seller, "\""));
  }
  if (!invoice->currency().empty() && invoice->currency() != order.currency()) {
    problems->Add(INVOICE_CURRENCY_INVALID, "invoice.currency",
                  absl::StrCat("the order is in ", order.currency()));
  }
  FillFrom(seller, invoice->mutable_seller());
  FillFrom(order.currency(), invoice->mutable_currency());
  if (invoice->account().empty() && invoice->contact().empty())
    invoice->set_account(order.account());
  FillFrom(order.contact(), invoice->mutable_contact());
  FillFrom(order.customer_reference(), invoice->mutable_customer_reference());
  FillFrom(order.payment_terms(), invoice->mutable_payment_terms());
  if (invoice->payment_days() == 0) invoice->set_payment_days(order.payment_days());
  if (order.has_bill_to() && !invoice->buyer().has_address())
    *invoice->mutable_buyer()->mutable_address() = order.bill_to();
  if (order.has_ship_to() && !invoice->has_ship_to()) *invoice->mutable_ship_to() = order.ship_to();

  OrderBasis& basis = *invoice->mutable_order_basis();
  *basis.mutable_adjustments() = order.adjustments();
  for (const ordering::v1::OrderLine& line : order.lines()) {
    *basis.add_lines() = line.line();
    LineQuantity& fulfilled = *basis.add_fulfilled();
    fulfilled.set_line_id(line.line().line_id());
    *fulfilled.mutable_quantity() = line.fulfilled_quantity();
    if (!Decimal::Of(line.canceled_quantity()).IsPositive()) continue;
    LineQuantity& canceled = *basis.add_canceled();
    canceled.set_line_id(line.line().line_id());
    *canceled.mutable_quantity() = line.canceled_quantity();
  }
}

Invoice DraftOf(const CreateInvoiceRequest& request, const Context& context, Problems* problems) {
  Invoice invoice = request.invoice();
  invoice.set_name(context.name);
  invoice.clear_etag();
  if (invoice.type() != Invoice::DEPOSIT) invoice.set_type(Invoice::INVOICE);
  invoice.set_state(Invoice::DRAFT);
  if (request.has_order_basis()) {
    *invoice.mutable_order_basis() = request.order_basis();
  } else if (const Order* order = context.Find<Order>(invoice.order())) {
    FillFromOrder(*order, &invoice, problems);
  }
  if (invoice.seller().empty()) invoice.set_seller(kDefaultSeller);
  return invoice;
}

// What is decided when it is created, and never again.
void CheckIdentity(const Invoice& invoice, Problems* problems) {
  if (absl::StrContains(invoice.seller(), '.')) {
    problems->Add(INVOICE_ID_INVALID, "invoice.seller", "has no dots");
  } else if (SellerOfName(invoice.name()) != invoice.seller()) {
    problems->Add(INVOICE_ID_INVALID, "invoice_id",
                  invoice.seller() == kDefaultSeller
                      ? "begins with another seller; of \"default\" it has no dot, or begins with "
                        "\"default.\""
                      : absl::StrCat("of that seller it begins with \"", invoice.seller(), ".\""));
  }
  if (IsCreditNoteName(invoice.name()))
    problems->Add(INVOICE_ID_INVALID, "invoice_id", "ends as those of credit notes do");
  if (!invoice.credited_invoice().empty()) {
    problems->Add(INVOICE_FIELD_FIXED, "invoice.credited_invoice",
                  "is a credit note's; see CreditInvoice");
  }
  if (invoice.fulfillment() < 0 || (invoice.fulfillment() > 0 && invoice.order().empty())) {
    problems->Add(INVOICE_FIELD_FIXED, "invoice.fulfillment", "is above 0, and of an order");
  }
  if (invoice.order().empty() && invoice.has_order_basis())
    problems->Add(INVOICE_FIELD_FIXED, "order_basis", "is of an order");
  if (invoice.type() == Invoice::DEPOSIT && !invoice.lines().empty())
    problems->Add(INVOICE_FIELD_FIXED, "invoice.lines", "are computed for a deposit");
  if (!invoice.order().empty() && invoice.has_adjustments()) {
    problems->Add(INVOICE_FIELD_FIXED, "invoice.adjustments", "are those of the order");
  }
  if (invoice.has_order_basis()) {
    const OrderBasis& basis = invoice.order_basis();
    problems->Add(INVOICE_LINES_INVALID,
                  Under("order_basis.", domain::DocumentProblems(invoice.currency(), basis.lines(),
                                                                 basis.adjustments())));
  }
}

// What annotations cannot say of any draft. Keys the lines that have none.
void CheckContent(Invoice* invoice, Problems* problems) {
  if (invoice->currency().empty())
    problems->Add(INVOICE_CURRENCY_INVALID, "invoice.currency", "is required");
  CheckPaymentDays("invoice.", invoice->payment_days(), INVOICE_DATE_INVALID, problems);
  CheckReminderDays("invoice.", invoice->reminder_days(), INVOICE_DATE_INVALID, problems);
  if (invoice->has_pay_to()) CheckBankAccount("invoice.pay_to.", invoice->pay_to(), problems);
  CheckDepositTerms(*invoice, problems);
  if (!invoice->order().empty()) return;
  domain::Lines keyed;
  int64_t next_line = 0;
  std::vector<FieldViolation> bad =
      domain::DocumentProblems(invoice->currency(), invoice->lines(), invoice->adjustments());
  if (bad.empty()) bad = domain::AddLines(invoice->lines(), "lines", &keyed, &next_line);
  problems->Add(INVOICE_LINES_INVALID, Under("invoice.", std::move(bad)));
  *invoice->mutable_lines() = std::move(keyed);
}

// Fills every amount. `path` is where its lines stand in the request.
std::optional<domain::Refusal> Price(absl::string_view path, const Context& context,
                                     Invoice* invoice) {
  if (invoice->type() == Invoice::DEPOSIT) return PriceDeposit(path, *context.facts, invoice);
  if (!invoice->order().empty()) {
    auto refusal = TakeShareOfOrder(path, *context.facts, invoice);
    if (!refusal) Deduct(*context.facts, invoice);
    return refusal;
  }
  for (auto& line : *invoice->mutable_lines()) domain::PriceLine(invoice->currency(), &line);
  *invoice->mutable_totals() =
      domain::TotalsOf(invoice->currency(), invoice->lines(), invoice->adjustments());
  return std::nullopt;
}

// A priced draft becomes an issued invoice, if nothing is missing.
Decision IssueDraft(absl::string_view path, Invoice draft, const Context& context) {
  Problems missing;
  if (draft.account().empty() && draft.contact().empty() && draft.buyer().name().empty()) {
    missing.Add(INVOICE_INCOMPLETE, Under(path, "account"),
                "somebody buys: an account, a contact, or a name in buyer");
  }
  if (draft.lines().empty())
    missing.Add(INVOICE_INCOMPLETE, Under(path, "lines"), "something is billed");
  for (int i = 0; i < draft.lines_size(); ++i) {
    if (!domain::IsPriced(draft.lines(i)))
      missing.Add(INVOICE_INCOMPLETE, Under(path, absl::StrCat("lines[", i, "].unit_price")),
                  "is required");
  }
  if (draft.has_due_date() && domain::DayOf(draft.due_date()) < domain::DayOf(context.now)) {
    missing.Add(INVOICE_INCOMPLETE, Under(path, "due_date"),
                "is before the date of issue, which is today");
  }
  if (missing.any()) return missing.RefuseForNow("the invoice cannot be issued yet");

  InvoiceIssued issued;
  if (draft.type() == Invoice::INVOICE) *issued.mutable_fulfilled() = FulfilledOf(draft);
  FillFromSeller(*context.facts, &draft);
  FillReminderDays(&draft);
  Issue(context, &draft);
  *issued.mutable_invoice() = std::move(draft);
  return issued;
}

Decision RefuseNotDraft(absl::string_view what) {
  return domain::Refuse(INVOICE_NOT_DRAFT, absl::StrCat("only a draft can be ", what,
                                                        "; an issued invoice can be credited"));
}

// The whole invoice, less what belongs to the machinery.
void Take(const Invoice& document, Invoice* invoice) {
  Invoice taken = document;
  taken.set_name(invoice->name());
  taken.set_uid(invoice->uid());
  taken.set_etag(invoice->etag());
  taken.set_creator(invoice->creator());
  *taken.mutable_create_time() = invoice->create_time();
  *taken.mutable_update_time() = invoice->update_time();
  *invoice = std::move(taken);
}

bool Names(const google::protobuf::FieldMask& mask, absl::string_view field) {
  return std::any_of(mask.paths().begin(), mask.paths().end(),
                     [&](const std::string& path) { return path == field; });
}

}  // namespace

Decision Decide(const Invoice&, const CreateInvoiceRequest& request, const Context& context) {
  if (request.invoice().type() == Invoice::CREDIT_NOTE) return IssueCreditNote(request, context);
  Problems problems;
  Invoice draft = DraftOf(request, context, &problems);
  CheckIdentity(draft, &problems);
  CheckContent(&draft, &problems);
  if (problems.any()) return problems.Refuse("the invoice cannot be written as it is");
  if (auto refusal = Price("invoice.", context, &draft)) return *refusal;
  if (request.issue()) return IssueDraft("invoice.", std::move(draft), context);
  InvoiceCreated created;
  *created.mutable_invoice() = std::move(draft);
  return created;
}

Decision Decide(const Invoice& invoice, const UpdateInvoiceRequest& request,
                const Context& context) {
  if (invoice.state() != Invoice::DRAFT) return RefuseNotDraft("changed");
  // Left out, what is fixed is not changed; "*" would clear it.
  Invoice wanted = request.invoice();
  FillFrom(invoice.seller(), wanted.mutable_seller());
  FillFrom(invoice.order(), wanted.mutable_order());
  if (wanted.type() == Invoice::TYPE_UNSPECIFIED) wanted.set_type(invoice.type());
  if (wanted.fulfillment() == 0) wanted.set_fulfillment(invoice.fulfillment());
  if (!invoice.order().empty()) FillFrom(invoice.currency(), wanted.mutable_currency());

  Invoice after = invoice;
  InvoiceUpdated updated;
  google::protobuf::FieldMask& differs = *updated.mutable_update_mask();
  Problems problems;
  problems.Add(INVOICE_FIELD_FIXED,
               domain::ApplyUpdate(wanted, request.update_mask(), &after, &differs));
  for (const char* field : kFixed) {
    if (Names(differs, field))
      problems.Add(INVOICE_FIELD_FIXED, Under("invoice.", field),
                   "is fixed when the invoice is created");
  }
  for (const char* field : kOfOrder) {
    if (Names(differs, field) && !invoice.order().empty())
      problems.Add(INVOICE_FIELD_FIXED, Under("invoice.", field), "is that of the order");
  }
  if (Names(differs, "lines") && invoice.type() == Invoice::DEPOSIT)
    problems.Add(INVOICE_FIELD_FIXED, "invoice.lines", "are computed for a deposit");
  CheckContent(&after, &problems);
  if (problems.any()) return problems.Refuse("the draft cannot be changed so");
  if (auto refusal = Price("invoice.", context, &after)) return *refusal;

  if (!Names(differs, "lines")) differs.add_paths("lines");
  differs.add_paths("totals");
  if (!invoice.deductions().empty() || !after.deductions().empty()) {
    differs.add_paths("deductions");
    differs.add_paths("deducted_amount");
  }
  domain::CopyFields(after, differs, updated.mutable_invoice());
  return updated;
}

Decision Decide(const Invoice& invoice, const DeleteInvoiceRequest&, const Context&) {
  if (invoice.state() != Invoice::DRAFT) return RefuseNotDraft("deleted");
  return InvoiceDeleted();
}

Decision Decide(const Invoice& invoice, const IssueInvoiceRequest&, const Context& context) {
  if (invoice.state() != Invoice::DRAFT) return RefuseNotDraft("issued");
  Invoice draft = invoice;
  if (auto refusal = Price("", context, &draft)) return *refusal;
  return IssueDraft("", std::move(draft), context);
}

Decision Decide(const Invoice& invoice, const CancelInvoiceRequest& request,
                const Context& context) {
  if (invoice.state() != Invoice::DRAFT) return RefuseNotDraft("canceled");
  InvoiceCanceled canceled;
  canceled.set_reason(request.reason());
  *canceled.mutable_cancel_time() = context.now;
  return canceled;
}

std::vector<std::string> Needs(const CreateInvoiceRequest& request) {
  const Invoice& invoice = request.invoice();
  std::vector<std::string> needs;
  const auto need = [&](const std::string& name) {
    if (!name.empty()) needs.push_back(name);
  };
  if (invoice.type() == Invoice::CREDIT_NOTE) {
    need(invoice.credited_invoice());
  } else if (!request.has_order_basis()) {
    need(invoice.order());
    need(invoice.account());
    need(invoice.contact());
  }
  return needs;
}

std::vector<std::string> Needs(const UpdateInvoiceRequest& request) {
  std::vector<std::string> needs;
  const auto& mask = request.update_mask();
  const bool all = mask.paths().empty() || Names(mask, "*");
  if (!request.invoice().account().empty() && (all || Names(mask, "account")))
    needs.push_back(request.invoice().account());
  if (!request.invoice().contact().empty() && (all || Names(mask, "contact")))
    needs.push_back(request.invoice().contact());
  return needs;
}

void Evolve(const InvoiceCreated& event, Invoice* invoice) { Take(event.invoice(), invoice); }
void Evolve(const InvoiceIssued& event, Invoice* invoice) { Take(event.invoice(), invoice); }
void Evolve(const InvoiceUpdated& event, Invoice* invoice) {
  domain::CopyFields(event.invoice(), event.update_mask(), invoice);
}

void Evolve(const InvoiceCanceled& event, Invoice* invoice) {
  invoice->set_state(Invoice::CANCELED);
  invoice->set_cancel_reason(event.reason());
  *invoice->mutable_cancel_time() = event.cancel_time();
  invoice->clear_order_basis();
}

void Remember(const InvoiceIssued& event, const Invoice& after, domain::MutableFacts* facts) {
  RememberSeries(event.invoice(), facts);
  RememberInvoiced(event, facts);
  RememberDeposits(event, after, facts);
}

}  // namespace leadstream::billing
