// Invoices and commands on them, for the tests of billing. In most of them the customer owes 10
// desks for 30.00, less 5 %, and 4 chairs for 25.50, at 20 % tax: 285.00 + 102.00 = 387.00 net,
// 464.40 in all.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "common/domain/totals.h"
#include "leadstream/billing/v1/error_reason.pb.h"
#include "leadstream/billing/v1/events.pb.h"
#include "leadstream/billing/v1/invoice_service.pb.h"
#include "leadstream/lead/v1/account.pb.h"
#include "leadstream/ordering/v1/order.pb.h"
#include "services/billing/billing_context.h"
#include "services/billing/seller_rules.h"
#include "tests/domain/story.h"
#include "tests/message_of.h"

namespace leadstream::billing {

using namespace leadstream::billing::v1;  // NOLINT(google-build-using-namespace)

using testing::Of;

inline const char kDesksAndChairs[] = R"pb(
  lines {
    line_id: "1"
    description: "desk"
    quantity { value: "10" }
    unit_price { value: "30" }
    discount_percent { value: "5" }
    tax_rate { value: "20" }
  }
  lines {
    line_id: "2"
    description: "chair"
    quantity { value: "4" }
    unit_price { value: "25.50" }
    tax_rate { value: "20" }
  }
)pb";

// `text`, and over it `more`: a single value replaces, lists go on.
template <typename Message>
Message Of(const std::string& text, const std::string& more) {
  Message message = Of<Message>(text);
  message.MergeFrom(Of<Message>(more));
  return message;
}

// A free invoice, and whatever else the text says of the request.
inline CreateInvoiceRequest Create(const std::string& more = "") {
  return Of<CreateInvoiceRequest>(
      "invoice { account: 'accounts/acme' currency: 'EUR' payment_days: 14 " +
          std::string(kDesksAndChairs) + "}",
      more);
}
inline CreateInvoiceRequest Issued(const std::string& more = "") {
  CreateInvoiceRequest request = Create(more);
  request.set_issue(true);
  return request;
}

// Of orders/o-1, of which 6 desks and 4 chairs are fulfilled; `lines` says what is billed.
inline CreateInvoiceRequest OfOrder(const std::string& lines, const std::string& more = "") {
  return Of<CreateInvoiceRequest>(
      "invoice { account: 'accounts/acme' currency: 'EUR' order: 'orders/o-1' " + lines +
          "} order_basis { " + kDesksAndChairs +
          "fulfilled { line_id: '1' quantity { value: '6' } } fulfilled { line_id: '2' quantity { "
          "value: '4' } } }",
      more);
}

inline std::string Line(const std::string& line_id, const std::string& quantity) {
  return "lines { line_id: '" + line_id + "' quantity { value: '" + quantity + "' } } ";
}

inline UpdateInvoiceRequest Update(const std::string& invoice, const std::string& mask = "") {
  UpdateInvoiceRequest request;
  request.mutable_invoice()->CopyFrom(Of<Invoice>(invoice));
  if (!mask.empty()) request.mutable_update_mask()->add_paths(mask);
  return request;
}

inline google::type::Money Euros(const std::string& amount) {
  return domain::ToMoney(*domain::Decimal::Parse(amount), "EUR");
}

inline RecordPaymentRequest Pay(const std::string& amount, const std::string& reference,
                                const std::string& more = "") {
  auto request = Of<RecordPaymentRequest>(more);
  *request.mutable_amount() = Euros(amount);
  request.set_reference(reference);
  return request;
}

inline RefundPaymentRequest Refund(const std::string& amount, const std::string& reference) {
  RefundPaymentRequest request;
  *request.mutable_amount() = Euros(amount);
  request.set_reference(reference);
  return request;
}

inline CreditInvoiceRequest CreditOf(const std::string& lines = "") {
  return Of<CreditInvoiceRequest>("reason: 'came broken' " + lines);
}

inline HoldRemindersRequest HoldFor(const std::string& reason) {
  HoldRemindersRequest request;
  request.set_reason(reason);
  return request;
}

// "464.40 EUR"; only for amounts in cents.
inline std::string Text(const google::type::Money& money) {
  return domain::ToDecimal(money).ToString() + " " + money.currency_code();
}

// No invoice yet.
inline testing::Story NoInvoice() {
  testing::Story story(InvoiceAggregate());
  story.Named("invoices/i-1").Knows("accounts/acme", lead::v1::Account());
  return story;
}
inline testing::Story Drafted() {
  testing::Story story = NoInvoice();
  story.Given(Create());
  return story;
}
inline testing::Story IssuedInvoice() {
  testing::Story story = NoInvoice();
  story.Given(Issued());
  return story;
}

// The invoices of one partition: many resources, one memory, as their writer has them.
class Partition {
 public:
  Partition() : aggregate_(InvoiceAggregate()) {
    context_.facts = &facts_;
    context_.found = &found_;
    At(1772442000);  // 2026-03-02T09:00:00Z
  }
  void At(int64_t seconds) { context_.now.set_seconds(seconds); }

  // What the command on `name` was decided to; an accepted one is folded.
  domain::Decision Do(const std::string& name, const google::protobuf::Message& request) {
    const auto* command = aggregate_.FindCommand(request.GetDescriptor());
    const bool exists = invoices_.contains(name);
    context_.name = name;
    found_.clear();
    for (const std::string& need : domain::StillNeeded(*command, Invoice(), request, found_)) {
      if (invoices_.contains(need)) found_[need] = std::make_shared<Invoice>(invoices_.at(need));
    }
    domain::Decision decision =
        command->decide(exists ? invoices_.at(name) : Invoice(), request, context_);
    if (!decision.accepted()) return decision;
    const auto* fold = aggregate_.FindFold(decision.event().GetDescriptor()->full_name());
    Invoice& invoice = invoices_[name];
    fold->evolve(decision.event(), &invoice);
    invoice.set_name(name);
    if (fold->remember) fold->remember(decision.event(), invoice, &facts_);
    if (fold->deletes) invoices_.erase(name);
    return decision;
  }

  // As the reaction to it does.
  domain::Decision IssueCreditNote(const std::string& invoice) {
    CreateInvoiceRequest request;
    request.mutable_invoice()->set_type(Invoice::CREDIT_NOTE);
    request.mutable_invoice()->set_credited_invoice(invoice);
    const auto& credits = at(invoice).credits();
    return Do(credits[credits.size() - 1].credit_note(), request);
  }

  // Its seller is described so.
  void Describe(const Seller& seller) { Remember(SellerCreated(), seller, &facts_); }

  const Invoice& at(const std::string& name) const { return invoices_.at(name); }
  const std::map<std::string, Invoice>& all() const { return invoices_; }

 private:
  domain::Aggregate aggregate_;
  testing::RememberedFacts facts_;
  domain::Found found_;
  domain::Context context_;
  std::map<std::string, Invoice> invoices_;
};

}  // namespace leadstream::billing
