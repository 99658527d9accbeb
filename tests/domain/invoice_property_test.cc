// What holds of invoices whatever happens, over random stories of many invoices that share one
// partition.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "common/domain/tax_groups.h"
#include "tests/domain/invoice_examples.h"
#include "tests/domain/random_document.h"

namespace leadstream::billing {
namespace {

using common::v1::Totals;
using domain::Decimal;
using domain::Dice;
using domain::Quantities;
using domain::RandomDocument;

// Commands that may well be refused: what matters is what is there afterwards.
void DoSomething(Partition* partition, Dice& dice, int step) {
  const bool acme = dice.OneIn(3);
  const std::string name = (acme ? "invoices/acme." : "invoices/") + std::to_string(dice.Roll(40));
  const std::string reference = std::to_string(step);
  if (!partition->all().contains(name)) {
    auto create = Create(acme ? "invoice { seller: 'acme' }" : "");
    create.set_issue(dice.OneIn(2));
    if (dice.OneIn(4)) create.mutable_invoice()->clear_lines();
    partition->Do(name, create);
    return;
  }
  switch (dice.Roll(8)) {
    case 0:
      partition->Do(name, IssueInvoiceRequest());
      break;
    case 1:
      partition->Do(name, DeleteInvoiceRequest());
      break;
    case 2:
      partition->Do(name, Of<CancelInvoiceRequest>("reason: 'x'"));
      break;
    case 3:
      partition->Do(name, Update(kDesksAndChairs));
      break;
    case 4:
      partition->Do(name, Pay("200.20", reference));
      break;
    case 5:
      partition->Do(name, Refund("100.10", reference));
      break;
    default:
      if (!partition->Do(name, CreditOf(dice.OneIn(2) ? Line("1", "3") : "")).accepted()) return;
      EXPECT_TRUE(partition->IssueCreditNote(name).accepted());
  }
}

TEST(InvoiceNumbers, HaveNoGapAndNoDouble) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    Dice dice(seed);
    Partition partition;
    std::map<std::string, std::set<int64_t>> series;
    int64_t now = 1767225600 - 86400;  // two days across new year, UTC
    for (int step = 0; step < 400; ++step) {
      partition.At(now += 432);
      DoSomething(&partition, dice, step);
    }
    for (const auto& [name, invoice] : partition.all()) {
      ASSERT_EQ(invoice.state() == Invoice::ISSUED, !invoice.number().empty());
      if (invoice.state() != Invoice::ISSUED) continue;
      EXPECT_TRUE(series[invoice.seller() + invoice.number().substr(0, invoice.number().rfind('-'))]
                      .insert(invoice.sequence())
                      .second)
          << name;
      if (invoice.type() == Invoice::CREDIT_NOTE) continue;
      EXPECT_EQ(domain::ToDecimal(invoice.balance()),
                domain::ToDecimal(invoice.totals().total()) -
                    domain::ToDecimal(invoice.credited_amount()) -
                    domain::ToDecimal(invoice.paid_amount()));
      EXPECT_FALSE(domain::ToDecimal(invoice.paid_amount()).IsNegative());
    }
    EXPECT_GE(series.size(), 4u);
    for (const auto& [prefix, numbers] : series)
      EXPECT_EQ(*numbers.rbegin(), static_cast<int64_t>(numbers.size())) << prefix;
  }
}

// An order that is delivered in parts, with its invoices.
class DeliveredOrder {
 public:
  explicit DeliveredOrder(Dice& dice) : dice_(dice), order_(domain::MakeRandomDocument(dice)) {}

  // Delivers what `fulfilled` says in all, and invoices what is new, now or later.
  void Deliver(const Quantities& fulfilled) {
    CreateInvoiceRequest create = Asking();
    for (const auto& [line_id, quantity] : fulfilled) {
      SetQuantity(line_id, quantity, create.mutable_order_basis()->add_fulfilled());
      const Decimal now = quantity - fulfilled_[line_id];
      if (now.IsPositive()) SetQuantity(line_id, now, create.mutable_invoice()->add_lines());
    }
    fulfilled_ = fulfilled;
    if (create.invoice().lines().empty()) return;
    waiting_.push_back(create);
    if (!dice_.OneIn(3)) IssueWaiting();
  }

  // As parked reactions are retried: in any order.
  void IssueWaiting() {
    while (!waiting_.empty()) {
      const auto at = waiting_.begin() + dice_.Roll(static_cast<int64_t>(waiting_.size()));
      Issue(*at);
      waiting_.erase(at);
    }
  }

  // Credits some of an invoice.
  void Credit() {
    if (names_.empty()) return;
    const std::string name =
        names_[static_cast<size_t>(dice_.Roll(static_cast<int64_t>(names_.size())))];
    CreditInvoiceRequest request = CreditOf();
    if (dice_.OneIn(2)) {
      const auto& line = partition_.at(name).lines(0);
      const Decimal some = dice_.UpTo(Decimal::Of(line.quantity()), 2);
      if (!some.IsPositive()) return;
      SetQuantity(line.line_id(), some, request.add_lines());
    }
    const domain::Decision decision = partition_.Do(name, request);
    if (!decision.accepted()) return;
    const auto& credit = static_cast<const InvoiceCredited&>(decision.event()).credit();
    invoiced_ = domain::Minus(invoiced_, credit.totals());
    EXPECT_TRUE(partition_.IssueCreditNote(name).accepted());
  }

