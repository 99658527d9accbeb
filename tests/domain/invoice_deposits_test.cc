// What is asked for of an order in advance, what of it the order's invoices deduct, and what
// becomes of the rest.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/domain/money.h"
#include "common/domain/tax_groups.h"
#include "tests/domain/invoice_examples.h"
#include "tests/domain/random_document.h"

namespace leadstream::billing {
namespace {

using domain::Decimal;
using domain::Dice;
using domain::Quantities;
using domain::TaxKey;

// On orders/o-1, which comes to 464.40, and of which 6 desks and 4 chairs are fulfilled: 327.60.
CreateInvoiceRequest Deposit(const std::string& terms, const std::string& more = "") {
  return OfOrder("", "issue: true invoice { type: DEPOSIT " + terms + " } " + more);
}
CreateInvoiceRequest Percent(const std::string& percent) {
  return Deposit("deposit_percent { value: '" + percent + "' }");
}
CreateInvoiceRequest Delivered() { return OfOrder("", "issue: true"); }
// The other 4 desks: 136.80.
CreateInvoiceRequest TheRest() {
  auto create = OfOrder("", "issue: true");
  create.mutable_order_basis()->mutable_fulfilled(0)->mutable_quantity()->set_value("10");
  return create;
}

void ExpectDone(const domain::Decision& decision) {
  EXPECT_TRUE(decision.accepted()) << decision.refusal().reason << decision.refusal().message;
}
void ExpectRefused(const domain::Decision& decision, ErrorReason reason, const std::string& field) {
  ASSERT_FALSE(decision.accepted());
  EXPECT_EQ(decision.refusal().reason, ErrorReason_Name(reason));
  ASSERT_EQ(decision.refusal().fields.size(), 1u);
  EXPECT_EQ(decision.refusal().fields[0].field, field) << decision.refusal().fields[0].description;
}

TEST(ADeposit, AsksForAPartOfTheOrderWithItsTax) {
  Partition partition;
  ExpectDone(partition.Do("invoices/d", Percent("30")));
  const Invoice& deposit = partition.at("invoices/d");
  EXPECT_EQ(deposit.number(), "DEP-2026-000001");
  EXPECT_EQ(Text(deposit.totals().total()), "139.32 EUR");
  EXPECT_EQ(Text(deposit.totals().net()), "116.1 EUR");
  EXPECT_EQ(Text(deposit.totals().taxes(0).tax()), "23.22 EUR");
  EXPECT_EQ(Text(deposit.balance()), "139.32 EUR");
  EXPECT_EQ(deposit.payment_state(), Invoice::UNPAID);
  ASSERT_EQ(deposit.lines_size(), 1);
  EXPECT_EQ(Text(deposit.lines(0).net()), "116.1 EUR");
}

TEST(ADeposit, IsPaidAsAnInvoiceIs) {
  Partition partition;
  ExpectDone(partition.Do("invoices/d", Percent("30")));
  ExpectDone(partition.Do("invoices/d", Pay("139.32", "TR-1")));
  EXPECT_EQ(partition.at("invoices/d").payment_state(), Invoice::PAID);
}

TEST(ADeposit, IsDeductedFromTheNextInvoiceOfItsOrder) {
  Partition partition;
  ExpectDone(partition.Do("invoices/d", Percent("30")));
  ExpectDone(partition.Do("invoices/i", Delivered()));
  const Invoice& invoice = partition.at("invoices/i");
  EXPECT_EQ(Text(invoice.totals().total()), "327.6 EUR") << "it bills all that was delivered";
  ASSERT_EQ(invoice.deductions_size(), 1);
  EXPECT_EQ(invoice.deductions(0).deposit(), "invoices/d");
  EXPECT_EQ(invoice.deductions(0).number(), "DEP-2026-000001");
  EXPECT_EQ(Text(invoice.deductions(0).totals().tax()), "23.22 EUR");
  EXPECT_EQ(Text(invoice.deducted_amount()), "139.32 EUR");
  EXPECT_EQ(Text(invoice.balance()), "188.28 EUR");
  ExpectDone(partition.Do("invoices/i2", TheRest()));
  EXPECT_EQ(partition.at("invoices/i2").deductions_size(), 0);
}

TEST(ADeposit, ThatIsMoreThanAnInvoiceIsDeductedFromTheNextAsWell) {
  Partition partition;
  ExpectDone(partition.Do("invoices/d", Percent("90")));  // 417.96
  ExpectDone(partition.Do("invoices/i", Delivered()));
  EXPECT_EQ(Text(partition.at("invoices/i").balance()), "0 EUR");
  EXPECT_EQ(partition.at("invoices/i").payment_state(), Invoice::PAID);
  ExpectDone(partition.Do("invoices/i2", TheRest()));
  EXPECT_EQ(Text(partition.at("invoices/i2").deducted_amount()), "90.36 EUR");
  EXPECT_EQ(Text(partition.at("invoices/i2").balance()), "46.44 EUR");
}

TEST(ADeposit, AsksForNoMoreThanIsLeftOfItsOrder) {
  Partition partition;
  ExpectDone(partition.Do("invoices/d", Percent("60")));
  ExpectRefused(partition.Do("invoices/d2", Percent("40.01")), DEPOSIT_EXCEEDS_ORDER,
                "invoice.deposit_percent");
  ExpectDone(partition.Do("invoices/d2", Percent("40")));
  ExpectRefused(
      partition.Do("invoices/d3", Deposit("deposit_amount { currency_code: 'EUR' units: 1 }")),
      DEPOSIT_EXCEEDS_ORDER, "invoice.deposit_amount");
}

TEST(ADeposit, AsksForNothingThatIsInvoicedOrCanceled) {
  Partition partition;
  ExpectDone(partition.Do("invoices/i", Delivered()));
  const std::string rest = "deposit_amount { currency_code: 'EUR' units: 136 nanos: 810000000 }";
  ExpectRefused(partition.Do("invoices/d", Deposit(rest)), DEPOSIT_EXCEEDS_ORDER,
                "invoice.deposit_amount");
  const std::string canceled = "order_basis { canceled { line_id: '1' quantity { value: '4' } } }";
  ExpectRefused(partition.Do("invoices/d",
                             Deposit("deposit_amount { currency_code: 'EUR' units: 1 }", canceled)),
                DEPOSIT_EXCEEDS_ORDER, "invoice.deposit_amount");
}

TEST(ADeposit, NeedsTermsThatMakeSense) {
  Partition partition;
  const auto refused = [&](const CreateInvoiceRequest& create, const std::string& field) {
    ExpectRefused(partition.Do("invoices/d", create), DEPOSIT_TERMS_INVALID, "invoice." + field);
  };
  refused(Deposit(""), "deposit_amount");
  refused(
      Deposit("deposit_percent { value: '30' } deposit_amount { currency_code: 'EUR' units: 1 }"),
      "deposit_percent");
  refused(Percent("0"), "deposit_percent");
  refused(Percent("100.1"), "deposit_percent");
  refused(Deposit("deposit_amount { currency_code: 'USD' units: 1 }"), "deposit_amount");
  refused(OfOrder("deposit_percent { value: '30' }"), "deposit_percent");
  refused(Of<CreateInvoiceRequest>("invoice { type: DEPOSIT account: 'accounts/acme' currency: "
                                   "'EUR' deposit_percent { value: '30' } }"),
          "order");
  ExpectRefused(
      partition.Do("invoices/d", Deposit("deposit_percent { value: '30' } " + Line("1", "1"))),
      INVOICE_FIELD_FIXED, "invoice.lines");
}

TEST(ADeposit, AsADraftHoldsNothingBack) {
  Partition partition;
  auto draft = Percent("100");
  draft.set_issue(false);
  ExpectDone(partition.Do("invoices/d", draft));
  EXPECT_EQ(Text(partition.at("invoices/d").totals().total()), "464.4 EUR");
  ExpectDone(partition.Do("invoices/i", Delivered()));
  EXPECT_EQ(partition.at("invoices/i").deductions_size(), 0);
  ExpectRefused(partition.Do("invoices/d", IssueInvoiceRequest()), DEPOSIT_EXCEEDS_ORDER,
                "deposit_percent");
  ExpectDone(
      partition.Do("invoices/d", Update("deposit_percent { value: '25' }", "deposit_percent")));
  ExpectDone(partition.Do("invoices/d", IssueInvoiceRequest()));
  EXPECT_EQ(Text(partition.at("invoices/d").balance()), "116.1 EUR");
}

TEST(ADeposit, IsCreditedAsFarAsItIsNotDeducted) {
  Partition partition;
  ExpectDone(partition.Do("invoices/d", Percent("90")));
  ExpectDone(partition.Do("invoices/d", Pay("417.96", "TR-1")));
  ExpectDone(partition.Do("invoices/i", Delivered()));
  ExpectDone(partition.Do("invoices/d", CreditOf()));
  ExpectDone(partition.IssueCreditNote("invoices/d"));
  EXPECT_EQ(Text(partition.at("invoices/d").credited_amount()), "90.36 EUR");
  EXPECT_EQ(Text(partition.at("invoices/d").balance()), "-90.36 EUR");
  EXPECT_EQ(partition.at("invoices/d").payment_state(), Invoice::OVERPAID);
  const Invoice& note = partition.at("invoices/d-cn1");
  EXPECT_EQ(note.credited_type(), Invoice::DEPOSIT);
  EXPECT_EQ(Text(note.totals().total()), "90.36 EUR");
  const domain::Decision again = partition.Do("invoices/d", CreditOf());
  ASSERT_FALSE(again.accepted());
  EXPECT_EQ(again.refusal().reason, "NOTHING_TO_CREDIT");
  ExpectRefused(partition.Do("invoices/d", CreditOf(Line("deposit-1", "1"))), INVOICE_FIELD_FIXED,
                "lines");
}

TEST(ADeposit, IsDeductedAnewWhenWhatDeductedItIsCredited) {
  Partition partition;
  ExpectDone(partition.Do("invoices/d", Percent("30")));
  ExpectDone(partition.Do("invoices/i", Delivered()));
  ExpectDone(partition.Do("invoices/i", Pay("188.28", "TR-2")));
  ExpectDone(partition.Do("invoices/i", CreditOf()));
  ExpectDone(partition.IssueCreditNote("invoices/i"));
  EXPECT_EQ(partition.at("invoices/i").deductions_size(), 0);
  EXPECT_EQ(Text(partition.at("invoices/i").balance()), "-188.28 EUR") << "what was paid on it";
  EXPECT_EQ(Text(partition.at("invoices/i-cn1").deducted_amount()), "139.32 EUR");
  ExpectDone(partition.Do("invoices/again", Delivered()));
  EXPECT_EQ(Text(partition.at("invoices/again").deducted_amount()), "139.32 EUR");
}

TEST(ADeposit, StaysDeductedAsLongAsEnoughIsLeftOfTheInvoice) {
  Partition partition;
  ExpectDone(partition.Do("invoices/d", Percent("30")));
  ExpectDone(partition.Do("invoices/i", Delivered()));
  ExpectDone(partition.Do("invoices/i", CreditOf(Line("1", "2"))));  // 68.40
  EXPECT_EQ(Text(partition.at("invoices/i").deducted_amount()), "139.32 EUR");
  EXPECT_EQ(Text(partition.at("invoices/i").balance()), "119.88 EUR");
}

// An order with deposits, deliveries and credits in any order, by rate.
class AdvancedOrder {
 public:
  explicit AdvancedOrder(Dice& dice) : dice_(dice), order_(domain::MakeRandomDocument(dice)) {}

