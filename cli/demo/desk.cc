#include "cli/demo/desk.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include <utility>
#include <vector>

#include "cli/demo/await.h"
#include "cli/demo/customer.h"
#include "cli/demo/sellers.h"
#include "common/domain/date.h"
#include "common/domain/money.h"
#include "leadstream/billing/v1/invoice_service.pb.h"
#include "leadstream/lead/v1/contact_service.pb.h"
#include "leadstream/lead/v1/lead_service.pb.h"
#include "leadstream/opportunity/v1/opportunity_service.pb.h"
#include "leadstream/ordering/v1/order_service.pb.h"
#include "leadstream/quoting/v1/calculation.pb.h"
#include "leadstream/quoting/v1/error_reason.pb.h"
#include "leadstream/quoting/v1/quote_service.pb.h"
#include "services/ordering/order_rules.h"

// Leaves the function with the status of a call that failed.
#define RETURN_IF_ERROR(call) \
  if (absl::Status call_status = (call).status(); !call_status.ok()) return call_status

namespace leadstream::demo {

using billing::v1::CreditInvoiceRequest;
using billing::v1::GetInvoiceRequest;
using billing::v1::Invoice;
using lead::v1::Lead;
using opportunity::v1::GetOpportunityRequest;
using opportunity::v1::Opportunity;
using ordering::v1::CancelOrderRequest;
using ordering::v1::FulfillOrderRequest;
using ordering::v1::GetOrderRequest;
using ordering::v1::Order;
using quoting::v1::Quote;

namespace {

constexpr const char* kOwners[] = {"anna", "bela", "clara", "dieter"};
constexpr const char* kCompetitors[] = {"Northwind Automation", "Gerber & Söhne", "Pannon Ipar"};

absl::CivilDay Today(const Office& office) {
  return absl::ToCivilDay(office.Now(), absl::UTCTimeZone());
}

// The price lists are in two currencies: the budget's if it is one of them, else by where they are.
std::string CurrencyOf(const Lead& lead) {
  const std::string& budget = lead.budget().amount().currency_code();
  if (budget == "HUF" || budget == "EUR") return budget;
  return lead.address().country() == "HU" || lead.language() == "hu" ? "HUF" : "EUR";
}

// What is left of each line to be delivered, halved: at least one of something.
void HalfOf(const Order& order, FulfillOrderRequest* fulfill) {
  const domain::Decimal two(2);
  for (const auto& line : order.lines()) {
    const domain::Decimal half = domain::Decimal::Of(line.line().quantity()).DividedDown(two, 0);
    if (!half.IsPositive()) continue;
    auto* part = fulfill->add_lines();
    part->set_line_id(line.line().line_id());
    *part->mutable_quantity() = half.ToProto();
  }
  if (fulfill->lines_size() == 0 && order.lines_size() > 1)
    fulfill->add_lines()->set_line_id(order.lines(0).line().line_id());
}

}  // namespace

absl::Status Desk::Work(const Lead& lead) {
  Fate fate(lead.name());
  sales_->Pass(fate.Days(0, 2));
  lead::v1::AssignLeadRequest assign;
  assign.set_name(lead.name());
  assign.set_owner(kOwners[fate.Below(4)]);
  RETURN_IF_ERROR(sales_->Call<Lead>(assign));

  const bool interested = !lead.need().empty();
  const bool can_pay = lead.budget().confirmed() || !lead.decision_maker().empty();
  if (!interested || !can_pay) return GiveUp(lead, fate);

  sales_->Pass(fate.Days(0, 4));
  lead::v1::MarkLeadContactedRequest contacted;
  contacted.set_name(lead.name());
  contacted.set_note("called back");
  RETURN_IF_ERROR(sales_->Call<Lead>(contacted));
  sales_->Pass(fate.Days(1, 10));
  lead::v1::QualifyLeadRequest qualify;
  qualify.set_name(lead.name());
  qualify.set_currency(CurrencyOf(lead));
  auto qualified = sales_->Call<lead::v1::QualifyLeadResponse>(qualify);
  RETURN_IF_ERROR(qualified);
  auto opportunity = Await<Opportunity, GetOpportunityRequest>(sales_, qualified->opportunity());
  RETURN_IF_ERROR(opportunity);
  return Develop(*opportunity, qualified->contact(), fate);
}

// Some who show no interest or no means are given up; the others stay open.
absl::Status Desk::GiveUp(const Lead& lead, Fate fate) {
  if (!fate.Chance(40)) return absl::OkStatus();
  sales_->Pass(fate.Days(5, 30));
  lead::v1::DisqualifyLeadRequest disqualify;
  disqualify.set_name(lead.name());
  disqualify.set_reason(fate.Chance(50) ? Lead::NO_LONGER_INTERESTED : Lead::CANNOT_CONTACT);
  return sales_->Call<Lead>(disqualify).status();
}

absl::Status Desk::Develop(const Opportunity& opportunity, const std::string& contact, Fate fate) {
  const std::string& name = opportunity.name();
  sales_->Pass(fate.Days(1, 7));
  quoting::v1::CalculatePriceRequest calculate;
  calculate.set_currency(opportunity.currency());
  calculate.set_price_list(catalogue_->PriceListOf(opportunity.currency()));
  const auto& products = catalogue_->products();
  const int count = 1 + fate.Below(3);
  const int first = fate.Below(static_cast<int>(products.size()));
  for (int i = 0; i < count; ++i) {
    const quoting::v1::Product& product =
        products[static_cast<size_t>(first + 2 * i) % products.size()];
    auto& line = *calculate.add_lines();
    line.set_product(product.name());
    const int most = product.components().empty() ? 40 : 3;
    *line.mutable_quantity() = domain::Decimal(1 + fate.Below(most)).ToProto();
  }
  auto calculated = sales_->Call<quoting::v1::CalculatePriceResponse>(calculate);
  RETURN_IF_ERROR(calculated);
  opportunity::v1::AddOpportunityLinesRequest add;
  add.set_name(name);
  *add.mutable_lines() = calculated->lines();
  RETURN_IF_ERROR(sales_->Call<Opportunity>(add));

  opportunity::v1::UpdateOpportunityRequest update;
  update.mutable_opportunity()->set_name(name);
  *update.mutable_opportunity()->mutable_estimated_close_date() =
      domain::ToDate(Today(*sales_) + 20 + fate.Below(60));
  // Its lines say more than what the lead had to spend.
  update.mutable_opportunity()->set_revenue_method(Opportunity::SYSTEM_CALCULATED);
  update.mutable_update_mask()->add_paths("estimated_close_date");
  update.mutable_update_mask()->add_paths("revenue_method");
  RETURN_IF_ERROR(sales_->Call<Opportunity>(update));
  if (!contact.empty()) {
    opportunity::v1::AddStakeholderRequest stakeholder;
    stakeholder.set_name(name);
    stakeholder.mutable_stakeholder()->set_contact(contact);
    stakeholder.mutable_stakeholder()->set_role(opportunity::v1::Stakeholder::CHAMPION);
    // The contact follows from the lead by a reaction of its own.
    RETURN_IF_ERROR((Await<lead::v1::Contact, lead::v1::GetContactRequest>(sales_, contact)));
    RETURN_IF_ERROR(sales_->Call<Opportunity>(stakeholder));
  }
  opportunity::v1::MoveOpportunityToStageRequest move;
  move.set_name(name);
  move.set_stage("develop");
  auto developed = sales_->Call<Opportunity>(move);
  RETURN_IF_ERROR(developed);
  sales_->Pass(fate.Days(2, 14));
  if (fate.Chance(12)) return Lose(name, &fate);
  if (fate.Chance(10)) {
    opportunity::v1::HoldOpportunityRequest hold;
    hold.set_name(name);
    hold.set_note("their budget is decided next quarter");
    return sales_->Call<Opportunity>(hold).status();
  }
  return Propose(*developed, fate);
}

absl::Status Desk::Propose(const Opportunity& opportunity, Fate fate) {
  opportunity::v1::MoveOpportunityToStageRequest move;
  move.set_name(opportunity.name());
  move.set_stage("propose");
  RETURN_IF_ERROR(sales_->Call<Opportunity>(move));

  sales_->Pass(fate.Days(0, 3));
  quoting::v1::CreateQuoteRequest create;
  Quote& draft = *create.mutable_quote();
  draft.set_opportunity(opportunity.name());
  if (opportunity.currency() != "HUF") draft.set_seller(kForeignSeller);
  draft.set_price_list(catalogue_->PriceListOf(opportunity.currency()));
  *draft.mutable_valid_to() = domain::ToDate(Today(*sales_) + 30);
  draft.set_payment_days(fate.Chance(50) ? 14 : 30);
  if (fate.Chance(40))
    draft.mutable_adjustments()->mutable_discount_percent()->set_value(
        absl::StrCat(2 + fate.Below(6)));
  if (fate.Chance(30))
    draft.mutable_adjustments()->mutable_freight()->set_value(
        opportunity.currency() == "HUF" ? "12500" : "39.90");
  auto quote = sales_->Call<Quote>(create);
  RETURN_IF_ERROR(quote);
  absl::Status sent = Activate(&*quote, &fate);
  if (sent.ok() && fate.Chance(30)) sent = Revise(&*quote, &fate);
  if (!sent.ok()) return sent;
  sales_->Pass(fate.Days(1, 15));
  if (fate.Chance(10)) return absl::OkStatus();  // they have not answered yet
  if (fate.Chance(25)) return Lose(opportunity.name(), &fate);
  move.set_stage("close");
  RETURN_IF_ERROR(sales_->Call<Opportunity>(move));
  return Accept(*quote, fate);
}

absl::Status Desk::Revise(Quote* quote, Fate* fate) {
  sales_->Pass(fate->Days(1, 7));
  quoting::v1::ReviseQuoteRequest revise;
  revise.set_name(quote->name());
  revise.set_note("they asked for a better price");
  RETURN_IF_ERROR(sales_->Call<Quote>(revise));
  quoting::v1::UpdateQuoteLineRequest update;
  update.set_name(quote->name());
  update.mutable_line()->set_line_id(quote->lines(0).line_id());
  update.mutable_line()->mutable_discount_percent()->set_value(absl::StrCat(3 + fate->Below(8)));
  update.mutable_update_mask()->add_paths("discount_percent");
  RETURN_IF_ERROR(sales_->Call<Quote>(update));
  return Activate(quote, fate);
}

// What discounts need approval is the server's to say.
absl::Status Desk::Activate(Quote* quote, Fate* fate) {
  quoting::v1::ActivateQuoteRequest activate;
  activate.set_name(quote->name());
  auto active = sales_->Call<Quote>(activate);
  if (!active.ok() &&
      absl::StrContains(active.status().message(),
                        quoting::v1::ErrorReason_Name(quoting::v1::QUOTE_APPROVAL_REQUIRED))) {
    absl::Status asked = AskForApproval(quote, fate);
    if (!asked.ok()) return asked;
    active = sales_->Call<Quote>(activate);
  }
  RETURN_IF_ERROR(active);
  *quote = *active;
  return absl::OkStatus();
}

// The manager approves most; where not, the customer gets nothing off.
absl::Status Desk::AskForApproval(Quote* quote, Fate* fate) {
  quoting::v1::RequestApprovalRequest request;
  request.set_name(quote->name());
  request.set_note("they buy from us every year");
  RETURN_IF_ERROR(sales_->Call<Quote>(request));
  if (fate->Chance(80)) {
    quoting::v1::ApproveDiscountRequest approve;
    approve.set_name(quote->name());
    return manager_->Call<Quote>(approve).status();
  }
  quoting::v1::RejectDiscountRequest reject;
  reject.set_name(quote->name());
  reject.set_note("not in this quarter");
  RETURN_IF_ERROR(manager_->Call<Quote>(reject));
  quoting::v1::UpdateQuoteRequest update;
  update.mutable_quote()->set_name(quote->name());
  update.mutable_update_mask()->add_paths("adjustments.discount_percent");
  auto dearer = sales_->Call<Quote>(update);
  RETURN_IF_ERROR(dearer);
  if (!dearer->lines(0).has_discount_percent()) return absl::OkStatus();
  quoting::v1::UpdateQuoteLineRequest line;
  line.set_name(quote->name());
  line.mutable_line()->set_line_id(dearer->lines(0).line_id());
  line.mutable_update_mask()->add_paths("discount_percent");
  return sales_->Call<Quote>(line).status();
}

absl::Status Desk::Lose(const std::string& opportunity, Fate* fate) {
  opportunity::v1::LoseOpportunityRequest lose;
  lose.set_name(opportunity);
  lose.set_close_quotes(true);
  lose.set_reason(fate->Chance(40)   ? Opportunity::OUT_SOLD
                  : fate->Chance(50) ? Opportunity::PRICE
                                     : Opportunity::NO_DECISION);
  if (lose.reason() == Opportunity::OUT_SOLD) lose.set_competitor(kCompetitors[fate->Below(3)]);
  return sales_->Call<Opportunity>(lose).status();
}

absl::Status Desk::Accept(const Quote& quote, Fate fate) {
  quoting::v1::AcceptQuoteRequest accept;
  accept.set_name(quote.name());
  accept.set_note("signed, by e-mail");
  auto won = sales_->Call<Quote>(accept);
  RETURN_IF_ERROR(won);
  auto order = Await<Order, GetOrderRequest>(sales_, won->order());
  RETURN_IF_ERROR(order);
  RETURN_IF_ERROR((Await<Opportunity, GetOpportunityRequest>(
      sales_, quote.opportunity(),
      [](const Opportunity& one) { return one.state() == Opportunity::WON; })));
  sales_->Pass(fate.Days(0, 1));
  ordering::v1::SubmitOrderRequest submit;
  submit.set_name(order->name());
  RETURN_IF_ERROR(sales_->Call<Order>(submit));
  if (Fate(order->opportunity()).Chance(30)) {
    absl::Status asked = AskForDeposit(*order, fate);
    if (!asked.ok()) return asked;
  }
  return Deliver(*order, fate);
}

// A third before anything is delivered.
absl::Status Desk::AskForDeposit(const Order& order, Fate fate) {
  billing::v1::CreateInvoiceRequest create;
  create.set_invoice_id(
      absl::StrCat(ordering::InvoiceStemOf(order.name(), order.seller()), "-deposit"));
  create.set_issue(true);
  Invoice* deposit = create.mutable_invoice();
  deposit->set_type(Invoice::DEPOSIT);
  deposit->set_order(order.name());
  deposit->mutable_deposit_percent()->set_value("33.3");
  auto asked = sales_->Call<Invoice>(create);
  RETURN_IF_ERROR(asked);
  return Pay({*asked}, &fate, sales_);
}

// All at once, or a part first: then the rest comes later, or is canceled, or is still to come.
absl::Status Desk::Deliver(const Order& order, Fate fate) {
  sales_->Pass(fate.Days(2, 21));
  FulfillOrderRequest fulfill;
  fulfill.set_name(order.name());
  fulfill.set_carrier("DHL");
  fulfill.set_tracking(absl::StrCat("JD", 100000 + fate.Below(900000)));
  if (fate.Chance(35)) {
    FulfillOrderRequest half = fulfill;
    HalfOf(order, &half);
    auto partly = sales_->Call<Order>(half);
    RETURN_IF_ERROR(partly);
    if (fate.Chance(35)) return Bill(order.name(), fate);
    sales_->Pass(fate.Days(5, 20));
    if (partly->state() == Order::PARTIALLY_FULFILLED && fate.Chance(30)) {
      CancelOrderRequest cancel;
      cancel.set_name(order.name());
      cancel.set_reason("the rest is no longer needed");
      RETURN_IF_ERROR(sales_->Call<Order>(cancel));
      return Bill(order.name(), fate);
    }
    if (partly->state() != Order::PARTIALLY_FULFILLED) return Bill(order.name(), fate);
  }
  RETURN_IF_ERROR(sales_->Call<Order>(fulfill));
  return Bill(order.name(), fate);
}

// Each delivery is invoiced by itself.
absl::Status Desk::Bill(const std::string& name, Fate fate) {
  GetOrderRequest get;
  get.set_name(name);
  auto order = sales_->Call<Order>(get);
  RETURN_IF_ERROR(order);
  std::vector<Invoice> invoices;
  std::string credited;
  for (const auto& fulfillment : order->fulfillments()) {
    auto invoice = Await<Invoice, GetInvoiceRequest>(sales_, fulfillment.invoice());
    RETURN_IF_ERROR(invoice);
    if (credited.empty() && fate.Chance(8)) {
      absl::Status given = Credit(*invoice);
      if (!given.ok()) return given;
      credited = invoice->name();
      invoice = Await<Invoice, GetInvoiceRequest>(sales_, credited);
      RETURN_IF_ERROR(invoice);
    }
    invoices.push_back(*std::move(invoice));
  }
  absl::Status paid = Pay(invoices, &fate, sales_);
  if (!paid.ok()) return paid;
  const int documents = order->fulfillments_size() + (credited.empty() ? 0 : 1);
  return Await<Order, GetOrderRequest>(
             sales_, name,
             [documents](const Order& one) {
               return documents ==
                      std::count_if(one.invoices().begin(), one.invoices().end(), [](auto& told) {
                        return told.type() != ordering::v1::OrderInvoice::DEPOSIT;
                      });
             })
      .status();
}

// One piece of the first line came back.
absl::Status Desk::Credit(const Invoice& invoice) {
  CreditInvoiceRequest credit;
  credit.set_name(invoice.name());
  credit.set_reason("one piece arrived damaged");
  auto* line = credit.add_lines();
  line->set_line_id(invoice.lines(0).line_id());
  line->mutable_quantity()->set_value("1");
  auto credited = sales_->Call<Invoice>(credit);
  RETURN_IF_ERROR(credited);
  return Await<Invoice, GetInvoiceRequest>(sales_, credited->credits(0).credit_note()).status();
}

}  // namespace leadstream::demo
