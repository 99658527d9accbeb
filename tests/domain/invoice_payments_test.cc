// Payments, refunds and credits, to the cent.
#include <gtest/gtest.h>

#include "services/billing/invoice_rules.h"
#include "tests/domain/invoice_examples.h"

namespace leadstream::billing {
namespace {

using testing::Story;

TEST(Payments, SettleAnInvoiceStepByStep) {
  Story story = IssuedInvoice();
  story.When(Pay("100", "r-1", "method: BANK_TRANSFER date { year: 2026 month: 2 day: 27 }"))
      .Then<PaymentRecorded>(R"pb(
        payment {
          kind: PAYMENT
          amount { units: 100 }
          payer: "accounts/acme"
          reference: "r-1"
          method: BANK_TRANSFER
          date { day: 27 }
        }
        paid_amount { currency_code: "EUR" units: 100 }
        balance { units: 364 nanos: 400000000 }
        payment_state: PARTLY_PAID
        seller: "default")pb")
      .ThenState(R"pb(payment_state: PARTLY_PAID
                      payments { reference: "r-1" })pb");
  story.When(Pay("364.40", "r-2"))
      .ThenState(R"pb(payment_state: PAID
                      payments {}
                      payments { date { year: 2026 month: 3 day: 2 } })pb");
  EXPECT_EQ(Text(story.state<Invoice>().balance()), "0 EUR");
  story.When(Pay("0.01", "r-3")).ThenState(R"pb(payment_state: OVERPAID
                                                balance { nanos: -10000000 })pb");
  story.When(Refund("0.01", "r-4")).Then<PaymentRefunded>(R"pb(refund { kind: REFUND }
                                                               payment_state: PAID)pb");
  story.When(Refund("464.40", "r-5")).ThenState(R"pb(payment_state: UNPAID
                                                     balance { units: 464 nanos: 400000000 })pb");
  story.When(Refund("0.01", "r-6")).ThenRefused(REFUND_EXCEEDS_PAID);
}

TEST(Payments, HaveAReferenceOncePerPayerAndSeller) {
  Partition partition;
  ASSERT_TRUE(partition.Do("invoices/a", Issued()).accepted());
  ASSERT_TRUE(partition.Do("invoices/b", Issued()).accepted());
  ASSERT_TRUE(partition.Do("invoices/acme.c", Issued("invoice { seller: 'acme' }")).accepted());
  ASSERT_TRUE(partition.Do("invoices/a", Pay("1", "r")).accepted());
  const auto again = partition.Do("invoices/b", Pay("2", "r"));
  ASSERT_FALSE(again.accepted());
  EXPECT_NE(again.refusal().message.find("invoices/a"), std::string::npos)
      << again.refusal().message;
  EXPECT_TRUE(partition.Do("invoices/b", Pay("2", "r", "payer: 'the bank'")).accepted());
  EXPECT_TRUE(partition.Do("invoices/acme.c", Pay("2", "r")).accepted());
  // No way of cutting payer and reference makes two of them one.
  EXPECT_TRUE(partition.Do("invoices/b", Pay("2", "b/c", "payer: 'a'")).accepted());
  EXPECT_TRUE(partition.Do("invoices/b", Pay("2", "c", "payer: 'a/b'")).accepted());
}

TEST(Credits, OfAllThatIsLeftEndAtTheInvoice) {
  Story story = IssuedInvoice();
  story.When(CreditOf(Line("1", "3"))).Then<InvoiceCredited>(R"pb(
    credit {
      credit_note: "invoices/i-1-cn1"
      reason: "came broken"
      lines {
        line_id: "1"
        quantity { value: "3" }
        net { units: 85 nanos: 500000000 }
      }
      totals { total { units: 102 nanos: 600000000 } }
    }
    credited_quantities {
      line_id: "1"
      quantity { value: "3" }
    }
    credited_amount { units: 102 nanos: 600000000 }
    payment_state: UNPAID)pb");
  story.When(CreditOf(Line("1", "7.001"))).ThenRefused(CREDIT_EXCEEDS_INVOICED);
  story.When(CreditOf()).Then<InvoiceCredited>(R"pb(credit {
                                                      credit_note: "invoices/i-1-cn2"
                                                      lines { quantity { value: "7" } }
                                                      lines { quantity { value: "4" } }
                                                    })pb");
  story.ThenState(R"pb(payment_state: PAID
                       credits {}
                       credits {}
                       credited_amount { units: 464 nanos: 400000000 })pb");
  EXPECT_EQ(Text(story.state<Invoice>().balance()), "0 EUR");
  story.When(CreditOf()).ThenRefused(NOTHING_TO_CREDIT);
}

TEST(Credits, AfterThePaymentLeaveItOverpaid) {
  IssuedInvoice()
      .Given(Pay("464.40", "r"))
      .When(CreditOf(Line("2", "1")))
      .ThenState(R"pb(payment_state: OVERPAID
                      balance { units: -30 nanos: -600000000 })pb");
}

TEST(Credits, OfThirdsComeToTheCent) {
  Story story = NoInvoice();
  story.Given(Of<CreateInvoiceRequest>(R"pb(
    issue: true
    invoice {
      account: "accounts/acme"
      currency: "EUR"
      lines {
        line_id: "1"
        description: "third"
        quantity { value: "3" }
        unit_price { value: "33.335" }
        tax_rate { value: "22" }
      }
      adjustments {
        discount_percent { value: "3" }
        freight { value: "10" }
      }
    })pb"));
  for (int i = 0; i < 3; ++i) story.Given(CreditOf(Line("1", "1")));
  const Invoice& invoice = story.state<Invoice>();
  common::v1::Totals sum;
  for (const Credit& credit : invoice.credits()) sum = domain::Plus(sum, credit.totals());
  EXPECT_EQ(sum.SerializeAsString(), invoice.totals().SerializeAsString())
      << sum.DebugString() << invoice.totals().DebugString();
}

TEST(ACreditNote, TakesOverWhatTheInvoiceSays) {
  Partition partition;
  ASSERT_TRUE(partition
                  .Do("invoices/i-1",
                      Issued("invoice { buyer { name: 'Acme' } customer_reference: 'PO 7' }"))
                  .accepted());
  ASSERT_TRUE(partition.Do("invoices/i-1", CreditOf(Line("2", "2"))).accepted());
  ASSERT_TRUE(partition.IssueCreditNote("invoices/i-1").accepted());
  const Invoice& note = partition.at("invoices/i-1-cn1");
  EXPECT_EQ(note.state(), Invoice::ISSUED);
  EXPECT_EQ(note.number(), "CN-2026-000001");
  EXPECT_EQ(note.credited_invoice(), "invoices/i-1");
  EXPECT_EQ(note.credit_reason(), "came broken");
  EXPECT_EQ(note.buyer().name(), "Acme");
  EXPECT_EQ(Text(note.totals().total()), "61.2 EUR");
  EXPECT_EQ(note.payment_state(), Invoice::PAYMENT_STATE_UNSPECIFIED);
}

TEST(ACreditOfAnOrdersInvoice, LetsItBeInvoicedAgain) {
  Partition partition;
  ASSERT_TRUE(partition.Do("invoices/a", OfOrder("", "issue: true")).accepted());
  EXPECT_EQ(partition.Do("invoices/b", OfOrder("")).refusal().reason, "NOTHING_TO_INVOICE");
  ASSERT_TRUE(partition.Do("invoices/a", CreditOf(Line("1", "2"))).accepted());
  ASSERT_TRUE(partition.IssueCreditNote("invoices/a").accepted());
  ASSERT_TRUE(partition.Do("invoices/b", OfOrder("", "issue: true")).accepted());
  ASSERT_EQ(partition.at("invoices/b").lines_size(), 1);
  EXPECT_EQ(partition.at("invoices/b").lines(0).quantity().value(), "2");
  EXPECT_EQ(Text(partition.at("invoices/b").totals().total()), "68.4 EUR");
}

}  // namespace
}  // namespace leadstream::billing
