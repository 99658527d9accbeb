// What billing tells of an order: invoices, credit notes and payments, once or twice and in any
// order.
#include <algorithm>
#include <functional>
#include <memory>
#include <vector>

#include "tests/domain/order_examples.h"

namespace leadstream::ordering {
namespace {

// 4 desks: 120.00 net, 144.00 in all.
RecordInvoiceRequest InvoiceOfDesks(int64_t revision = 1) {
  return Invoice(
      "invoice: 'invoices/o-1-1' type: INVOICE number: 'INV-1' fulfillment: 1 revision: " +
      std::to_string(revision) +
      " lines { line_id: '1' quantity { value: '4' } net { currency_code: 'EUR' units: 120 } } "
      "total { currency_code: 'EUR' units: 144 }");
}

// The other 6, and all chairs: 282.00 net, 338.40 in all.
RecordInvoiceRequest InvoiceOfTheRest() {
  return Invoice(R"pb(
    invoice: "invoices/o-1-2"
    type: INVOICE
    number: "INV-2"
    fulfillment: 2
    revision: 1
    lines {
      line_id: "1"
      quantity { value: "6" }
      net { currency_code: "EUR" units: 180 }
    }
    lines {
      line_id: "2"
      quantity { value: "4" }
      net { currency_code: "EUR" units: 102 }
    }
    total { currency_code: "EUR" units: 338 nanos: 400000000 })pb");
}

// One desk of the first invoice.
RecordInvoiceRequest CreditOfADesk() {
  return Invoice(R"pb(
    invoice: "invoices/o-1-1-cn1"
    type: CREDIT_NOTE
    number: "CN-1"
    credited_invoice: "invoices/o-1-1"
    revision: 1
    lines {
      line_id: "1"
      quantity { value: "1" }
      net { currency_code: "EUR" units: 30 }
    }
    total { currency_code: "EUR" units: 36 })pb");
}

RecordPaymentRequest PaidInFull(const std::string& invoice, int64_t units, int32_t nanos) {
  RecordPaymentRequest payment = Payment(invoice, 2, units);
  payment.mutable_paid_amount()->set_nanos(nanos);
  return payment;
}

testing::Story FulfilledOrder() {
  testing::Story story = PlacedOrder();
  story.Given(Fulfill("lines { line_id: '1' quantity { value: '4' } }")).Given(Fulfill());
  return story;
}

TEST(AnInvoice, CountsPerLine) {
  FulfilledOrder()
      .When(InvoiceOfDesks())
      .Then<OrderInvoiceRecorded>(R"pb(billing_state: PARTLY_INVOICED
                                       invoice { invoice: "invoices/o-1-1" number: "INV-1" })pb")
      .ThenState(R"pb(
        billing_state: PARTLY_INVOICED
        state: FULFILLED
        lines {
          invoiced_quantity { value: "4" }
          invoiced_amount { units: 120 }
          paid_amount { currency_code: "EUR" }
        }
        lines {
          invoiced_quantity { value: "0" }
          invoiced_amount { currency_code: "EUR" }
        }
        invoiced_amount { units: 144 }
        paid_amount { currency_code: "EUR" }
        invoices { invoice: "invoices/o-1-1" fulfillment: 1 }
      )pb");
}

// 30 % of the order in advance, and deducted from the first invoice.
TEST(ADeposit, IsInvoicedAndPaidForItselfAndBillsNoLine) {
  const auto deposit = Invoice(
      "invoice: 'invoices/d' type: DEPOSIT number: 'DEP-1' revision: 1 "
      "total { currency_code: 'EUR' units: 100 }");
  auto deducting = InvoiceOfDesks();
  deducting.mutable_invoice()->mutable_deducted_amount()->set_currency_code("EUR");
  deducting.mutable_invoice()->mutable_deducted_amount()->set_units(100);
  FulfilledOrder()
      .When(deposit)
      .Then<OrderInvoiceRecorded>("billing_state: NOT_INVOICED")
      .Given(Payment("invoices/d", 2, 100))
      .When(deducting)
      .Then<OrderInvoiceRecorded>("billing_state: PARTLY_INVOICED")
      .ThenState(R"pb(
        invoiced_amount { units: 144 }
        paid_amount { units: 100 }
        lines {
          invoiced_amount { units: 120 }
          paid_amount { units: 83 nanos: 330000000 }
        }
        lines { paid_amount { currency_code: "EUR" } }
      )pb");
}

TEST(AnInvoice, OfTheRestInvoicesTheOrder) {
  FulfilledOrder()
      .Given(InvoiceOfDesks())
      .When(InvoiceOfTheRest())
      .Then<OrderInvoiceRecorded>("billing_state: INVOICED")
      .ThenState(R"pb(
        billing_state: INVOICED
        invoiced_amount { units: 482 nanos: 400000000 }
        lines {
          invoiced_quantity { value: "10" }
          invoiced_amount { units: 300 }
        }
        lines {
          invoiced_quantity { value: "4" }
          invoiced_amount { units: 102 }
        }
      )pb");
}

TEST(AnInvoice, IsAllThereIsOnceTheRestIsCanceled) {
  PlacedOrder()
      .Given(Fulfill("lines { line_id: '1' quantity { value: '4' } }"))
      .Given(InvoiceOfDesks())
      .Given(Payment("invoices/o-1-1", 2, 144))
      .When(Cancel())
      .Then<OrderCanceled>("state: FULFILLED billing_state: PAID")
      .ThenState("billing_state: PAID");
}

TEST(ACreditNote, TakesBack) {
  FulfilledOrder()
      .Given(InvoiceOfDesks())
      .Given(InvoiceOfTheRest())
      .When(CreditOfADesk())
      .Then<OrderInvoiceRecorded>("billing_state: PARTLY_INVOICED")
      .ThenState(R"pb(
        invoiced_amount { units: 446 nanos: 400000000 }
        lines {
          invoiced_quantity { value: "9" }
          invoiced_amount { units: 270 }
        }
        lines { invoiced_quantity { value: "4" } }
      )pb");
}

TEST(APayment, CountsInProportionToTheLines) {
  FulfilledOrder()
      .Given(InvoiceOfDesks())
      .Given(InvoiceOfTheRest())
      .When(Payment("invoices/o-1-2", 2, 100))
      .Then<OrderPaymentRecorded>("billing_state: INVOICED")
      .ThenState(R"pb(
        paid_amount { units: 100 }
        lines { paid_amount { units: 53 nanos: 190000000 } }  # 180 x 100 / 338.40
        lines { paid_amount { units: 30 nanos: 140000000 } }
      )pb");
}

TEST(APayment, OfEveryInvoicePaysTheOrder) {
  FulfilledOrder()
      .Given(InvoiceOfDesks())
      .Given(InvoiceOfTheRest())
      .Given(Payment("invoices/o-1-1", 2, 144))
      .When(PaidInFull("invoices/o-1-2", 338, 400000000))
      .Then<OrderPaymentRecorded>("billing_state: PAID")
      .ThenState(R"pb(
        billing_state: PAID
        paid_amount { units: 482 nanos: 400000000 }
        lines { paid_amount { units: 300 } }
        lines { paid_amount { units: 102 } }
      )pb");
}

TEST(APayment, TooMuchOfOneInvoiceDoesNotPayAnother) {
  FulfilledOrder()
      .Given(InvoiceOfDesks())
      .Given(InvoiceOfTheRest())
      .When(Payment("invoices/o-1-1", 2, 500))
      .Then<OrderPaymentRecorded>("billing_state: INVOICED");
}

TEST(ARefund, UnpaysTheOrder) {
  FulfilledOrder()
      .Given(InvoiceOfDesks())
      .Given(InvoiceOfTheRest())
      .Given(PaidInFull("invoices/o-1-2", 338, 400000000))
      .Given(Payment("invoices/o-1-1", 2, 144))
      .When(Payment("invoices/o-1-1", 3, 44))
      .Then<OrderPaymentRecorded>("billing_state: INVOICED");
}

TEST(WhatBillingTells, MayBeToldAgainOrLate) {
  testing::Story story = FulfilledOrder();
  story.Given(Payment("invoices/o-1-1", 3, 144));
  story.ThenState(R"pb(billing_state: NOT_INVOICED
                       paid_amount { units: 144 }
                       invoices { invoice: "invoices/o-1-1" payment_revision: 3 })pb");
  story.Given(InvoiceOfDesks());
  const std::string told = story.state<Order>().invoices(0).SerializeAsString();
  story.When(Payment("invoices/o-1-1", 2, 100)).Then<OrderPaymentRecorded>();
  story.When(Payment("invoices/o-1-1", 3, 144)).Then<OrderPaymentRecorded>();
  story.When(InvoiceOfDesks()).Then<OrderInvoiceRecorded>();
  EXPECT_EQ(story.state<Order>().invoices_size(), 1);
  EXPECT_EQ(story.state<Order>().invoices(0).SerializeAsString(), told);
}

TEST(WhatBillingTells, ComesToTheSameInAnyOrder) {
  const std::vector<std::function<void(testing::Story*)>> tellings = {
      [](testing::Story* story) { story->Given(InvoiceOfDesks()); },
      [](testing::Story* story) { story->Given(InvoiceOfTheRest()); },
      [](testing::Story* story) { story->Given(CreditOfADesk()); },
      [](testing::Story* story) { story->Given(Payment("invoices/o-1-1", 2, 144)); },
      [](testing::Story* story) { story->Given(Payment("invoices/o-1-1", 4, 108)); },
  };
  const auto sums = [](const Order& order) {
    Order summed;
    summed.set_billing_state(order.billing_state());
    *summed.mutable_lines() = order.lines();
    *summed.mutable_invoiced_amount() = order.invoiced_amount();
    *summed.mutable_paid_amount() = order.paid_amount();
    return summed.DebugString();
  };
  std::vector<size_t> turns = {0, 1, 2, 3, 4};
  std::string expected;
  do {
    testing::Story story = FulfilledOrder();
    for (size_t turn : turns) {
      tellings[turn](&story);
      tellings[turns[0]](&story);
    }
    if (expected.empty()) expected = sums(story.state<Order>());
    EXPECT_EQ(sums(story.state<Order>()), expected);
  } while (std::next_permutation(turns.begin(), turns.end()));
}

TEST(WhatBillingTells, IsHeardInEveryState) {
  testing::Story canceled = PlacedOrder();
  canceled.Given(Cancel())
      .When(InvoiceOfDesks())
      .Then<OrderInvoiceRecorded>()
      .ThenState("state: CANCELED");
  PlacedOrder()
      .When(Payment("invoices/o-1-1", 2, 1))
      .Then<OrderPaymentRecorded>()
      .ThenState("state: ACTIVE");
}

TEST(WhatBillingTells, IsInTheCurrencyOfTheOrder) {
  testing::Story story = FulfilledOrder();
  RecordInvoiceRequest invoice = InvoiceOfDesks();
  invoice.mutable_invoice()->mutable_total()->set_currency_code("HUF");
  invoice.mutable_invoice()->mutable_lines(0)->mutable_net()->set_currency_code("HUF");
  story.When(invoice).ThenRefused(ORDER_CURRENCY_DIFFERS);
  EXPECT_EQ(story.bad_fields(), "invoice.total,invoice.lines[0].net");
  RecordPaymentRequest payment = Payment("invoices/o-1-1", 2, 144);
  payment.mutable_paid_amount()->set_currency_code("HUF");
  story.When(payment).ThenRefused(ORDER_CURRENCY_DIFFERS);
}

}  // namespace
}  // namespace leadstream::ordering
