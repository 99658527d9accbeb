// What ordering does about accepted quotes and about billing's documents and payments.
#include "services/ordering/ordering_reactions.h"

#include "leadstream/billing/v1/events.pb.h"
#include "leadstream/quoting/v1/events.pb.h"
#include "tests/domain/order_examples.h"

namespace leadstream::ordering {
namespace {

// The command that follows from an event, if any.
template <typename Request, typename Event>
std::optional<Request> FollowsFrom(const Event& event, const std::string& subject,
                                   int64_t revision = 1) {
  common::v1::Record record;
  record.set_subject(subject);
  record.set_revision(revision);
  const domain::Occurrence on{record, nullptr};
  for (const domain::Reaction& reaction : OrderingReactions()) {
    if (reaction.event->GetDescriptor() != Event::descriptor()) continue;
    domain::Commands commands;
    EXPECT_TRUE(reaction.react(event, on, &commands).ok());
    if (commands.all().empty()) return std::nullopt;
    return dynamic_cast<const Request&>(*commands.all()[0].request);
  }
  ADD_FAILURE() << "nothing reacts to " << Event::descriptor()->full_name();
  return std::nullopt;
}

TEST(AnAcceptedQuote, BecomesItsOrderToTheCent) {
  quoting::v1::QuoteAccepted accepted;
  quoting::v1::Quote* quote = accepted.mutable_quote();
  const CreateOrderRequest example = CreateOrderOfQuote();
  quote->set_revision(1);
  quote->set_opportunity("opportunities/big");
  quote->set_account("accounts/acme");
  quote->set_currency("EUR");
  quote->set_payment_days(14);
  quote->set_seller("vienna");
  quote->mutable_bill_to()->set_city("Graz");
  for (const OrderLine& line : example.order().lines()) *quote->add_lines() = line.line();
  *quote->mutable_totals() = example.accepted_totals();

  const auto place = FollowsFrom<CreateOrderRequest>(accepted, "quotes/q-7");
  ASSERT_TRUE(place.has_value());
  EXPECT_EQ(place->order_id(), "q-7");
  testing::Story(OrderAggregate())
      .Named("orders/q-7")
      .When(*place)
      .Then<OrderPlaced>("opportunity: 'opportunities/big'")
      .ThenState(R"pb(
        name: "orders/q-7"
        quote: "quotes/q-7"
        quote_revision: 1
        opportunity: "opportunities/big"
        account: "accounts/acme"
        payment_days: 14
        seller: "vienna"
        bill_to { city: "Graz" }
        totals { total { currency_code: "EUR" units: 482 nanos: 400000000 } }
      )pb");
}

billing::v1::InvoiceIssued Issued(billing::v1::Invoice::Type type) {
  billing::v1::InvoiceIssued issued;
  issued.mutable_invoice()->set_type(type);
  issued.mutable_invoice()->set_order("orders/o-1");
  issued.mutable_invoice()->set_number("INV-1");
  issued.mutable_invoice()->set_fulfillment(1);
  *issued.mutable_invoice()->add_lines() = Of<common::v1::Line>(
      "line_id: '1' quantity { value: '10' } net { currency_code: 'EUR' units: 300 }");
  issued.mutable_invoice()->mutable_totals()->mutable_total()->CopyFrom(
      Of<google::type::Money>("currency_code: 'EUR' units: 360"));
  return issued;
}

TEST(AnIssuedInvoice, IsRecordedWithItsOrder) {
  const auto record = FollowsFrom<RecordInvoiceRequest>(
      Issued(billing::v1::Invoice::TYPE_UNSPECIFIED), "invoices/o-1-1", 3);
  ASSERT_TRUE(record.has_value());
  EXPECT_EQ(record->name(), "orders/o-1");
  PlacedOrder()
      .Given(Fulfill("lines { line_id: '1' }"))
      .When(*record)
      .Then<OrderInvoiceRecorded>()
      .ThenState(R"pb(
        billing_state: PARTLY_INVOICED
        invoices {
          invoice: "invoices/o-1-1"
          type: INVOICE
          number: "INV-1"
          revision: 3
          fulfillment: 1
          total { units: 360 }
          lines {
            line_id: "1"
            quantity { value: "10" }
            net { units: 300 }
          }
        })pb");
}

TEST(AnIssuedCreditNote, IsRecordedAsOne) {
  billing::v1::InvoiceIssued issued = Issued(billing::v1::Invoice::CREDIT_NOTE);
  issued.mutable_invoice()->set_credited_invoice("invoices/o-1-1");
  const auto record = FollowsFrom<RecordInvoiceRequest>(issued, "invoices/o-1-1-cn1");
  ASSERT_TRUE(record.has_value());
  EXPECT_EQ(record->invoice().type(), OrderInvoice::CREDIT_NOTE);
  EXPECT_EQ(record->invoice().credited_invoice(), "invoices/o-1-1");
}

TEST(AnInvoiceWithoutAnOrder, IsNotOrderingsBusiness) {
  EXPECT_FALSE(
      FollowsFrom<RecordInvoiceRequest>(billing::v1::InvoiceIssued(), "invoices/i").has_value());
  EXPECT_FALSE(
      FollowsFrom<RecordPaymentRequest>(billing::v1::PaymentRecorded(), "invoices/i").has_value());
  EXPECT_FALSE(
      FollowsFrom<RecordPaymentRequest>(billing::v1::PaymentRefunded(), "invoices/i").has_value());
}

TEST(APaymentOrRefund, TellsWhatIsPaidInAll) {
  const auto event = Of<billing::v1::PaymentRecorded>(
      "order: 'orders/o-1' paid_amount { currency_code: 'EUR' units: 50 }");
  const auto paid = FollowsFrom<RecordPaymentRequest>(event, "invoices/o-1-1", 4);
  ASSERT_TRUE(paid.has_value());
  EXPECT_EQ(paid->name(), "orders/o-1");
  EXPECT_EQ(paid->invoice(), "invoices/o-1-1");
  EXPECT_EQ(paid->revision(), 4);
  EXPECT_EQ(paid->paid_amount().units(), 50);
  const auto refunded = Of<billing::v1::PaymentRefunded>(
      "order: 'orders/o-1' paid_amount { currency_code: 'EUR' units: 20 }");
  EXPECT_EQ(FollowsFrom<RecordPaymentRequest>(refunded, "invoices/o-1-1", 5)->paid_amount().units(),
            20);
}

}  // namespace
}  // namespace leadstream::ordering
