// What callers want of quotes, orders and invoices.
#include <absl/strings/str_cat.h>

#include "common/domain/date.h"
#include "leadstream/billing/v1/invoice_service.pb.h"
#include "leadstream/ordering/v1/order_service.pb.h"
#include "leadstream/quoting/v1/quote_service.pb.h"
#include "tests/simulation/clients.h"

namespace leadstream::simulation {
namespace {

using google::protobuf::Message;
using quoting::v1::Quote;

common::v1::Line Desks(int quantity) {
  common::v1::Line line;
  line.set_description("desk");
  line.mutable_quantity()->set_value(absl::StrCat(quantity));
  line.mutable_unit_price()->set_value("30");
  line.mutable_tax_rate()->set_value("20");
  return line;
}

template <typename Request>
std::shared_ptr<Request> On(const std::string& name, const std::string& etag) {
  auto request = std::make_shared<Request>();
  request->set_name(name);
  request->set_etag(etag);
  return request;
}

}  // namespace

std::shared_ptr<Message> Clients::OfQuotes() {
  Random& random = world_->random;
  const std::string name = goes_on_with_.empty() && random.Chance(0.3) ? "" : Pick("quotes");
  if (name.empty()) {
    auto create = std::make_shared<quoting::v1::CreateQuoteRequest>();
    create->mutable_quote()->set_account("accounts/acme");
    create->mutable_quote()->set_currency("EUR");
    create->mutable_quote()->set_topic("desks");
    *create->mutable_quote()->add_lines() = Desks(1 + random.Below(20));
    if (random.Chance(0.5))
      *create->mutable_quote()->mutable_valid_to() =
          domain::ToDate(absl::ToCivilDay(world_->scheduler.begin(), absl::UTCTimeZone()));
    if (random.Chance(0.5)) create->set_quote_id(absl::StrCat("q", random.Below(1'000)));
    return create;
  }
  const auto& known = static_cast<const Quote&>(*known_[name].resource);
  const std::string etag = EtagOf(name);
  if (random.Chance(0.6)) {
    if (known.state() == Quote::DRAFT) return On<quoting::v1::ActivateQuoteRequest>(name, etag);
    if (known.state() == Quote::ACTIVE) return On<quoting::v1::AcceptQuoteRequest>(name, etag);
  }
  switch (random.Below(6)) {
    case 0: {
      auto add = On<quoting::v1::AddQuoteLinesRequest>(name, etag);
      *add->add_lines() = Desks(1 + random.Below(5));
      return add;
    }
    case 1:
      return On<quoting::v1::ReviseQuoteRequest>(name, etag);
    case 2:
      if (random.Chance(0.2)) return On<quoting::v1::DeleteQuoteRequest>(name, etag);
      [[fallthrough]];
    default: {
      auto update = std::make_shared<quoting::v1::UpdateQuoteRequest>();
      update->mutable_quote()->set_name(name);
      update->mutable_quote()->set_etag(etag);
      update->mutable_quote()->set_topic(absl::StrCat("topic ", random.Below(1'000'000)));
      update->mutable_update_mask()->add_paths("topic");
      return update;
    }
  }
}

std::shared_ptr<Message> Clients::OfOrders() {
  Random& random = world_->random;
  std::string name = Pick("orders");
  if (name.empty() || (name != goes_on_with_ && random.Chance(0.5))) {
    name = Pick("quotes");
    if (name.empty()) return nullptr;
    name = absl::StrCat("orders/", name.substr(name.find('/') + 1));
  }
  const std::string etag = EtagOf(name);
  if (random.Chance(0.6)) {
    auto fulfill = On<ordering::v1::FulfillOrderRequest>(name, etag);
    if (random.Chance(0.7)) {
      auto* line = fulfill->add_lines();
      line->set_line_id("1");
      line->mutable_quantity()->set_value("1");
    }
    return fulfill;
  }
  if (random.Chance(0.2)) return On<ordering::v1::SubmitOrderRequest>(name, etag);
  auto update = std::make_shared<ordering::v1::UpdateOrderRequest>();
  update->mutable_order()->set_name(name);
  update->mutable_order()->set_etag(etag);
  update->mutable_order()->set_notes(absl::StrCat("note ", random.Below(1'000'000)));
  update->mutable_update_mask()->add_paths("notes");
  return update;
}

std::shared_ptr<Message> Clients::OfInvoices() {
  Random& random = world_->random;
  std::string name = Pick("invoices");
  if (name.empty() || (name != goes_on_with_ && random.Chance(0.4))) {
    auto create = std::make_shared<billing::v1::CreateInvoiceRequest>();
    create->mutable_invoice()->mutable_buyer()->set_name("Kovács Kft.");
    create->mutable_invoice()->set_currency("EUR");
    *create->mutable_invoice()->add_lines() = Desks(1 + random.Below(20));
    create->set_issue(random.Chance(0.5));
    return create;
  }
  if (name != goes_on_with_ && random.Chance(0.4)) {
    const std::string order = Pick("orders");
    if (!order.empty()) name = absl::StrCat("invoices/", order.substr(order.find('/') + 1), "-1");
  }
  const std::string etag = EtagOf(name);
  switch (random.Below(3)) {
    case 0:
      return On<billing::v1::IssueInvoiceRequest>(name, etag);
    case 1: {
      auto credit = On<billing::v1::CreditInvoiceRequest>(name, etag);
      credit->set_reason("they sent it back");
      return credit;
    }
    default: {
      auto pay = On<billing::v1::RecordPaymentRequest>(name, etag);
      pay->mutable_amount()->set_currency_code("EUR");
      pay->mutable_amount()->set_units(1 + random.Below(50));
      return pay;
    }
  }
}

}  // namespace leadstream::simulation
