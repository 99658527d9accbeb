// Every reason that billing may give, provoked: a reason without a row here fails the test.
#include <functional>
#include <set>
#include <string>

#include "tests/domain/payment_examples.h"

namespace leadstream::billing {
namespace {

using absl::StatusCode;
using testing::Story;

struct Row {
  ErrorReason reason;
  StatusCode code;
  const char* fields;
  std::function<void(Story&)> provoke;
};

constexpr StatusCode kWrong = StatusCode::kInvalidArgument;
constexpr StatusCode kNotNow = StatusCode::kFailedPrecondition;

CreateInvoiceRequest NothingFulfilled() {
  CreateInvoiceRequest create = OfOrder("");
  create.mutable_order_basis()->clear_fulfilled();
  return create;
}

// As it is after CreditInvoice and the reaction to it.
InvoiceIssued CreditNote() {
  return Of<InvoiceIssued>(
      "invoice { type: CREDIT_NOTE state: ISSUED seller: 'default' currency: 'EUR' number: "
      "'CN-2026-000001' }");
}

template <typename Request>
Request Dollars() {
  return Of<Request>("amount { currency_code: 'USD' units: 1 } reference: 'r'");
}

const Row kRows[] = {
    {INVOICE_NOT_DRAFT, kNotNow, "",
     [](Story& story) { story.Given(Issued()).When(IssueInvoiceRequest()); }},
    {INVOICE_NOT_ISSUED, kNotNow, "",
     [](Story& story) { story.Given(Create()).When(Pay("1", "r")); }},
    {INVOICE_IS_CREDIT_NOTE, kNotNow, "",
     [](Story& story) { story.Given(CreditNote()).When(Pay("1", "r")); }},
    {INVOICE_IS_CREDIT_NOTE, kNotNow, "",
     [](Story& story) { story.Given(CreditNote()).When(Refund("1", "r")); }},
    {INVOICE_IS_CREDIT_NOTE, kNotNow, "",
     [](Story& story) { story.Given(CreditNote()).When(CreditOf()); }},
    {INVOICE_INCOMPLETE, kNotNow, "invoice.account,invoice.lines",
     [](Story& story) {
       story.When(Of<CreateInvoiceRequest>("issue: true invoice { currency: 'EUR' }"));
     }},
    {INVOICE_LINES_INVALID, kWrong, "invoice.lines[2].line_id,invoice.lines[2].description",
     [](Story& story) {
       story.When(Create("invoice { lines { line_id: '1' quantity { value: '1' } } }"));
     }},
    {INVOICE_LINES_INVALID, kWrong, "invoice.adjustments.discount_amount",
     [](Story& story) {
       story.When(Create("invoice { adjustments { discount_amount { value: '1000' } } }"));
     }},
    {INVOICE_LINES_INVALID, kWrong, "order_basis.lines[2].description",
     [](Story& story) {
       story.When(OfOrder("", "order_basis { lines { line_id: '9' quantity { value: '1' } } }"));
     }},
    {INVOICE_ID_INVALID, kWrong, "invoice_id",
     [](Story& story) { story.Named("invoices/i-1-cn1").When(Create()); }},
    {INVOICE_DATE_INVALID, kWrong, "invoice.payment_days",
     [](Story& story) { story.When(Create("invoice { payment_days: 3651 }")); }},
    {INVOICE_DATE_INVALID, kWrong, "date",
     [](Story& story) {
       story.Given(Issued()).When(Pay("1", "r", "date { year: 2026 month: 3 day: 4 }"));
     }},
    {INVOICE_CURRENCY_INVALID, kWrong, "invoice.currency",
     [](Story& story) { story.When(Of<CreateInvoiceRequest>("invoice {}")); }},
    {INVOICE_CURRENCY_INVALID, kWrong, "amount",
     [](Story& story) { story.Given(Issued()).When(Dollars<RecordPaymentRequest>()); }},
    {INVOICE_CURRENCY_INVALID, kWrong, "amount",
     [](Story& story) { story.Given(Issued()).When(Dollars<RefundPaymentRequest>()); }},
    {INVOICE_FIELD_FIXED, kWrong, "invoice.adjustments",
     [](Story& story) { story.When(OfOrder("adjustments { freight { value: '1' } }")); }},
    {INVOICE_FIELD_FIXED, kWrong, "invoice.order",
     [](Story& story) { story.Given(Create()).When(Update("order: 'orders/o-1'")); }},
    {INVOICE_FIELD_FIXED, kWrong, "invoice.currency",
     [](Story& story) { story.Given(OfOrder("")).When(Update("currency: 'USD'")); }},
    {INVOICE_LINE_UNKNOWN, kWrong, "invoice.lines[0].line_id,invoice.lines[2].line_id",
     [](Story& story) { story.When(OfOrder(Line("7", "1") + Line("1", "1") + Line("1", "1"))); }},
    {INVOICE_LINE_UNKNOWN, kWrong, "lines[0].line_id,lines[2].line_id",
     [](Story& story) {
       story.Given(Issued()).When(CreditOf(Line("7", "1") + Line("1", "1") + Line("1", "1")));
     }},
    {INVOICE_EXCEEDS_FULFILLED, kNotNow, "invoice.lines[0].quantity,invoice.lines[1].quantity",
     [](Story& story) { story.When(OfOrder(Line("1", "6.5") + Line("2", "5"))); }},
    {NOTHING_TO_INVOICE, kNotNow, "", [](Story& story) { story.When(NothingFulfilled()); }},
    {CREDIT_EXCEEDS_INVOICED, kNotNow, "lines[0].quantity",
     [](Story& story) {
       story.Given(Issued()).When(CreditOf(Line("1", "10.5") + Line("2", "4")));
     }},
    {NOTHING_TO_CREDIT, kNotNow, "",
     [](Story& story) { story.Given(Issued()).Given(CreditOf()).When(CreditOf()); }},
    {CREDIT_NOTE_NOT_CREDITED, kNotNow, "",
     [](Story& story) {
       story.Knows("invoices/i-0", Invoice()).Named("invoices/i-0-cn1");
       story.When(Of<CreateInvoiceRequest>(
           "invoice { type: CREDIT_NOTE credited_invoice: 'invoices/i-0' }"));
     }},
    {CREDIT_NOTE_NOT_CREDITED, kNotNow, "",
     [](Story& story) { story.When(Of<CreateInvoiceRequest>("invoice { type: CREDIT_NOTE }")); }},
    {PAYMENT_REFERENCE_USED, StatusCode::kAlreadyExists, "reference",
     [](Story& story) { story.Given(Issued()).Given(Pay("1", "r")).When(Refund("1", "r")); }},
    {REFUND_EXCEEDS_PAID, kNotNow, "amount",
     [](Story& story) { story.Given(Issued()).Given(Pay("1", "r")).When(Refund("1.01", "s")); }},
    {INVOICE_DATE_INVALID, kWrong, "invoice.reminder_days[1],invoice.reminder_days[2]",
     [](Story& story) {
       story.When(Create("invoice { reminder_days: 7 reminder_days: 7 reminder_days: 3651 }"));
     }},
    {REMINDER_NOT_DUE, kNotNow, "",
     [](Story& story) { story.Given(Issued()).When(RemindOfInvoiceRequest()); }},
    {REMINDERS_HELD, kNotNow, "",
     [](Story& story) { story.Given(Issued()).Given(HoldFor("a")).When(HoldFor("b")); }},
    {REMINDERS_NOT_HELD, kNotNow, "",
     [](Story& story) { story.Given(Issued()).When(ResumeRemindersRequest()); }},
    {INVOICE_NOT_ISSUED, kNotNow, "",
     [](Story& story) { story.Given(Create()).When(HoldFor("a")); }},
    {INVOICE_IS_CREDIT_NOTE, kNotNow, "",
     [](Story& story) { story.Given(CreditNote()).When(ResumeRemindersRequest()); }},
    {INVOICE_FULL, kNotNow, "",
     [](Story& story) {
       story.Given(Issued());
       for (int i = 0; i < 1000; ++i) story.Given(Pay("0.01", std::to_string(i)));
       story.When(Pay("0.01", "one more"));
     }},
    {INVOICE_FULL, kNotNow, "",
     [](Story& story) {
       story.Given(Issued()).Given(Pay("999999999999999.99", "r")).When(Pay("0.01", "s"));
     }},
    {INVOICE_FULL, kNotNow, "",
     [](Story& story) {
       story.Given(Issued());
       for (int i = 0; i < 100; ++i) story.Given(CreditOf(Line("1", "0.01")));
       story.When(CreditOf());
     }},
    {PAYMENT_ID_INVALID, kWrong, "payment_id",
     [](Story& story) { (story = NoPayment()).When(Came("payment { seller: 'other' }")); }},
    {PAYMENT_ID_INVALID, kWrong, "payment.seller",
     [](Story& story) { (story = NoPayment()).When(Came("payment { seller: 'a.b' }")); }},
    {PAYMENT_PAYER_MISSING, kWrong, "payment.payer",
     [](Story& story) {
       CreatePaymentRequest came = Came();
       came.mutable_payment()->clear_account();
       (story = NoPayment()).When(came);
     }},
    {INVOICE_DATE_INVALID, kWrong, "payment.date",
     [](Story& story) {
       (story = NoPayment()).When(Came("payment { date { year: 2030 month: 1 day: 1 } }"));
     }},
    {PAYMENT_ALLOCATION_INVALID, kWrong,
     "payment.allocations[1].invoice,payment.allocations[2].invoice,payment.allocations[3].invoice,"
     "payment.allocations[4].invoice,payment.allocations[5].invoice,payment.allocations[6].amount",
     [](Story& story) {
       (story = NoPayment())
           .When(Came("payment { " + Share("invoices/i-1", 1) + Share("invoices/draft", 1) +
                      Share("invoices/note", 1) + Share("invoices/other.i-1", 1) +
                      Share("invoices/oak-1", 1) + Share("invoices/usd-1", 1) +
                      Share("invoices/i-1", 1, "USD") + "}"));
     }},
    {PAYMENT_ALLOCATION_INVALID, kWrong, "allocations[0].invoice",
     [](Story& story) {
       (story = NoPayment())
           .Given(Came())
           .When(Of<AllocatePaymentRequest>(Share("invoices/oak-1", 1)));
     }},
    {PAYMENT_EXCEEDED, kNotNow, "",
     [](Story& story) {
       (story = NoPayment()).When(Came("payment { " + Share("invoices/i-1", 501) + "}"));
     }},
    {PAYMENT_EXCEEDED, kNotNow, "amount",
     [](Story& story) { (story = NoPayment()).Given(Came()).When(PaidBack("501", "B")); }},
    {INVOICE_CURRENCY_INVALID, kWrong, "amount",
     [](Story& story) {
       (story = NoPayment()).Given(Came()).When(Dollars<RefundCreditRequest>());
     }},
    {PAYMENT_IS_REVERSED, kNotNow, "",
     [](Story& story) {
       (story = NoPayment())
           .Given(Came())
           .Given(Bounced())
           .When(Of<AllocatePaymentRequest>(Share("invoices/i-1", 1)));
     }},
    {PAYMENT_REFUNDED, kNotNow, "",
     [](Story& story) {
       (story = NoPayment()).Given(Came()).Given(PaidBack("1", "B")).When(Bounced());
     }},
    {DEPOSIT_TERMS_INVALID, kWrong, "invoice.deposit_percent",
     [](Story& story) { story.When(OfOrder("type: DEPOSIT deposit_percent { value: '101' }")); }},
    {DEPOSIT_EXCEEDS_ORDER, kNotNow, "invoice.deposit_amount",
     [](Story& story) {
       story.When(OfOrder("type: DEPOSIT deposit_amount { currency_code: 'EUR' units: 465 }"));
     }},
    {SELLER_INVALID, kWrong,
     "seller_id,seller.party.name,seller.payment_days,seller.reminder_days[1]",
     [](Story& story) {
       (story = Story(SellerAggregate())).Named("sellers/a.b");
       story.When(Of<CreateSellerRequest>(
           "seller { payment_days: 3651 reminder_days: 7 reminder_days: 7 }"));
     }},
    {BANK_ACCOUNT_INVALID, kWrong,
     "seller.bank_accounts[0].iban,seller.bank_accounts[1].iban,seller.bank_accounts[2].iban",
     [](Story& story) {
       (story = Story(SellerAggregate())).Named("sellers/acme");
       story.When(Of<CreateSellerRequest>(
           "seller { party { name: 'Acme' } bank_accounts { } bank_accounts { iban: "
           "'DE89370400440532013000' number: '1' } bank_accounts { iban: 'DE1' } }"));
     }},
    {BANK_ACCOUNT_INVALID, kWrong, "invoice.pay_to.iban",
     [](Story& story) { story.When(Create("invoice { pay_to { iban: 'HU1' } }")); }},
    {PAYMENT_REFERENCE_USED, StatusCode::kAlreadyExists, "reference",
     [](Story& story) { (story = NoPayment()).Given(Came()).When(PaidBack("1", "TR-1")); }},
    {PAYMENT_FULL, kNotNow, "",
     [](Story& story) {
       AllocatePaymentRequest cents;
       for (int i = 0; i < 1000; ++i) {
         cents.add_allocations()->set_invoice("invoices/i-1");
         *cents.mutable_allocations(i)->mutable_amount() = Euros("0.01");
       }
       (story = NoPayment()).Given(Came()).Given(cents);
       story.When(Of<AllocatePaymentRequest>(Share("invoices/i-1", 1)));
     }},
};

TEST(InvoiceRefusals, AreOfTheReasonCodeAndFields) {
  for (const Row& row : kRows) {
    SCOPED_TRACE(ErrorReason_Name(row.reason));
    Story story = NoInvoice();
    row.provoke(story);
    story.ThenRefused(row.reason);
    EXPECT_EQ(story.decision().refusal().code, row.code);
    EXPECT_EQ(story.bad_fields(), row.fields);
  }
}

TEST(InvoiceRefusals, AllHaveARow) {
  std::set<int> provoked;
  for (const Row& row : kRows) provoked.insert(row.reason);
  for (int i = 0; i < ErrorReason_descriptor()->value_count(); ++i) {
    const auto* value = ErrorReason_descriptor()->value(i);
    EXPECT_TRUE(value->number() == ERROR_REASON_UNSPECIFIED || provoked.contains(value->number()))
        << value->name();
  }
}

}  // namespace
}  // namespace leadstream::billing