  // All that is delivered and, after credits, not invoiced: by hand.
  void InvoiceTheRest() {
    CreateInvoiceRequest create = Asking();
    for (const auto& [line_id, quantity] : fulfilled_)
      SetQuantity(line_id, quantity, create.mutable_order_basis()->add_fulfilled());
    const domain::Decision decision = partition_.Do("invoices/rest", create);
    if (decision.accepted()) {
      Count("invoices/rest");
    } else {
      EXPECT_EQ(decision.refusal().reason, "NOTHING_TO_INVOICE");
    }
  }

  const RandomDocument& order() const { return order_; }
  const Quantities& fulfilled() const { return fulfilled_; }
  const Totals& invoiced() const { return invoiced_; }

 private:
  template <typename Message>
  static void SetQuantity(const std::string& line_id, const Decimal& quantity, Message* message) {
    message->set_line_id(line_id);
    *message->mutable_quantity() = quantity.ToProto();
  }

  CreateInvoiceRequest Asking() const {
    auto create = Of<CreateInvoiceRequest>(
        "issue: true invoice { order: 'orders/o' account: 'accounts/acme' }");
    create.mutable_invoice()->set_currency(order_.currency);
    *create.mutable_order_basis()->mutable_lines() = order_.lines;
    *create.mutable_order_basis()->mutable_adjustments() = order_.adjustments;
    return create;
  }

  void Issue(const CreateInvoiceRequest& create) {
    const std::string name = "invoices/o-" + std::to_string(names_.size() + 1);
    const domain::Decision decision = partition_.Do(name, create);
    ASSERT_TRUE(decision.accepted()) << decision.refusal().reason << decision.refusal().message;
    names_.push_back(name);
    Count(name);
  }

  void Count(const std::string& name) {
    const Invoice& invoice = partition_.at(name);
    invoiced_ = domain::Plus(invoiced_, invoice.totals());
    Decimal nets;
    for (const auto& line : invoice.lines()) {
      EXPECT_TRUE(Decimal::Of(line.quantity()).IsPositive());
      EXPECT_FALSE(domain::ToDecimal(line.net()).IsNegative()) << line.DebugString();
      nets += domain::ToDecimal(line.net());
    }
    EXPECT_EQ(nets, domain::ToDecimal(invoice.totals().lines())) << "lines and totals of " << name;
    for (const auto& tax : invoice.totals().taxes()) {
      EXPECT_TRUE(
          std::any_of(invoice.lines().begin(), invoice.lines().end(),
                      [&](const auto& line) { return domain::KeyOf(line) == domain::KeyOf(tax); }))
          << name << " taxes what it does not bill, so that nobody can credit it: "
          << tax.ShortDebugString();
    }
  }

  Dice& dice_;
  RandomDocument order_;
  Quantities fulfilled_;
  Totals invoiced_;
  Partition partition_;
  std::vector<CreateInvoiceRequest> waiting_;
  std::vector<std::string> names_;
};

void ExpectInvoicedWholly(const DeliveredOrder& delivered) {
  const Totals totals = domain::TotalsOf(delivered.order().currency, delivered.order().lines,
                                         delivered.order().adjustments);
  EXPECT_EQ(delivered.invoiced().ShortDebugString(),
            domain::Plus(Totals(), totals).ShortDebugString());
}

TEST(InvoicesOfAnOrder, SumUpToIt) {
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    Dice dice(seed);
    DeliveredOrder delivered(dice);
    for (int64_t parts = dice.Roll(6); parts > 0; --parts)
      delivered.Deliver(domain::MoreOf(delivered.order().lines, delivered.fulfilled(), dice));
    delivered.Deliver(domain::AllOf(delivered.order().lines));
    delivered.IssueWaiting();
    ExpectInvoicedWholly(delivered);
  }
}

TEST(InvoicesOfAnOrder, LessTheirCreditsSumUpToIt) {
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    Dice dice(seed);
    DeliveredOrder delivered(dice);
    for (int64_t parts = dice.Roll(6); parts > 0; --parts) {
      delivered.Deliver(domain::MoreOf(delivered.order().lines, delivered.fulfilled(), dice));
      if (dice.OneIn(2)) delivered.Credit();
    }
    delivered.Deliver(domain::AllOf(delivered.order().lines));
    delivered.IssueWaiting();
    for (int64_t credits = dice.Roll(4); credits > 0; --credits) delivered.Credit();
    delivered.InvoiceTheRest();
    ExpectInvoicedWholly(delivered);
  }
}

}  // namespace
}  // namespace leadstream::billing
