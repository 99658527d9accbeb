#include "common/domain/decimal.h"
#include "common/domain/money.h"
#include "leadstream/billing/v1/invoice_service.pb.h"
#include "leadstream/billing/v1/payment_service.pb.h"
#include "leadstream/ordering/v1/order.pb.h"
#include "tests/process/commands.h"

namespace leadstream::process {

using namespace billing::v1;  // NOLINT(google-build-using-namespace): a table of these messages

namespace {

bool IsDraft(const Invoice& invoice) { return invoice.state() == Invoice::DRAFT; }
bool IsOwed(const Invoice& invoice) {
  return invoice.state() == Invoice::ISSUED && invoice.type() == Invoice::INVOICE;
}
bool IsPaid(const Invoice& invoice) {
  return IsOwed(invoice) && domain::ToDecimal(invoice.paid_amount()).IsPositive();
}

// All of it or some, and sometimes more.
google::type::Money SomeOf(const google::type::Money& whole, Sketcher& sketcher) {
  const domain::Decimal amount = domain::ToDecimal(whole);
  domain::Decimal some = sketcher.dice().OneIn(3) ? amount : sketcher.dice().UpTo(amount, 2);
  if (sketcher.dice().OneIn(12)) some = amount + domain::Decimal(10);
  if (!some.IsPositive()) some = domain::Decimal(1);
  return domain::ToMoney(some, whole.currency_code());
}

// The lines and quantities that an order says are delivered and not invoiced; or none: all.
void FitInvoiceOfOrder(const ordering::v1::Order& order, Sketcher& sketcher, Invoice* invoice) {
  invoice->clear_account();
  invoice->clear_contact();
  invoice->clear_currency();
  invoice->clear_adjustments();
  invoice->clear_seller();
  invoice->clear_lines();
  if (sketcher.dice().OneIn(2)) return;
  for (const auto& line : order.lines()) {
    const domain::Decimal left = domain::Decimal::Of(line.fulfilled_quantity()) -
                                 domain::Decimal::Of(line.invoiced_quantity());
    if (!left.IsPositive()) continue;
    auto* billed = invoice->add_lines();
    billed->set_line_id(line.line().line_id());
    const domain::Decimal some = sketcher.dice().UpTo(left, 2);
    *billed->mutable_quantity() = (some.IsZero() ? left : some).ToProto();
  }
}

void FitInvoice(const Invoice*, Sketcher& sketcher, CreateInvoiceRequest* request) {
  Invoice* invoice = request->mutable_invoice();
  // What an order comes to is asked of ordering. Given with the request it is believed, so it is
  // for reactions alone.
  request->clear_order_basis();
  invoice->clear_fulfillment();
  invoice->clear_credited_invoice();
  invoice->clear_due_date();
  if (!sketcher.dice().OneIn(8)) invoice->clear_reminder_days();
  if (!sketcher.dice().OneIn(12)) invoice->set_type(Invoice::INVOICE);
  const auto* order =
      dynamic_cast<const ordering::v1::Order*>(sketcher.world().Find(invoice->order()));
  if (order != nullptr) {
    FitInvoiceOfOrder(*order, sketcher, invoice);
    if (order->seller() != "default" && !order->seller().empty())
      request->set_invoice_id(absl::StrCat(order->seller(), ".", sketcher.NewId()));
    return;
  }
  invoice->clear_order();
  invoice->set_account(sketcher.AnyOf("leadstream.dev/Account"));
  invoice->set_currency("EUR");
  invoice->clear_seller();
  if (sketcher.dice().OneIn(3)) {
    invoice->set_seller("acme");
    request->set_invoice_id(absl::StrCat("acme.", sketcher.NewId()));
  }
  for (auto& line : *invoice->mutable_lines()) FitLine(sketcher, &line);
  FitAdjustments(sketcher, invoice->mutable_adjustments());
}

template <typename Request>
void FitPayment(const google::type::Money& most, Sketcher& sketcher, Request* request) {
  *request->mutable_amount() = SomeOf(most, sketcher);
  if (!sketcher.dice().OneIn(10)) request->set_reference(sketcher.NewId());
  if (!sketcher.dice().OneIn(10)) request->clear_date();
}

// Up to three issued invoices of one seller, account and currency, and something for each.
void FitShares(Sketcher& sketcher, const Payment& payment, const domain::Decimal& whole,
               google::protobuf::RepeatedPtrField<Allocation>* shares) {
  shares->Clear();
  domain::Decimal left = whole;
  sketcher.world().Each<Invoice>("invoices", [&](const std::string& name, const Invoice& invoice) {
    if (!IsOwed(invoice) || invoice.seller() != payment.seller() ||
        invoice.account() != payment.account() ||
        invoice.currency() != payment.amount().currency_code() || shares->size() == 3 ||
        sketcher.dice().OneIn(3))
      return;
    const domain::Decimal some = sketcher.dice().UpTo(left, 2);
    if (!some.IsPositive()) return;
    left = left - some;
    Allocation* share = shares->Add();
    share->set_invoice(name);
    *share->mutable_amount() = domain::ToMoney(some, invoice.currency());
  });
}

void FitNewPayment(const Payment*, Sketcher& sketcher, CreatePaymentRequest* request) {
  Payment* payment = request->mutable_payment();
  payment->clear_allocations();
  payment->clear_date();
  payment->set_payer("");
  payment->set_seller("default");
  const auto& names = sketcher.world().Names("invoices");
  if (names.empty()) return;
  const auto* invoice = sketcher.world().Get<Invoice>(
      names[static_cast<size_t>(sketcher.dice().Roll(static_cast<int64_t>(names.size())))]);
  payment->set_account(invoice->account());
  if (invoice->account().empty()) payment->set_payer("somebody");
  payment->set_seller(invoice->seller());
  if (payment->seller() != "default")
    request->set_payment_id(absl::StrCat(payment->seller(), ".", sketcher.NewId()));
  *payment->mutable_amount() = SomeOf(invoice->totals().total(), sketcher);
  FitShares(sketcher, *payment, domain::ToDecimal(payment->amount()),
            payment->mutable_allocations());
  if (!sketcher.dice().OneIn(10)) payment->set_reference(sketcher.NewId());
}

bool HasCredit(const Payment& payment) {
  return payment.state() == Payment::OPEN &&
         domain::ToDecimal(payment.unallocated_amount()).IsPositive();
}

}  // namespace

void AddBillingShapes(Shapes* shapes) {
  Add<CreatePaymentRequest, Payment>(shapes, nullptr, FitNewPayment);
  Add<AllocatePaymentRequest, Payment>(
      shapes, HasCredit, [](const Payment* payment, Sketcher& sketcher, auto* request) {
        if (payment == nullptr) return;
        FitShares(sketcher, *payment, domain::ToDecimal(payment->unallocated_amount()),
                  request->mutable_allocations());
      });
  Add<ReversePaymentRequest, Payment>(
      shapes, [](const Payment& payment) { return payment.state() != Payment::REVERSED; });
  Add<RefundCreditRequest, Payment>(
      shapes, HasCredit, [](const Payment* payment, Sketcher& sketcher, auto* request) {
        if (payment != nullptr)
          *request->mutable_amount() = SomeOf(payment->unallocated_amount(), sketcher);
        if (!sketcher.dice().OneIn(10)) request->set_reference(sketcher.NewId());
      });
  Add<CreateInvoiceRequest, Invoice>(shapes, nullptr, FitInvoice);
  Add<UpdateInvoiceRequest, Invoice>(
      shapes, IsDraft, [](const Invoice* invoice, Sketcher& sketcher, auto* request) {
        for (auto& line : *request->mutable_invoice()->mutable_lines()) FitLine(sketcher, &line);
        const bool is_of_order = invoice != nullptr && !invoice->order().empty();
        if (is_of_order) {
          Edit({"notes", "payment_days"}, sketcher, request->mutable_update_mask());
        } else {
          Edit({"notes", "lines", "payment_days"}, sketcher, request->mutable_update_mask());
        }
      });
  Add<DeleteInvoiceRequest, Invoice>(shapes, IsDraft);
  Add<CancelInvoiceRequest, Invoice>(shapes, IsDraft);
  Add<HoldRemindersRequest, Invoice>(shapes, [](const Invoice& invoice) {
    return IsOwed(invoice) && !invoice.has_reminder_hold();
  });
  Add<ResumeRemindersRequest, Invoice>(
      shapes, [](const Invoice& invoice) { return invoice.has_reminder_hold(); });
  Add<IssueInvoiceRequest, Invoice>(shapes, IsDraft);
  Add<RecordPaymentRequest, Invoice>(shapes, IsOwed,
                                     [](const Invoice* invoice, Sketcher& sketcher, auto* request) {
                                       if (invoice != nullptr && invoice->has_balance())
                                         FitPayment(invoice->balance(), sketcher, request);
                                     });
  Add<RefundPaymentRequest, Invoice>(shapes, IsPaid,
                                     [](const Invoice* invoice, Sketcher& sketcher, auto* request) {
                                       if (invoice != nullptr && invoice->has_paid_amount())
                                         FitPayment(invoice->paid_amount(), sketcher, request);
                                     });
  Add<CreditInvoiceRequest, Invoice>(
      shapes, IsOwed, [](const Invoice* invoice, Sketcher& sketcher, auto* request) {
        request->clear_lines();
        if (invoice == nullptr || sketcher.dice().OneIn(4)) return;
        for (const auto& line : invoice->lines()) {
          if (sketcher.dice().OneIn(2)) continue;
          auto* credited = request->add_lines();
          credited->set_line_id(line.line_id());
          const domain::Decimal whole = domain::Decimal::Of(line.quantity());
          const domain::Decimal some = sketcher.dice().UpTo(whole, 2);
          *credited->mutable_quantity() = (some.IsZero() ? whole : some).ToProto();
        }
      });
}

}  // namespace leadstream::process
