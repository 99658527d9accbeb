#include "services/billing/deposits.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <utility>

#include "common/domain/money.h"
#include "common/domain/tax_groups.h"
#include "common/domain/totals.h"
#include "services/billing/invoice_names.h"
#include "services/billing/order_share.h"
#include "services/billing/problems.h"

namespace leadstream::billing {
namespace {

using common::v1::Line;
using common::v1::Totals;
using domain::Decimal;
using domain::TaxGroup;
using domain::TaxGroups;
using domain::ToDecimal;
using google::type::Money;
using v1::Credit;
using v1::Deduction;
using v1::Invoice;
using v1::OrderDeposits;

// Of the share of a line that is credited: enough for any amount to come back when it is rounded.
constexpr int kShareDigits = 30;

std::string DepositsKey(absl::string_view order) { return absl::StrCat("deposits/", IdOf(order)); }

OrderDeposits DepositsOf(absl::string_view order, const domain::Facts& facts) {
  OrderDeposits deposits;
  if (auto remembered = facts.Get(DepositsKey(order))) deposits.ParseFromString(*remembered);
  return deposits;
}

// By rate the taxable amount, as net, and the tax.
TaxGroups AmountsOf(const Totals& totals) {
  TaxGroups amounts;
  for (const auto& subtotal : totals.taxes()) {
    TaxGroup& group = amounts[domain::KeyOf(subtotal)];
    group.net += ToDecimal(subtotal.taxable());
    group.tax += ToDecimal(subtotal.tax());
  }
  return amounts;
}

// Without the rates of which there is nothing.
Totals Compact(Totals totals) {
  auto& taxes = *totals.mutable_taxes();
  taxes.erase(std::remove_if(taxes.begin(), taxes.end(),
                             [](const common::v1::TaxSubtotal& subtotal) {
                               return ToDecimal(subtotal.taxable()).IsZero() &&
                                      ToDecimal(subtotal.tax()).IsZero();
                             }),
              taxes.end());
  return totals;
}

// What both have of each rate, amount by amount. Never below zero.
Totals Overlap(absl::string_view currency, const Totals& a, const Totals& b) {
  const TaxGroups amounts = AmountsOf(b);
  TaxGroups both;
  for (const auto& [key, group] : AmountsOf(a)) {
    auto at = amounts.find(key);
    if (at == amounts.end()) continue;
    both[key].net = std::max(std::min(group.net, at->second.net), Decimal());
    both[key].tax = std::max(std::min(group.tax, at->second.tax), Decimal());
  }
  return Compact(domain::ToTotals(currency, both));
}

bool IsNothing(const Totals& totals) { return totals.taxes().empty(); }

// What the order comes to without what was canceled.
Totals OrderTotals(const Invoice& deposit) {
  domain::Lines lines = deposit.order_basis().lines();
  domain::Quantities wanted;
  for (Line& line : lines) {
    domain::PriceLine(deposit.currency(), &line);
    wanted[line.line_id()] = Decimal::Of(line.quantity());
  }
  for (const auto& line : deposit.order_basis().canceled())
    wanted[line.line_id()] -= Decimal::Of(line.quantity());
  return domain::PartOf(deposit.currency(), lines, deposit.order_basis().adjustments(), wanted)
      .totals;
}

// Adds to what is open of the deposit, or takes off; one of which nothing is open is forgotten.
void Change(const Deduction& by, bool add, OrderDeposits* deposits) {
  auto& open = *deposits->mutable_open();
  auto at = std::find_if(open.begin(), open.end(),
                         [&](const Deduction& one) { return one.deposit() == by.deposit(); });
  const bool is_known = at != open.end();
  const Totals before = is_known ? at->totals() : Totals();
  const Totals after =
      Compact(add ? domain::Plus(before, by.totals()) : domain::Minus(before, by.totals()));
  if (IsNothing(after)) {
    if (is_known) open.erase(at);
    return;
  }
  Deduction* changed = is_known ? &*at : open.Add();
  if (!is_known) *changed = by;
  *changed->mutable_totals() = after;
}

void Put(absl::string_view order, const OrderDeposits& deposits, domain::MutableFacts* facts) {
  facts->Put(DepositsKey(order), deposits.SerializeAsString());
}

}  // namespace

std::vector<std::string> OrderOfDeposit(const Invoice& invoice) {
  if (invoice.type() != Invoice::DEPOSIT || invoice.state() != Invoice::ISSUED) return {};
  return {invoice.order()};
}

void CheckDepositTerms(const Invoice& invoice, Problems* problems) {
  const bool percent = invoice.has_deposit_percent(), amount = invoice.has_deposit_amount();
  const char* const field = percent ? "invoice.deposit_percent" : "invoice.deposit_amount";
  if (invoice.type() != Invoice::DEPOSIT) {
    if (percent || amount) problems->Add(v1::DEPOSIT_TERMS_INVALID, field, "is of a DEPOSIT");
    return;
  }
  if (invoice.order().empty())
    problems->Add(v1::DEPOSIT_TERMS_INVALID, "invoice.order", "a deposit is on an order");
  if (percent == amount) {
    problems->Add(v1::DEPOSIT_TERMS_INVALID, field,
                  "a deposit asks for a percentage or for an amount");
  } else if (percent) {
    const Decimal asked = Decimal::Of(invoice.deposit_percent());
    if (!asked.IsPositive() || asked > Decimal(100))
      problems->Add(v1::DEPOSIT_TERMS_INVALID, field, "is above 0 and at most 100");
  } else if (invoice.deposit_amount().currency_code() != invoice.currency()) {
    problems->Add(v1::DEPOSIT_TERMS_INVALID, field,
                  absl::StrCat("is in ", invoice.deposit_amount().currency_code(),
                               ", the order in ", invoice.currency()));
  }
}

std::optional<domain::Refusal> PriceDeposit(absl::string_view path, const domain::Facts& facts,
                                            Invoice* deposit) {
  const std::string& currency = deposit->currency();
  const int digits = domain::CurrencyDigits(currency);
  const Totals order = OrderTotals(*deposit);
  Totals unasked = domain::Minus(order, InvoicedTotals(deposit->order(), facts));
  const OrderDeposits deposits = DepositsOf(deposit->order(), facts);
  for (const Deduction& open : deposits.open()) unasked = domain::Minus(unasked, open.totals());
  TaxGroups groups = AmountsOf(unasked);
  Decimal left;
  for (auto& [key, group] : groups) {
    group.weight = group.net + group.tax;
    left += group.weight;
  }
  std::erase_if(groups, [](const auto& entry) { return !entry.second.weight.IsPositive(); });

  Decimal asked = ToDecimal(deposit->deposit_amount());
  if (deposit->has_deposit_percent()) {
    const Decimal percent = Decimal::Of(deposit->deposit_percent());
    asked = (ToDecimal(order.total()) * percent).DividedBy(Decimal(100), digits);
  }
  if (!asked.IsPositive() || asked > left) {
    Problems problems;
    problems.Add(
        v1::DEPOSIT_EXCEEDS_ORDER,
        absl::StrCat(path, deposit->has_deposit_percent() ? "deposit_percent" : "deposit_amount"),
        absl::StrCat("comes to ", domain::AmountText(asked, currency), "; of ", deposit->order(),
                     " ", domain::AmountText(std::max(left, Decimal()), currency), " ", currency,
                     " can be asked for in advance"));
    return problems.RefuseForNow("a deposit asks for no more than is left of its order");
  }

  // Each rate's share of what is asked for, then what of it is tax. Neither is more than is left of
  // it, since a share of a whole number of cents, rounded, is not above that number.
  domain::Spread(asked, digits, &TaxGroup::discount, &groups);
  deposit->clear_lines();
  TaxGroups shares;
  for (const auto& [key, group] : groups) {
    if (!group.discount.IsPositive()) continue;
    TaxGroup& share = shares[key];
    share.tax = (group.discount * group.tax).DividedBy(group.weight, digits);
    share.net = group.discount - share.tax;
    Line& line = *deposit->add_lines();
    line.set_line_id(absl::StrCat("deposit-", deposit->lines_size()));
    line.set_description("Deposit");
    *line.mutable_quantity() = Decimal(1).ToProto();
    *line.mutable_unit_price() = share.net.ToProto();
    line.set_tax_category(key.first);
    *line.mutable_tax_rate() = key.second.ToProto();
    domain::PriceLine(currency, &line);
  }
  *deposit->mutable_totals() = Compact(domain::ToTotals(currency, shares));
  return std::nullopt;
}

void Deduct(const domain::Facts& facts, Invoice* invoice) {
  invoice->clear_deductions();
  Totals left = invoice->totals();
  const OrderDeposits deposits = DepositsOf(invoice->order(), facts);
  for (const Deduction& open : deposits.open()) {
    Totals taken = Overlap(invoice->currency(), open.totals(), left);
    if (IsNothing(taken)) continue;
    left = domain::Minus(left, taken);
    Deduction& deduction = *invoice->add_deductions();
    deduction = open;
    *deduction.mutable_totals() = std::move(taken);
  }
  SumDeductions(invoice);
}

void SumDeductions(Invoice* invoice) {
  invoice->clear_deducted_amount();
  for (const Deduction& deduction : invoice->deductions()) {
    *invoice->mutable_deducted_amount() =
        domain::Plus(invoice->deducted_amount(), deduction.totals().total());
  }
}

void ReturnDeductions(const Invoice& invoice, Credit* credit) {
  Totals left = domain::Minus(invoice.totals(), credit->totals());
  for (const Credit& before : invoice.credits()) left = domain::Minus(left, before.totals());
  for (const Deduction& deduction : invoice.deductions()) {
    const Totals kept = Overlap(invoice.currency(), deduction.totals(), left);
    left = domain::Minus(left, kept);
    Totals returned = Compact(domain::Minus(deduction.totals(), kept));
    if (IsNothing(returned)) continue;
    *credit->add_returned() = deduction;
    *credit->mutable_returned()->rbegin()->mutable_totals() = std::move(returned);
  }
}

void TakeOffReturned(const Credit& credit, Invoice* invoice) {
  OrderDeposits deducted;
  *deducted.mutable_open() = invoice->deductions();
  for (const Deduction& returned : credit.returned()) Change(returned, false, &deducted);
  *invoice->mutable_deductions() = std::move(*deducted.mutable_open());
  SumDeductions(invoice);
}

bool CreditDeposit(const Invoice& deposit, const domain::Facts& facts, Credit* credit) {
  const OrderDeposits deposits = DepositsOf(deposit.order(), facts);
  const auto open =
      std::find_if(deposits.open().begin(), deposits.open().end(),
                   [&](const Deduction& one) { return one.deposit() == deposit.name(); });
  if (open == deposits.open().end()) return false;
  const TaxGroups amounts = AmountsOf(open->totals());
  for (const Line& line : deposit.lines()) {
    auto at = amounts.find(domain::KeyOf(line));
    if (at == amounts.end() || !at->second.net.IsPositive()) continue;
    Decimal before, quantity_before;
    for (const Credit& earlier : deposit.credits()) {
      if (const Line* credited = domain::FindLine(line.line_id(), earlier.lines())) {
        before += ToDecimal(credited->net());
        quantity_before += Decimal::Of(credited->quantity());
      }
    }
    Line& credited = *credit->add_lines();
    credited = line;
    const Decimal share = (before + at->second.net).DividedBy(ToDecimal(line.net()), kShareDigits);
    *credited.mutable_quantity() = (share - quantity_before).ToProto();
    *credited.mutable_base() = *credited.mutable_net() =
        domain::ToMoney(at->second.net, deposit.currency());
  }
  *credit->mutable_totals() = open->totals();
  return true;
}

void RememberDeposits(const v1::InvoiceIssued&, const Invoice& issued,
                      domain::MutableFacts* facts) {
  if (issued.type() == Invoice::DEPOSIT) {
    OrderDeposits deposits = DepositsOf(issued.order(), *facts);
    Deduction& open = *deposits.add_open();
    open.set_deposit(issued.name());
    open.set_number(issued.number());
    *open.mutable_issue_date() = issued.issue_date();
    *open.mutable_totals() = issued.totals();
    Put(issued.order(), deposits, facts);
  } else if (issued.type() == Invoice::INVOICE && !issued.deductions().empty()) {
    OrderDeposits deposits = DepositsOf(issued.order(), *facts);
    for (const Deduction& deduction : issued.deductions()) Change(deduction, false, &deposits);
    Put(issued.order(), deposits, facts);
  }
}

void RememberDeposits(const v1::InvoiceCredited& credited, const Invoice& after,
                      domain::MutableFacts* facts) {
  const bool is_deposit = credited.type() == Invoice::DEPOSIT;
  if (!is_deposit && credited.credit().returned().empty()) return;
  OrderDeposits deposits = DepositsOf(credited.order(), *facts);
  if (is_deposit) {
    Deduction all;
    all.set_deposit(after.name());
    *all.mutable_totals() = credited.credit().totals();
    Change(all, false, &deposits);
  }
  for (const Deduction& returned : credited.credit().returned()) Change(returned, true, &deposits);
  Put(credited.order(), deposits, facts);
}

}  // namespace leadstream::billing