  void Ask() {
    auto create = Asking();
    create.mutable_invoice()->set_type(Invoice::DEPOSIT);
    create.mutable_invoice()->mutable_deposit_percent()->set_value(
        std::to_string(dice_.Roll(60) + 1));
    Do(create);
  }
  void Deliver(const Quantities& fulfilled) {
    auto create = Asking();
    for (const auto& [line_id, quantity] : fulfilled) {
      auto& line = *create.mutable_order_basis()->add_fulfilled();
      line.set_line_id(line_id);
      *line.mutable_quantity() = quantity.ToProto();
    }
    fulfilled_ = fulfilled;
    Do(create);
  }
  void Credit() {
    if (names_.empty()) return;
    const std::string& name =
        names_[static_cast<size_t>(dice_.Roll(static_cast<int64_t>(names_.size())))];
    if (partition_.Do(name, CreditOf()).accepted()) {
      EXPECT_TRUE(partition_.IssueCreditNote(name).accepted());
    }
    Check();
  }

  const domain::RandomDocument& order() const { return order_; }
  const Quantities& fulfilled() const { return fulfilled_; }
  int deposits() const { return deposits_; }

  // Asked for, by rate: by deposits, and by invoices beyond what they deduct.
  std::map<TaxKey, std::pair<Decimal, Decimal>> AskedFor() const {
    std::map<TaxKey, std::pair<Decimal, Decimal>> asked;
    const auto add = [&](const common::v1::Totals& totals, int sign) {
      for (const auto& tax : totals.taxes()) {
        auto& [net, of_tax] = asked[domain::KeyOf(tax)];
        net += Decimal(sign) * domain::ToDecimal(tax.taxable());
        of_tax += Decimal(sign) * domain::ToDecimal(tax.tax());
      }
    };
    for (const auto& [name, invoice] : partition_.all()) {
      if (invoice.state() != Invoice::ISSUED) continue;
      const int sign = invoice.type() == Invoice::CREDIT_NOTE ? -1 : 1;
      add(invoice.totals(), sign);
      if (sign < 0) continue;  // an invoice's deductions are what is left of them
      for (const Deduction& deduction : invoice.deductions()) add(deduction.totals(), -1);
    }
    return asked;
  }
  // Nothing of any deposit is used twice, and nothing below zero.
  void Check() const {
    std::map<std::string, Decimal> used;
    for (const auto& [name, invoice] : partition_.all()) {
      if (invoice.type() == Invoice::CREDIT_NOTE) continue;
      Decimal sum = domain::ToDecimal(invoice.credited_amount());
      for (const Deduction& deduction : invoice.deductions()) {
        const Decimal amount = domain::ToDecimal(deduction.totals().total());
        EXPECT_TRUE(amount.IsPositive());
        used[deduction.deposit()] += amount;
        sum += amount;
      }
      if (invoice.type() == Invoice::DEPOSIT) used[name] += sum;
      EXPECT_LE(sum, domain::ToDecimal(invoice.totals().total())) << name;
      EXPECT_EQ(domain::ToDecimal(invoice.balance()),
                domain::ToDecimal(invoice.totals().total()) - sum);
    }
    for (const auto& [deposit, amount] : used) {
      ASSERT_TRUE(partition_.all().contains(deposit)) << deposit;
      EXPECT_LE(amount, domain::ToDecimal(partition_.at(deposit).totals().total()));
    }
  }

