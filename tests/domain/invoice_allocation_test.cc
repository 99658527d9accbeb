// One sum for several invoices: how it is spread, what comes back, what is the payer's credit.
#include <gtest/gtest.h>

#include "tests/domain/payment_examples.h"

namespace leadstream::billing {
namespace {

using testing::Story;

PaymentEntry ShareOf500(const std::string& amount) {
  PaymentEntry share = Of<PaymentEntry>(
      "payer: 'accounts/acme' reference: 'TR-1' payment: 'payments/p-1' allocation: 2");
  *share.mutable_amount() = Euros(amount);
  return share;
}
TakePaymentShareRequest Offer(const std::string& amount) {
  TakePaymentShareRequest request;
  *request.mutable_share() = ShareOf500(amount);
  return request;
}
ReturnPaymentShareRequest AskBack(const std::string& amount) {
  ReturnPaymentShareRequest request;
  *request.mutable_share() = ShareOf500(amount);
  return request;
}

TEST(APayment, IsSpreadOverInvoicesAndTheRestIsCredit) {
  Story story = NoPayment();
  story.When(Came("payment { " + Share("invoices/i-1", 300) + Share("invoices/i-2", 150) + "}"))
      .Then<PaymentCreated>("payment { payer: 'accounts/acme' seller: 'default' }")
      .ThenState(R"pb(state: OPEN
                      unallocated_amount { units: 50 }
                      allocations { invoice: "invoices/i-1" }
                      allocations { invoice: "invoices/i-2" })pb");
  story.When(Took(1, "300")).ThenState("state: OPEN unallocated_amount { units: 50 }");
  // The second one owed less by then.
  story.When(Took(2, "100"))
      .Then<AllocationSettled>("invoice: 'invoices/i-2' state: OPEN")
      .ThenState("unallocated_amount { units: 100 }");
  story.When(Of<AllocatePaymentRequest>(Share("invoices/i-1", 100)))
      .Then<PaymentAllocated>("first_allocation: 3 entry { reference: 'TR-1' }")
      .ThenState("state: OPEN unallocated_amount { units: 0 }");
  story.When(Took(3, "100")).ThenState("state: ALLOCATED");
  EXPECT_EQ(Text(story.state<Payment>().unallocated_amount()), "0 EUR");
}

TEST(APayment, PaysCreditBackButNoMoreThanThereIs) {
  Story story = NoPayment();
  story.Given(Came("payment { " + Share("invoices/i-1", 300) + "}")).Given(Took(1, "300"));
  story.When(PaidBack("200.01", "B-1")).ThenRefused(PAYMENT_EXCEEDED);
  story.When(PaidBack("150", "B-1")).Then<CreditRefunded>("state: OPEN");
  story.When(Of<AllocatePaymentRequest>(Share("invoices/i-2", 51))).ThenRefused(PAYMENT_EXCEEDED);
  story.When(PaidBack("50", "B-2"))
      .ThenState("state: ALLOCATED refunded_amount { units: 200 } unallocated_amount { units: 0 }");
  // The bank cannot take back what was paid back.
  story.When(Bounced()).ThenRefused(PAYMENT_REFUNDED);
}

TEST(APayment, ThatIsTakenBackIsTakenFromEveryInvoiceAlsoFromThoseThatAnswerLater) {
  Story story = NoPayment();
  story.Given(Came("payment { " + Share("invoices/i-1", 300) + Share("invoices/i-2", 150) + "}"))
      .Given(Took(1, "300"));
  story.When(Bounced())
      .Then<PaymentReversed>(R"pb(
        reason: "no funds"
        shares {
          invoice: "invoices/i-1"
          share {
            amount { units: 300 }
            allocation: 1
            payment: "payments/p-1"
          }
        })pb")
      .ThenState("state: REVERSED unallocated_amount { units: 0 }");
  story.When(Took(2, "150"))
      .Then<AllocationSettled>("to_return { amount { units: 150 } allocation: 2 } state: REVERSED");
  story.When(Bounced()).ThenRefused(PAYMENT_IS_REVERSED);
  story.When(PaidBack("1", "B-1")).ThenRefused(PAYMENT_IS_REVERSED);
}

TEST(APayment, HasAReferenceOncePerPayerAlsoBesideThoseOfInvoices) {
  Story story = NoPayment();
  story.Given(Came()).When(PaidBack("1", "TR-1")).ThenRefused(PAYMENT_REFERENCE_USED);
}

TEST(AnInvoice, TakesAsMuchOfAShareAsIsOwed) {
  Story story = IssuedInvoice();
  story.When(Offer("400")).Then<PaymentRecorded>(R"pb(payment {
                                                        kind: PAYMENT
                                                        payment: "payments/p-1"
                                                        allocation: 2
                                                      }
                                                      payment_state: PARTLY_PAID)pb");
  story.When(Offer("400"))
      .Then<PaymentRecorded>(
          "payment { amount { units: 64 nanos: 400000000 } } payment_state: PAID");
  story.When(Offer("400")).Then<PaymentShareDeclined>("share { payment: 'payments/p-1' }");
  EXPECT_FALSE(static_cast<const PaymentShareDeclined&>(story.decision().event()).asked_back());
  story.ThenState("payment_state: PAID");
}

TEST(AnInvoice, GivesAShareBackAsFarAsItIsPaid) {
  Story story = IssuedInvoice();
  story.Given(Offer("400")).Given(Refund("300", "R-1"));
  story.When(AskBack("400"))
      .Then<PaymentRefunded>("refund { kind: REFUND amount { units: 100 } } payment_state: UNPAID");
  story.When(AskBack("400")).Then<PaymentShareDeclined>("asked_back: true");
}

// Shares of one payment have one reference.
TEST(AnInvoice, TakesSharesOfOnePaymentTwice) {
  Story story = IssuedInvoice();
  story.Given(Offer("1")).Given(Offer("1")).ThenState("payments {} payments {}");
  // Which is the payment's to remember.
  story.When(Pay("1", "TR-1")).Then<PaymentRecorded>();
}

}  // namespace
}  // namespace leadstream::billing
