// A whole sale through the five services: what follows by itself, and what it comes to.
#include "common/domain/money.h"
#include "leadstream/billing/v1/invoice_service.pb.h"
#include "leadstream/common/v1/reaction.pb.h"
#include "leadstream/lead/v1/account_service.pb.h"
#include "leadstream/lead/v1/contact_service.pb.h"
#include "leadstream/lead/v1/lead_service.pb.h"
#include "leadstream/opportunity/v1/opportunity_service.pb.h"
#include "leadstream/ordering/v1/order_service.pb.h"
#include "leadstream/quoting/v1/quote_service.pb.h"
#include "tests/server/serving.h"

namespace leadstream::testing {
namespace {

using billing::v1::GetInvoiceRequest;
using billing::v1::Invoice;
using common::v1::ListParkedReactionsRequest;
using common::v1::ListParkedReactionsResponse;
using common::v1::ParkedReaction;
using lead::v1::Lead;
using opportunity::v1::GetOpportunityRequest;
using opportunity::v1::Opportunity;
using ordering::v1::FulfillOrderRequest;
using ordering::v1::GetOrderRequest;
using ordering::v1::Order;
using quoting::v1::Quote;

template <typename Request>
Request Named(const std::string& name) {
  Request request;
  request.set_name(name);
  return request;
}

class Sale : public Serving {
 protected:
  // A qualified lead, leads/anna, and a quote for its opportunity, quotes/anna, as the customer
  // holds it.
  void Propose() {
    ASSERT_TRUE(Call<Lead>(Of<lead::v1::CreateLeadRequest>(R"pb(
                  lead_id: "anna"
                  lead {
                    topic: "40 seats"
                    person { given_name: "Anna" family_name: "Kovács" }
                    company: "Kovács Kft."
                    emails: "anna@kovacs.example"
                  })pb"))
                    .ok());
    auto qualified = Call<lead::v1::QualifyLeadResponse>(Of<lead::v1::QualifyLeadRequest>(R"pb(
      name: "leads/anna"
      need: "seats"
      budget { currency_code: "HUF" units: 5000000 })pb"));
    ASSERT_TRUE(qualified.ok()) << qualified.status.error_message();
    EXPECT_EQ(qualified.reply.opportunity(), "opportunities/anna");
    Await<Opportunity>(Named<GetOpportunityRequest>("opportunities/anna"),
                       [](const Opportunity&) { return true; });
    auto quote = Call<Quote>(Of<quoting::v1::CreateQuoteRequest>(R"pb(
      quote_id: "anna"
      quote {
        opportunity: "opportunities/anna"
        lines {
          line_id: "seat"
          description: "Seat licence"
          quantity { value: "40" }
          unit_price { value: "7590.50" }
          tax_rate { value: "27" }
        }
        lines {
          line_id: "day"
          description: "Training"
          quantity { value: "1.5" }
          unit_price { value: "140000.333" }
          discount_percent { value: "4" }
          tax_rate { value: "27" }
        }
        adjustments {
          discount_percent { value: "3" }
          freight { value: "1250" }
        }
      })pb"));
    ASSERT_TRUE(quote.ok()) << quote.status.error_message();
    ASSERT_TRUE(Call<Quote>(Named<quoting::v1::ActivateQuoteRequest>("quotes/anna")).ok());
  }
  void Accept() {
    ASSERT_TRUE(Call<Quote>(Named<quoting::v1::AcceptQuoteRequest>("quotes/anna")).ok());
    order_ = Await<Order>(Named<GetOrderRequest>("orders/anna"), [](const Order&) { return true; });
  }
  Invoice InvoiceNamed(const std::string& name) {
    return Await<Invoice>(Named<GetInvoiceRequest>(name), [](const Invoice& invoice) {
      return invoice.state() == Invoice::ISSUED;
    });
  }
  static billing::v1::CreateInvoiceRequest DepositOfAThird(const std::string& id = "deposit") {
    auto create = Of<billing::v1::CreateInvoiceRequest>(R"pb(
      invoice {
        type: DEPOSIT
        order: "orders/anna"
        deposit_percent { value: "33.3" }
      }
      issue: true)pb");
    create.set_invoice_id(id);
    return create;
  }
  void PayAll(const Invoice& invoice) {
    billing::v1::RecordPaymentRequest pay;
    pay.set_name(invoice.name());
    *pay.mutable_amount() = invoice.balance();
    pay.set_reference(invoice.number());
    auto paid = Call<Invoice>(pay);
    ASSERT_TRUE(paid.ok()) << paid.status.error_message();
    EXPECT_EQ(paid.reply.payment_state(), Invoice::PAID);
  }
  std::vector<ParkedReaction> Parked(const std::string& service) {
    ListParkedReactionsRequest list;
    list.set_parent("services/" + service);
    list.set_filter("state = PARKED");
    auto page = Call<ListParkedReactionsResponse>(list);
    EXPECT_TRUE(page.ok()) << page.status.error_message();
    return {page.reply.parked_reactions().begin(), page.reply.parked_reactions().end()};
  }

  Order order_;
};

TEST_F(Sale, AgreesToTheCentFromQuoteToCreditNote) {
  Propose();
  const Quote quote = Call<Quote>(Named<quoting::v1::GetQuoteRequest>("quotes/anna")).reply;
  Accept();
  EXPECT_EQ(order_.totals().SerializeAsString(), quote.totals().SerializeAsString());
  Await<Opportunity>(Named<GetOpportunityRequest>("opportunities/anna"),
                     [](const Opportunity& one) { return one.state() == Opportunity::WON; });
  Await<Lead>(Named<lead::v1::GetLeadRequest>("leads/anna"),
              [](const Lead& one) { return one.opportunity_state() == Lead::OPPORTUNITY_WON; });
  Await<lead::v1::Account>(Named<lead::v1::GetAccountRequest>("accounts/anna"),
                           [](const auto& one) { return one.display_name() == "Kovács Kft."; });
  Await<lead::v1::Contact>(Named<lead::v1::GetContactRequest>("contacts/anna"),
                           [](const auto& one) { return one.account() == "accounts/anna"; });

  ASSERT_TRUE(Call<Order>(Of<FulfillOrderRequest>(R"pb(
                name: "orders/anna"
                lines {
                  line_id: "seat"
                  quantity { value: "13" }
                }
                lines {
                  line_id: "day"
                  quantity { value: "0.5" }
                })pb"))
                  .ok());
  ASSERT_TRUE(Call<Order>(Named<FulfillOrderRequest>("orders/anna")).ok());
  const Invoice first = InvoiceNamed("invoices/anna-1");
  const Invoice second = InvoiceNamed("invoices/anna-2");
  const domain::Decimal invoiced =
      domain::ToDecimal(first.totals().total()) + domain::ToDecimal(second.totals().total());
  EXPECT_EQ(invoiced, domain::ToDecimal(quote.totals().total()));

  auto credited = Call<Invoice>(Of<billing::v1::CreditInvoiceRequest>(R"pb(
    name: "invoices/anna-2"
    reason: "damaged"
    lines {
      line_id: "seat"
      quantity { value: "1" }
    })pb"));
  ASSERT_TRUE(credited.ok()) << credited.status.error_message();
  const Invoice note = InvoiceNamed(credited.reply.credits(0).credit_note());
  EXPECT_EQ(note.type(), Invoice::CREDIT_NOTE);
  EXPECT_EQ(note.totals().SerializeAsString(),
            credited.reply.credits(0).totals().SerializeAsString());

  PayAll(first);
  PayAll(Call<Invoice>(Named<GetInvoiceRequest>("invoices/anna-2")).reply);
  const domain::Decimal due = invoiced - domain::ToDecimal(note.totals().total());
  const Order order = Await<Order>(Named<GetOrderRequest>("orders/anna"), [&](const Order& one) {
    return one.invoices_size() == 3 && domain::ToDecimal(one.paid_amount()) == due;
  });
  EXPECT_EQ(order.state(), Order::FULFILLED);
  EXPECT_EQ(domain::ToDecimal(order.invoiced_amount()), due);
  EXPECT_EQ(order.billing_state(), Order::PARTLY_INVOICED) << "a seat was credited";

  // It was replaced, and is invoiced again.
  auto again = Call<Invoice>(Of<billing::v1::CreateInvoiceRequest>(R"pb(
    invoice_id: "anna-again"
    invoice { order: "orders/anna" }
    issue: true)pb"));
  ASSERT_TRUE(again.ok()) << again.status.error_message();
  PayAll(again.reply);
  const Order paid = Await<Order>(Named<GetOrderRequest>("orders/anna"), [](const Order& one) {
    return one.billing_state() == Order::PAID;
  });
  EXPECT_EQ(paid.invoices_size(), 4);
  EXPECT_EQ(paid.paid_amount().SerializeAsString(), quote.totals().total().SerializeAsString());
  for (const char* service : {"lead", "opportunity", "quoting", "ordering", "billing"})
    EXPECT_TRUE(Parked(service).empty()) << service;
}

TEST_F(Sale, ADepositIsDeductedFromWhatIsDelivered) {
  Propose();
  Accept();
  auto deposit = Call<Invoice>(DepositOfAThird());
  ASSERT_TRUE(deposit.ok()) << deposit.status.error_message();
  EXPECT_EQ(deposit.reply.account(), order_.account());
  PayAll(deposit.reply);
  Await<Order>(Named<GetOrderRequest>("orders/anna"), [&](const Order& one) {
    return domain::ToDecimal(one.paid_amount()) == domain::ToDecimal(deposit.reply.balance()) &&
           one.billing_state() == Order::NOT_INVOICED;
  });

  ASSERT_TRUE(Call<Order>(Named<FulfillOrderRequest>("orders/anna")).ok());
  const Invoice invoice = InvoiceNamed("invoices/anna-1");
  EXPECT_EQ(invoice.totals().SerializeAsString(), order_.totals().SerializeAsString());
  ASSERT_EQ(invoice.deductions_size(), 1);
  EXPECT_EQ(invoice.deductions(0).deposit(), "invoices/deposit");
  EXPECT_EQ(invoice.deductions(0).totals().taxes(0).tax().SerializeAsString(),
            deposit.reply.totals().taxes(0).tax().SerializeAsString());
  PayAll(invoice);
  const Order paid = Await<Order>(Named<GetOrderRequest>("orders/anna"), [](const Order& one) {
    return one.billing_state() == Order::PAID;
  });
  EXPECT_EQ(paid.paid_amount().SerializeAsString(), order_.totals().total().SerializeAsString());
  EXPECT_EQ(paid.invoiced_amount().SerializeAsString(),
            order_.totals().total().SerializeAsString());
}

TEST_F(Sale, ACanceledOrderCreditsItsDeposits) {
  Propose();
  Accept();
  auto deposit = Call<Invoice>(DepositOfAThird());
  ASSERT_TRUE(deposit.ok()) << deposit.status.error_message();
  auto cancel = Named<ordering::v1::CancelOrderRequest>("orders/anna");
  cancel.set_reason("no budget after all");
  ASSERT_TRUE(Call<Order>(cancel).ok());
  const Invoice note = InvoiceNamed("invoices/deposit-cn1");
  EXPECT_EQ(note.credited_type(), Invoice::DEPOSIT);
  EXPECT_EQ(note.totals().SerializeAsString(), deposit.reply.totals().SerializeAsString());
  EXPECT_EQ(Call<Invoice>(DepositOfAThird("late")).reason(), "DEPOSIT_EXCEEDS_ORDER");
  const Order order = Await<Order>(Named<GetOrderRequest>("orders/anna"),
                                   [](const Order& one) { return one.invoices_size() == 2; });
  EXPECT_EQ(domain::ToDecimal(order.invoiced_amount()), domain::Decimal());
}

TEST_F(Sale, ALostOpportunityClosesItsQuotes) {
  Propose();
  opportunity::v1::LoseOpportunityRequest lose =
      Named<opportunity::v1::LoseOpportunityRequest>("opportunities/anna");
  lose.set_reason(Opportunity::PRICE);
  Await<Opportunity>(Named<GetOpportunityRequest>("opportunities/anna"),
                     [](const Opportunity& one) { return one.quotes_size() == 1; });
  EXPECT_EQ(Call<Opportunity>(lose).reason(), "OPPORTUNITY_HAS_LIVE_QUOTES");
  lose.set_close_quotes(true);
  ASSERT_TRUE(Call<Opportunity>(lose).ok());
  Await<Quote>(Named<quoting::v1::GetQuoteRequest>("quotes/anna"), [](const Quote& one) {
    return one.state() == Quote::CLOSED && one.close_reason() == Quote::LOST;
  });
}

// Billing invoices an order in another currency than the order's, by hand; ordering refuses to take
// note of it.
TEST_F(Sale, WhatAReactionIsRefusedWaitsForAnOperator) {
  Propose();
  Accept();
  auto foreign = Call<Invoice>(Of<billing::v1::CreateInvoiceRequest>(R"pb(
    invoice_id: "foreign"
    invoice { account: "accounts/anna" order: "orders/anna" currency: "EUR" }
    order_basis {
      lines {
        line_id: "seat"
        description: "Seat licence"
        quantity { value: "40" }
        unit_price { value: "1" }
      }
      fulfilled {
        line_id: "seat"
        quantity { value: "1" }
      }
    }
    issue: true)pb"));
  ASSERT_TRUE(foreign.ok()) << foreign.status.error_message();
  const auto list =
      Of<ListParkedReactionsRequest>("parent: 'services/ordering' filter: 'state = PARKED'");
  const ParkedReaction parked = Await<ListParkedReactionsResponse>(list, [](const auto& page) {
                                  return page.parked_reactions_size() == 1;
                                }).parked_reactions(0);
  EXPECT_EQ(parked.reaction(), "record-invoice-of-order");
  EXPECT_EQ(parked.reason(), "ORDER_CURRENCY_DIFFERS");
  EXPECT_EQ(parked.resource(), "invoices/foreign");

  auto again = Call<ParkedReaction>(Named<common::v1::RetryParkedReactionRequest>(parked.name()));
  ASSERT_TRUE(again.ok()) << again.status.error_message();
  EXPECT_EQ(again.reply.state(), ParkedReaction::PARKED);
  EXPECT_EQ(again.reply.attempts(), 2);

  auto drop = Named<common::v1::DropParkedReactionRequest>(parked.name());
  EXPECT_EQ(Call<ParkedReaction>(drop).fields(), "reason");
  drop.set_reason("the invoice is credited instead");
  auto dropped = Call<ParkedReaction>(drop);
  ASSERT_TRUE(dropped.ok()) << dropped.status.error_message();
  EXPECT_EQ(dropped.reply.state(), ParkedReaction::DROPPED);
  EXPECT_EQ(Call<ParkedReaction>(drop).reason(), "PARKED_REACTION_NOT_OPEN");
}

}  // namespace
}  // namespace leadstream::testing