 private:
  CreateInvoiceRequest Asking() const {
    auto create = Of<CreateInvoiceRequest>(
        "issue: true invoice { order: 'orders/o' account: 'accounts/acme' }");
    create.mutable_invoice()->set_currency(order_.currency);
    *create.mutable_order_basis()->mutable_lines() = order_.lines;
    *create.mutable_order_basis()->mutable_adjustments() = order_.adjustments;
    return create;
  }
  void Do(const CreateInvoiceRequest& create) {
    const std::string name = "invoices/" + std::to_string(names_.size() + 1);
    const domain::Decision decision = partition_.Do(name, create);
    if (!decision.accepted()) {
      const std::set<std::string> expected = {"DEPOSIT_EXCEEDS_ORDER", "NOTHING_TO_INVOICE"};
      EXPECT_TRUE(expected.contains(decision.refusal().reason)) << decision.refusal().message;
      return;
    }
    names_.push_back(name);
    const Invoice& made = partition_.at(name);
    if (made.type() == Invoice::DEPOSIT) {
      ++deposits_;
      const Decimal percent = Decimal::Of(made.deposit_percent());
      const domain::Decimal whole = domain::ToDecimal(
          domain::TotalsOf(order_.currency, order_.lines, order_.adjustments).total());
      EXPECT_EQ(domain::ToDecimal(made.totals().total()),
                (whole * percent).DividedBy(Decimal(100), domain::CurrencyDigits(order_.currency)));
    }
    Check();
  }

