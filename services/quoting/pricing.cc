#include "services/quoting/pricing.h"

#include <absl/algorithm/container.h>
#include <absl/strings/str_cat.h>

#include <algorithm>

#include "common/domain/date.h"
#include "common/domain/money.h"
#include "services/quoting/bundle.h"
#include "services/quoting/price_rounding.h"
#include "services/quoting/price_steps.h"

namespace leadstream::quoting {

using domain::Decimal;
using v1::BundleComponent;
using v1::PriceList;
using v1::PriceListItem;
using v1::PriceStep;
using v1::Product;
using v1::ProductUnit;
using v1::SoldRevision;
using v1::VolumeTier;

namespace {

// Far beyond what two of the numbers that fields may hold can be apart: so a quotient cut off there
// is on the same side of every step as the exact one.
constexpr int kQuotientDigits = 40;

PriceProblem Problem(v1::ErrorReason reason, std::string description) {
  return {reason, "unit_price", std::move(description)};
}

Decimal Multiplied(const Decimal& amount, const Decimal& factor) {
  return (amount * factor).Rounded(kPriceDecimalsMax);
}

const VolumeTier* TierOf(const PriceListItem& item, const Decimal& quantity) {
  const VolumeTier* reached = nullptr;
  for (const VolumeTier& tier : item.tiers()) {
    if (Decimal::Of(tier.from_quantity()) <= quantity) reached = &tier;
  }
  return reached;
}

// Off a price of so many of the tier's units.
Decimal DiscountOf(const VolumeTier& tier, const Decimal& price, const Decimal& units) {
  const Decimal discount = tier.has_percent() ? price * Decimal::Of(tier.percent()).Percent()
                                              : Decimal::Of(tier.amount()) * units;
  return std::min(discount, price).Rounded(kPriceDecimalsMax);
}

}  // namespace

std::optional<ProductUnit> FindUnit(const Product& product, const std::string& unit) {
  const SoldRevision sold = WhatIsSold(product);
  if (unit.empty() || unit == product.unit()) {
    ProductUnit own;
    own.set_unit(product.unit());
    own.mutable_factor()->set_value("1");
    own.set_quantity_decimals(sold.quantity_decimals());
    return own;
  }
  for (const ProductUnit& other : sold.units()) {
    if (other.unit() == unit) return other;
  }
  return std::nullopt;
}

PriceProblem UnitUnknown(const Product& product, const std::string& unit) {
  return {v1::PRICE_UNIT_UNKNOWN, "unit",
          absl::StrCat(product.name(), " is not sold by the ", unit)};
}

ListPrice Pricing::Of(const std::string& product, const std::string& unit,
                      const Decimal& quantity) {
  Listed listed = In(source_.price_list, product, unit, 0, v1::PRICE_LIST_CYCLE);
  ListPrice price;
  price.problem = std::move(listed.problem);
  price.unit_price = listed.amount;
  price.steps = std::move(listed.steps);
  if (price.problem || listed.item == nullptr) return price;
  const VolumeTier* tier = TierOf(*listed.item, quantity * listed.item_units);
  if (tier == nullptr) return price;
  price.volume_discount = DiscountOf(*tier, listed.amount, listed.item_units);
  return price;
}

// Each is worked out once: bundles and lists may share what they are made of.
Pricing::Listed Pricing::In(const std::string& list_name, const std::string& product_name,
                            const std::string& asked_unit, int depth, v1::ErrorReason endless) {
  const auto* list = catalogue_->Find<PriceList>(list_name);
  const auto* product = catalogue_->Find<Product>(product_name);
  Listed listed;
  if (list == nullptr || product == nullptr) {
    listed.unknown = true;
    listed.problem =
        Problem(v1::PRICE_MISSING,
                absl::StrCat("there is no ", list == nullptr ? list_name : product_name));
    return listed;
  }
  const std::string unit = asked_unit == product->unit() ? "" : asked_unit;
  Listed circle;
  circle.problem = Problem(endless, absl::StrCat("the price of ", product_name, " in ", list_name,
                                                 " would rest on itself, or on too many others"));
  circle.too_deep = true;
  if (depth > kPriceNestingMax) return circle;
  const Key key(list_name, product_name, unit);
  auto [at, is_new] = listed_.try_emplace(key, circle);
  if (!is_new) return at->second.too_deep ? circle : at->second;
  listed.problem = ProblemOf(*list);
  if (!listed.problem) listed = Find(*list, *product, unit, depth);
  if (!listed.problem && listed.amount.IntegerDigits() > domain::kAmountIntegerDigitsMax)
    listed.problem = Problem(v1::PRICE_MISSING, "the price is too large to be reckoned with");
  // From elsewhere it may be less deep.
  if (listed.too_deep) {
    listed_.erase(key);
  } else {
    listed_[key] = listed;
  }
  return listed;
}

std::optional<PriceProblem> Pricing::ProblemOf(const PriceList& list) const {
  if (list.currency() != source_.currency) {
    return Problem(
        v1::PRICE_LIST_CURRENCY_MISMATCH,
        absl::StrCat(list.name(), " is in ", list.currency(), ", not in ", source_.currency));
  }
  if (list.has_valid_from() && source_.day && *source_.day < domain::DayOf(list.valid_from())) {
    return Problem(v1::PRICE_LIST_NOT_YET_VALID,
                   absl::StrCat(list.name(), " is valid from ",
                                absl::FormatCivilTime(domain::DayOf(list.valid_from())), " on"));
  }
  if (list.has_valid_to() && source_.day && *source_.day > domain::DayOf(list.valid_to())) {
    return Problem(v1::PRICE_LIST_EXPIRED,
                   absl::StrCat(list.name(), " was valid until ",
                                absl::FormatCivilTime(domain::DayOf(list.valid_to()))));
  }
  return std::nullopt;
}

const PriceListItem* Pricing::ItemFor(const PriceList& list, const std::string& product,
                                      const std::string& unit) {
  if (auto [at, is_new] = indexed_.try_emplace(list.name(), true); is_new) {
    for (const PriceListItem& item : list.items())
      items_[Key(list.name(), item.product(), item.unit())] = &item;
  }
  const auto at = items_.find(Key(list.name(), product, unit));
  return at == items_.end() ? nullptr : at->second;
}

Pricing::Listed Pricing::Find(const PriceList& list, const Product& product,
                              const std::string& unit, int depth) {
  if (const PriceListItem* item = ItemFor(list, product.name(), unit))
    return ByMethod(list, *item, product, depth);
  Listed listed;
  if (!unit.empty()) {
    const auto known = FindUnit(product, unit);
    if (!known) {
      listed.problem = UnitUnknown(product, unit);
      return listed;
    }
    listed = In(list.name(), product.name(), "", depth, v1::PRICE_LIST_CYCLE);
    if (listed.problem) return listed;
    const Decimal factor = Decimal::Of(known->factor());
    listed.amount = Multiplied(listed.amount, factor);
    listed.item_units *= factor;
    listed.steps.push_back(
        StepTo(PriceStep::UNIT_CONVERSION,
               absl::StrCat("a ", unit, " is ", factor.ToString(), " ", product.unit()),
               listed.amount, list.name(), product.name(), unit));
    *listed.steps.back().mutable_factor() = known->factor();
    return listed;
  }
  if (!WhatIsSold(product).components().empty()) return OfComponents(list, product, depth);
  listed.problem =
      Problem(v1::PRICE_MISSING, absl::StrCat(list.name(), " has no price for ", product.name()));
  return listed;
}

Pricing::Listed Pricing::ByMethod(const PriceList& list, const PriceListItem& item,
                                  const Product& product, int depth) {
  const std::string unit = item.unit().empty() ? product.unit() : item.unit();
  Listed listed;
  if (item.method() == PriceListItem::PERCENT_OF_LIST) {
    listed = OfBaseList(item, product, depth);
  } else if (item.method() == PriceListItem::MARKUP || item.method() == PriceListItem::MARGIN) {
    listed = OfCost(list, item, product);
  } else {
    listed.amount = Decimal::Of(item.amount());
    listed.steps.push_back(
        StepTo(PriceStep::FIXED_PRICE,
               absl::StrCat(list.title(), ": ", listed.amount.ToString(), " per ", unit),
               listed.amount, list.name(), product.name(), unit));
  }
  listed.item = &item;
  listed.item_units = Decimal(1);
  const bool computed = item.method() > PriceListItem::FIXED;
  if (listed.problem || !computed) return listed;

  const auto& policy = item.has_rounding() ? item.rounding() : list.rounding();
  const Decimal exact = listed.amount;
  listed.amount = RoundPrice(exact, policy, list.currency());
  if (listed.amount == exact) return listed;
  listed.steps.push_back(StepTo(PriceStep::ROUNDING, ToText(policy, list.currency()), listed.amount,
                                list.name(), product.name(), unit));
  *listed.steps.back().mutable_change() =
      (listed.amount - exact).Rounded(kPriceDecimalsMax).ToProto();
  return listed;
}

Pricing::Listed Pricing::OfCost(const PriceList& list, const PriceListItem& item,
                                const Product& product) {
  Listed listed;
  const bool current = item.cost() == PriceListItem::CURRENT;
  const std::string which = current ? "current cost" : "standard cost";
  const bool given = current ? product.has_current_cost() : product.has_standard_cost();
  const auto& cost = current ? product.current_cost() : product.standard_cost();
  const auto unit = FindUnit(product, item.unit());
  if (!given) {
    listed.problem =
        Problem(v1::PRICE_MISSING, absl::StrCat(list.name(), " reckons from the ", which, " of ",
                                                product.name(), ", which has none"));
  } else if (cost.currency_code() != list.currency()) {
    listed.problem = Problem(v1::PRICE_LIST_CURRENCY_MISMATCH,
                             absl::StrCat("the ", which, " of ", product.name(), " is in ",
                                          cost.currency_code(), ", not in ", list.currency()));
  } else if (!unit) {
    listed.problem = UnitUnknown(product, item.unit());
  }
  if (listed.problem) return listed;

  const auto add = [&](PriceStep::Kind kind, std::string text) {
    listed.steps.push_back(
        StepTo(kind, std::move(text), listed.amount, list.name(), product.name(), unit->unit()));
  };
  const Decimal percent = Decimal::Of(item.percent());
  listed.amount = domain::ToDecimal(cost) * Decimal::Of(unit->factor());
  add(PriceStep::COST, absl::StrCat(which, " per ", unit->unit()));
  if (item.method() == PriceListItem::MARKUP) {
    listed.amount += listed.amount * percent.Percent();
    add(PriceStep::MARKUP, absl::StrCat("plus ", percent.ToString(), " % markup"));
  } else {
    listed.amount = listed.amount.DividedBy(Decimal(1) - percent.Percent(), kQuotientDigits);
    add(PriceStep::MARGIN, absl::StrCat("so that ", percent.ToString(), " % of it is margin"));
  }
  *listed.steps.back().mutable_percent() = percent.ToProto();
  return listed;
}

Pricing::Listed Pricing::OfBaseList(const PriceListItem& item, const Product& product, int depth) {
  Listed listed =
      In(item.base_list(), product.name(), item.unit(), depth + 1, v1::PRICE_LIST_CYCLE);
  if (listed.problem) return listed;
  const std::string unit = item.unit().empty() ? product.unit() : item.unit();
  const Decimal percent = Decimal::Of(item.percent());
  listed.steps.push_back(StepTo(PriceStep::BASE_PRICE,
                                absl::StrCat("that is the price in ", item.base_list()),
                                listed.amount, item.base_list(), product.name(), unit));
  listed.amount *= percent.Percent();
  listed.steps.push_back(StepTo(PriceStep::PERCENT_OF_BASE,
                                absl::StrCat(percent.ToString(), " % of it"), listed.amount,
                                item.base_list(), product.name(), unit));
  *listed.steps.back().mutable_percent() = percent.ToProto();
  return listed;
}

Pricing::Listed Pricing::OfComponents(const PriceList& list, const Product& product, int depth) {
  Listed sum;
  const SoldRevision sold = WhatIsSold(product);
  for (const BundleComponent& component : sold.components()) {
    Listed part = In(list.name(), component.product(), "", depth + 1, v1::PRODUCT_BUNDLE_INVALID);
    const auto* of = catalogue_->Find<Product>(component.product());
    if (!part.problem && !IsSold(*of)) {
      part.problem = {WhyNotSold(*of), "product",
                      absl::StrCat("its component ", component.product(), " is not sold")};
    }
    // What is missing is asked for all at once; any other problem is one too many.
    if (part.problem && !part.unknown) return part;
    if (part.problem) sum = part;
    if (sum.problem) continue;
    const Decimal quantity = Decimal::Of(component.quantity());
    const Decimal price = Multiplied(part.amount, quantity);
    sum.amount += price;
    sum.steps.push_back(
        StepTo(PriceStep::COMPONENT,
               absl::StrCat("with ", quantity.ToString(), " ", of->unit(), " of ",
                            WhatIsSold(*of).title(), " at ", part.amount.ToString()),
               sum.amount, list.name(), component.product(), of->unit()));
    *sum.steps.back().mutable_factor() = component.quantity();
    *sum.steps.back().mutable_change() = price.ToProto();
  }
  return sum;
}

}  // namespace leadstream::quoting
