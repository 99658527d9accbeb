#include "tests/crash/sale.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include "common/domain/currency.h"
#include "common/domain/date.h"
#include "common/domain/money.h"
#include "leadstream/billing/v1/invoice_service.pb.h"
#include "leadstream/lead/v1/account_service.pb.h"
#include "leadstream/lead/v1/lead_service.pb.h"
#include "leadstream/opportunity/v1/opportunity_service.pb.h"
#include "leadstream/ordering/v1/order_service.pb.h"
#include "leadstream/quoting/v1/quote_service.pb.h"

// Leaves the function with the status of a call that failed.
#define RETURN_IF_ERROR(call) \
  if (absl::Status call_status = (call).status(); !call_status.ok()) return call_status

namespace leadstream::testing {

using billing::v1::CreditInvoiceRequest;
using billing::v1::GetInvoiceRequest;
using billing::v1::Invoice;
using lead::v1::Account;
using lead::v1::GetAccountRequest;
using lead::v1::Lead;
using lead::v1::QualifyLeadResponse;
using opportunity::v1::GetOpportunityRequest;
using opportunity::v1::Opportunity;
using ordering::v1::FulfillOrderRequest;
using ordering::v1::GetOrderRequest;
using ordering::v1::Order;
using quoting::v1::ActivateQuoteRequest;

absl::Status Office::Sell() {
  ++sale_;
  auto qualified = Qualify();
  RETURN_IF_ERROR(qualified);
  auto quote = Quote(qualified->opportunity());
  RETURN_IF_ERROR(quote);
  auto order = Deliver(quote->order());
  RETURN_IF_ERROR(order);
  for (const auto& fulfillment : order->fulfillments()) {
    absl::Status collected = Collect(fulfillment.invoice());
    if (!collected.ok()) return collected;
  }
  RETURN_IF_ERROR((client_->Await<Opportunity, GetOpportunityRequest>(
      qualified->opportunity(), [](const auto& one) { return one.state() == Opportunity::WON; })));
  customers_.push_back(qualified->account());
  return absl::OkStatus();
}

absl::StatusOr<QualifyLeadResponse> Office::Qualify() {
  lead::v1::CreateLeadRequest create;
  Lead& lead = *create.mutable_lead();
  // The topic is the intent: no two leads may have the same.
  lead.set_topic(absl::StrCat("sale ", sale_, " of ", name_));
  lead.mutable_person()->set_given_name("Anna");
  lead.mutable_person()->set_family_name(absl::StrCat("Kovács ", sale_));
  lead.set_company(absl::StrCat("Company ", sale_, " of ", name_));
  lead.add_emails(absl::StrCat("anna", sale_, "@", name_, ".example.com"));
  lead.set_need("40 seats");
  lead.mutable_budget()->mutable_amount()->set_currency_code("EUR");
  lead.mutable_budget()->mutable_amount()->set_units(5'000);
  lead.mutable_budget()->set_confirmed(true);
  if (Chance(50))
    create.set_lead_id(absl::StrCat(name_, "-", sale_));  // else the server makes a name up, once
  auto created = client_->Do<Lead>(create);
  RETURN_IF_ERROR(created);
  lead::v1::AssignLeadRequest assign;
  assign.set_name(created->name());
  assign.set_owner("anna");
  RETURN_IF_ERROR(client_->Do<Lead>(assign));
  lead::v1::QualifyLeadRequest qualify;
  qualify.set_name(created->name());
  if (!customers_.empty() && Chance(25))
    qualify.set_account(
        customers_[static_cast<size_t>(Below(static_cast<int>(customers_.size())))]);
  auto qualified = client_->Do<QualifyLeadResponse>(qualify);
  RETURN_IF_ERROR(qualified);
  RETURN_IF_ERROR((client_->Await<Account, GetAccountRequest>(qualified->account())));
  RETURN_IF_ERROR((client_->Await<Opportunity, GetOpportunityRequest>(qualified->opportunity())));
  return qualified;
}

absl::StatusOr<quoting::v1::Quote> Office::Quote(const std::string& opportunity) {
  opportunity::v1::AddOpportunityLinesRequest add;
  add.set_name(opportunity);
  for (const char* description : {"seats", "training"}) {
    auto* line = add.add_lines();
    line->set_description(description);
    line->mutable_quantity()->set_value(absl::StrCat(2 + Below(20)));
    line->mutable_unit_price()->set_value(absl::StrCat(1 + Below(300), ".", 10 + Below(90)));
    line->mutable_tax_rate()->set_value("27");
  }
  RETURN_IF_ERROR(client_->Do<Opportunity>(add));
  quoting::v1::CreateQuoteRequest create;
  create.mutable_quote()->set_opportunity(opportunity);
  *create.mutable_quote()->mutable_valid_to() =
      domain::ToDate(absl::ToCivilDay(absl::Now(), absl::UTCTimeZone()) + 30);
  if (Chance(30))
    create.mutable_quote()->mutable_adjustments()->mutable_freight()->set_value("39.90");
  auto quote = client_->Do<quoting::v1::Quote>(create);
  RETURN_IF_ERROR(quote);
  ActivateQuoteRequest activate;
  activate.set_name(quote->name());
  activate.set_etag(quote->etag());  // nobody else writes it; a retry must pass nevertheless
  quote = client_->Do<quoting::v1::Quote>(activate);
  RETURN_IF_ERROR(quote);
  if (Chance(20)) {
    quoting::v1::ReviseQuoteRequest revise;
    revise.set_name(quote->name());
    RETURN_IF_ERROR(client_->Do<quoting::v1::Quote>(revise));
    activate.clear_etag();
    quote = client_->Do<quoting::v1::Quote>(activate);
    RETURN_IF_ERROR(quote);
  }
  quoting::v1::AcceptQuoteRequest accept;
  accept.set_name(quote->name());
  auto accepted = client_->Do<quoting::v1::Quote>(accept);
  RETURN_IF_ERROR(accepted);
  // Asked for anew, not sent again: that is another command, and refused.
  if (Chance(20) && client_->Do<quoting::v1::Quote>(accept).ok())
    return absl::InternalError(absl::StrCat(quote->name(), " was accepted twice"));
  return accepted;
}

absl::StatusOr<Order> Office::Deliver(const std::string& name) {
  auto order = client_->Await<Order, GetOrderRequest>(name);
  RETURN_IF_ERROR(order);
  ordering::v1::SubmitOrderRequest submit;
  submit.set_name(name);
  RETURN_IF_ERROR(client_->Do<Order>(submit));
  FulfillOrderRequest first;
  first.set_name(name);
  auto* part = first.add_lines();
  part->set_line_id(order->lines(0).line().line_id());
  part->mutable_quantity()->set_value("1");
  RETURN_IF_ERROR(client_->Do<Order>(first));
  if (Chance(50)) {
    absl::Status renamed = Rename(order->account());
    if (!renamed.ok()) return renamed;
  }
  FulfillOrderRequest rest;
  rest.set_name(name);
  auto delivered = client_->Do<Order>(rest);
  RETURN_IF_ERROR(delivered);
  if (delivered->state() != Order::FULFILLED || delivered->fulfillments_size() != 2)
    return absl::InternalError(absl::StrCat(name, " was not delivered in two parts"));
  return delivered;
}

absl::Status Office::Rename(const std::string& account) {
  lead::v1::UpdateAccountRequest rename;
  rename.mutable_account()->set_name(account);
  rename.mutable_account()->set_legal_name(absl::StrCat(account, " ", Below(1'000'000)));
  rename.mutable_update_mask()->add_paths("legal_name");
  return client_->Do<Account>(rename).status();
}

absl::Status Office::Collect(const std::string& name) {
  auto invoice = client_->Await<Invoice, GetInvoiceRequest>(name);
  RETURN_IF_ERROR(invoice);
  if (Chance(25)) {
    absl::Status credited = Credit(*invoice);
    if (!credited.ok()) return credited;
    invoice = client_->Await<Invoice, GetInvoiceRequest>(name);
    RETURN_IF_ERROR(invoice);
  }
  const domain::Decimal balance = domain::ToDecimal(invoice->balance());
  const domain::Decimal half =
      balance.DividedDown(domain::Decimal(2), domain::CurrencyDigits(invoice->currency()));
  int payment = 0;
  for (const domain::Decimal& amount : {half, balance - half}) {
    if (!amount.IsPositive()) continue;
    billing::v1::RecordPaymentRequest pay;
    pay.set_name(name);
    *pay.mutable_amount() = domain::ToMoney(amount, invoice->currency());
    pay.set_reference(absl::StrCat("transfer ", ++payment, " of ", name));
    auto paid = client_->Do<Invoice>(pay);
    RETURN_IF_ERROR(paid);
    if (payment == 2 && paid->payment_state() != Invoice::PAID)
      return absl::InternalError(
          absl::StrCat(name, " is not paid, but ", paid->ShortDebugString()));
  }
  return absl::OkStatus();
}

// One piece came back.
absl::Status Office::Credit(const Invoice& invoice) {
  CreditInvoiceRequest credit;
  credit.set_name(invoice.name());
  credit.set_reason("one piece arrived damaged");
  auto* line = credit.add_lines();
  line->set_line_id(invoice.lines(0).line_id());
  line->mutable_quantity()->set_value("1");
  auto credited = client_->Do<Invoice>(credit);
  RETURN_IF_ERROR(credited);
  return client_->Await<Invoice, GetInvoiceRequest>(credited->credits(0).credit_note()).status();
}

}  // namespace leadstream::testing