  Dice& dice_;
  domain::RandomDocument order_;
  Quantities fulfilled_;
  Partition partition_;
  std::vector<std::string> names_;
  int deposits_ = 0;
};

TEST(Deposits, AndWhatInvoicesAskForBeyondThemComeToTheOrderUnderEveryRate) {
  int deposits = 0;
  for (uint64_t seed = 1; seed <= 400; ++seed) {
    SCOPED_TRACE(seed);
    Dice dice(seed);
    AdvancedOrder order(dice);
    for (int64_t steps = dice.Roll(8); steps > 0; --steps) {
      switch (dice.Roll(4)) {
        case 0:
          order.Deliver(domain::MoreOf(order.order().lines, order.fulfilled(), dice));
          break;
        case 1:
          order.Credit();
          break;
        default:
          order.Ask();
      }
    }
    order.Deliver(domain::AllOf(order.order().lines));
    deposits += order.deposits();

    std::map<TaxKey, std::pair<Decimal, Decimal>> whole;
    const common::v1::Totals totals =
        domain::TotalsOf(order.order().currency, order.order().lines, order.order().adjustments);
    for (const auto& tax : totals.taxes())
      whole[domain::KeyOf(tax)] = {domain::ToDecimal(tax.taxable()), domain::ToDecimal(tax.tax())};
    for (const auto& [key, asked] : order.AskedFor()) {
      EXPECT_EQ(asked.first, whole[key].first) << key.first;
      EXPECT_EQ(asked.second, whole[key].second) << key.first;
    }
  }
  EXPECT_GT(deposits, 400);
}

}  // namespace
}  // namespace leadstream::billing
