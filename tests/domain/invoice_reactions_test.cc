// What billing does when something happens elsewhere. What a reaction asks for must pass the
// server's own validation, and the rules.
#include <gtest/gtest.h>

#include "common/domain/validation.h"
#include "leadstream/lead/v1/contact.pb.h"
#include "leadstream/ordering/v1/events.pb.h"
#include "services/billing/billing_reactions.h"
#include "tests/domain/invoice_examples.h"
#include "tests/domain/known.h"

namespace leadstream::billing {
namespace {

using google::protobuf::Message;
using Asked = absl::StatusOr<std::shared_ptr<const Message>>;

struct Reacted {
  absl::Status status;
  CreateInvoiceRequest request;
};

Reacted React(const std::string& reaction, const std::string& subject, const Message& event,
              std::function<Asked(const std::string&, int64_t)> ask = nullptr) {
  common::v1::Record record;
  record.set_subject(subject);
  const domain::Occurrence on{record, std::move(ask)};
  for (const domain::Reaction& one : BillingReactions()) {
    if (one.name != reaction) continue;
    EXPECT_EQ(one.event->GetDescriptor(), event.GetDescriptor());
    domain::Commands commands;
    Reacted reacted{one.react(event, on, &commands), {}};
    if (!reacted.status.ok()) return reacted;
    EXPECT_EQ(commands.all().size(), 1u);
    reacted.request.CopyFrom(*commands.all().at(0).request);
    domain::ClearOutputOnly(&reacted.request);
    for (const auto& bad : domain::Validate(reacted.request))
      ADD_FAILURE() << bad.field << " " << bad.description;
    return reacted;
  }
  ADD_FAILURE() << "no reaction " << reaction;
  return {};
}

ordering::v1::OrderFulfilled Fulfilled(const std::string& more = "") {
  return Of<ordering::v1::OrderFulfilled>(R"pb(
                                            fulfillment {
                                              number: 2
                                              lines {
                                                line_id: "1"
                                                quantity { value: "3" }
                                                quantity_before { value: "3" }
                                                quantity_after { value: "6" }
                                              }
                                            }
                                            lines {
                                              line_id: "1"
                                              quantity { value: "3" }
                                              quantity_before { value: "3" }
                                              quantity_after { value: "6" }
                                            }
                                            lines {
                                              line_id: "2"
                                              quantity { value: "0" }
                                              quantity_before { value: "4" }
                                              quantity_after { value: "4" }
                                            }
                                            account: "accounts/acme"
                                            currency: "EUR"
                                            seller: "default"
                                            payment_days: 14
                                            date { year: 2026 month: 3 day: 1 }
                                            bill_to { city: "Wien" }
                                            order_lines {
                                              line_id: "1"
                                              description: "desk"
                                              quantity { value: "10" }
                                              unit_price { value: "30" }
                                              net { currency_code: "EUR" units: 300 }
                                            }
                                            order_lines {
                                              line_id: "2"
                                              description: "chair"
                                              quantity { value: "4" }
                                              unit_price { value: "25" }
                                              net { currency_code: "EUR" units: 100 }
                                            }
                                          )pb",
                                          more);
}

Asked Acme(const std::string& name, int64_t) {
  EXPECT_EQ(name, "accounts/acme");
  return std::make_shared<lead::v1::Account>(Of<lead::v1::Account>(
      "display_name: 'Acme' legal_name: 'Acme GmbH' tax_id: 'ATU1' emails: 'a@acme.at'"));
}

TEST(AFulfilledOrder, IsInvoiced) {
  const Reacted reacted = React("invoice-of-fulfilment", "orders/o-1", Fulfilled(), Acme);
  ASSERT_TRUE(reacted.status.ok());
  EXPECT_EQ(reacted.request.invoice_id(), "o-1-2");
  NoInvoice().Named("invoices/o-1-2").When(reacted.request).ThenState(R"pb(
    state: ISSUED
    number: "INV-2026-000001"
    order: "orders/o-1"
    fulfillment: 2
    account: "accounts/acme"
    delivery_date { day: 1 }
    buyer {
      name: "Acme GmbH"
      tax_id: "ATU1"
      email: "a@acme.at"
      address { city: "Wien" }
    }
    lines {
      line_id: "1"
      quantity { value: "3" }
      net { units: 90 }
    }
  )pb");
}

TEST(AFulfilledOrder, OfASellerIsInvoicedInItsName) {
  EXPECT_EQ(React("invoice-of-fulfilment", "orders/o-1", Fulfilled("seller: 'acme'"), Acme)
                .request.invoice_id(),
            "acme.o-1-2");
  EXPECT_EQ(React("invoice-of-fulfilment", "orders/o.1", Fulfilled(), Acme).request.invoice_id(),
            "default.o.1-2");
}

TEST(AFulfilledOrder, OfAPersonIsInvoicedToThem) {
  auto fulfilled = Fulfilled("contact: 'contacts/anna'");
  fulfilled.clear_account();
  const auto anna = [](const std::string&, int64_t) -> Asked {
    return std::make_shared<lead::v1::Contact>(
        Of<lead::v1::Contact>("person { given_name: 'Anna' family_name: 'Kovács' }"));
  };
  EXPECT_EQ(React("invoice-of-fulfilment", "orders/o-1", fulfilled, anna)
                .request.invoice()
                .buyer()
                .name(),
            "Anna Kovács");
}

TEST(AFulfilledOrder, WaitsForTheBuyersNameUnlessThereIsNone) {
  const auto gone = [](const std::string&, int64_t) -> Asked {
    return absl::NotFoundError("gone");
  };
  const auto later = [](const std::string&, int64_t) -> Asked {
    return absl::UnavailableError("later");
  };
  EXPECT_TRUE(React("invoice-of-fulfilment", "orders/o-1", Fulfilled(), gone).status.ok());
  EXPECT_EQ(React("invoice-of-fulfilment", "orders/o-1", Fulfilled(), later).status.code(),
            absl::StatusCode::kUnavailable);
}

TEST(ACreditedInvoice, GetsItsCreditNote) {
  Partition partition;
  ASSERT_TRUE(partition.Do("invoices/acme.1", Issued("invoice { seller: 'acme' }")).accepted());
  const domain::Decision credited = partition.Do("invoices/acme.1", CreditOf());
  const Reacted reacted =
      React("credit-note-of-credited-invoice", "invoices/acme.1", credited.event());
  EXPECT_EQ(reacted.request.invoice_id(), "acme.1-cn1");
  ASSERT_TRUE(partition.Do("invoices/acme.1-cn1", reacted.request).accepted());
  EXPECT_EQ(Text(partition.at("invoices/acme.1-cn1").totals().total()), "464.4 EUR");
}

// What the reaction wants done, as the requests' text.
std::vector<std::string> Credited(const std::string& reaction, const std::string& subject,
                                  const Message& event, const domain::Occurrence& more) {
  common::v1::Record record;
  record.set_subject(subject);
  const domain::Occurrence on{record, more.ask, more.own};
  std::vector<std::string> wanted;
  for (const domain::Reaction& one : BillingReactions()) {
    if (one.name != reaction) continue;
    domain::Commands commands;
    EXPECT_TRUE(one.react(event, on, &commands).ok());
    for (const auto& command : commands.all())
      wanted.push_back(static_cast<const CreditInvoiceRequest&>(*command.request).name());
  }
  return wanted;
}

TEST(ACanceledOrder, HasItsIssuedDepositsCredited) {
  testing::Known known;
  const auto aggregate = InvoiceAggregate();
  known.Add(aggregate, "invoices/d", Of<Invoice>("type: DEPOSIT state: ISSUED order: 'orders/o-1'"))
      .Add(aggregate, "invoices/draft",
           Of<Invoice>("type: DEPOSIT state: DRAFT order: 'orders/o-1'"))
      .Add(aggregate, "invoices/i", Of<Invoice>("type: INVOICE state: ISSUED order: 'orders/o-1'"))
      .Add(aggregate, "invoices/e", Of<Invoice>("type: DEPOSIT state: ISSUED order: 'orders/o-2'"));
  const common::v1::Record none;
  const domain::Occurrence on{none, nullptr,
                              [&]() -> absl::StatusOr<const domain::Reader*> { return &known; }};
  const std::string reaction = "deposits-of-canceled-order";
  EXPECT_EQ(Credited(reaction, "orders/o-1", Of<ordering::v1::OrderCanceled>("whole: true"), on),
            std::vector<std::string>{"invoices/d"});
  EXPECT_TRUE(Credited(reaction, "orders/o-1", ordering::v1::OrderCanceled(), on).empty())
      << "some lines were canceled";
}

TEST(ADeposit, OfAnOrderThatWasCanceledMeanwhileIsCredited) {
  const auto credited = [](const std::string& invoice, const std::string& order) {
    const common::v1::Record none;
    const domain::Occurrence on{
        none, [&](const std::string& name, int64_t) -> Asked {
          EXPECT_EQ(name, "orders/o-1");
          return std::make_shared<ordering::v1::Order>(Of<ordering::v1::Order>(order));
        }};
    return Credited("deposit-of-canceled-order", "invoices/d",
                    Of<InvoiceIssued>("invoice { order: 'orders/o-1' " + invoice + " }"), on)
        .size();
  };
  EXPECT_EQ(credited("type: DEPOSIT", "state: CANCELED"), 1u);
  EXPECT_EQ(credited("type: DEPOSIT", "state: SUBMITTED"), 0u);
  EXPECT_EQ(credited("type: INVOICE", "state: CANCELED"), 0u);
}

}  // namespace
}  // namespace leadstream::billing
