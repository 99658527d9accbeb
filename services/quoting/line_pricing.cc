#include "services/quoting/line_pricing.h"

#include <absl/strings/str_cat.h>

#include "common/domain/decimal.h"
#include "common/domain/name_pattern.h"
#include "common/domain/totals.h"
#include "services/quoting/bundle.h"

namespace leadstream::quoting {

using common::v1::Line;
using domain::Decimal;
using v1::PriceStep;
using v1::Product;

namespace {

bool IsProductName(const std::string& name) {
  static const domain::NamePattern& pattern = *new domain::NamePattern("products/{product}");
  return pattern.Matches(name);
}

std::optional<PriceProblem> SaleProblem(const Product& product) {
  if (IsSold(product)) return std::nullopt;
  const v1::ErrorReason reason = WhyNotSold(product);
  return PriceProblem{
      reason, "product",
      reason == v1::PRODUCT_RETIRED
          ? absl::StrCat(product.name(), " is sold no more. ", product.retire_note())
          : absl::StrCat(product.name(), " was never active")};
}

std::optional<PriceProblem> QuantityProblem(const Product& product, const Line& line) {
  const auto unit = FindUnit(product, line.unit());
  if (!unit) return UnitUnknown(product, line.unit());
  if (Decimal::Of(line.quantity()).Decimals() > unit->quantity_decimals()) {
    return PriceProblem{
        v1::PRICE_QUANTITY_TOO_FINE, "quantity",
        absl::StrCat("has more than ", unit->quantity_decimals(), " digits after the point, which ",
                     product.name(), " is sold in by the ", unit->unit())};
  }
  return std::nullopt;
}

template <typename Value>
bool IsSame(const Value& a, const Value& b) {
  return Decimal::Of(a) == Decimal::Of(b);
}

bool HasListPrice(const Line& line) {
  return line.has_unit_price() && line.has_list_price() &&
         IsSame(line.unit_price(), line.list_price());
}

// What was copied from the product before.
void ForgetProduct(const Line& before, Line* line) {
  if (line->description() == before.description()) line->clear_description();
  if (line->unit() == before.unit()) line->clear_unit();
  if (line->tax_category() == before.tax_category()) line->clear_tax_category();
  if (IsSame(line->tax_rate(), before.tax_rate())) line->clear_tax_rate();
  if (line->price_override_reason() == before.price_override_reason())
    line->clear_price_override_reason();
}

}  // namespace

void LinePricing::Add(const std::string& path, PriceProblem problem) {
  if (bad_.empty()) reason_ = problem.reason;
  bad_.push_back({absl::StrCat(path, ".", problem.field), std::move(problem.description)});
}

std::optional<domain::Refusal> LinePricing::refusal() const {
  if (bad_.empty()) return std::nullopt;
  domain::Refusal refusal = domain::Refuse(reason_, bad_.front().description);
  refusal.fields = bad_;
  return refusal;
}

bool LinePricing::Describe(const std::string& path, Line* line) {
  if (!IsProductName(line->product())) {
    Add(path, {v1::PRICE_MISSING, "product", "is not the name of a product: products/{product}"});
    return false;
  }
  const auto* product = catalogue_->Find<Product>(line->product());
  if (product == nullptr) return false;
  auto problem = SaleProblem(*product);
  if (!problem) problem = QuantityProblem(*product, *line);
  if (problem) {
    Add(path, *std::move(problem));
    return false;
  }
  const v1::SoldRevision sold = WhatIsSold(*product);
  if (line->description().empty()) line->set_description(sold.title());
  if (line->unit().empty()) line->set_unit(product->unit());
  if (line->tax_category().empty()) line->set_tax_category(sold.tax_category());
  if (!line->has_tax_rate() && sold.has_tax_rate()) *line->mutable_tax_rate() = sold.tax_rate();
  return true;
}

std::vector<PriceStep> LinePricing::Complete(const std::string& path, GivenPrice given,
                                             Line* line) {
  line->clear_list_price();
  line->clear_list_volume_discount();
  if (line->product().empty() || pricing_.source().price_list.empty()) return {};
  // The list is looked for also where no price follows from it.
  catalogue_->Find<v1::PriceList>(pricing_.source().price_list);
  if (!Describe(path, line)) return {};
  ListPrice price = pricing_.Of(line->product(), line->unit(), Decimal::Of(line->quantity()));
  if (price.problem) {
    if (!domain::IsPriced(*line)) Add(path, *std::move(price.problem));
    return {};
  }
  *line->mutable_list_price() = price.unit_price.ToProto();
  if (price.volume_discount.IsPositive())
    *line->mutable_list_volume_discount() = price.volume_discount.ToProto();
  if (given == GivenPrice::kIsReplaced) {
    line->clear_unit_price();
    line->clear_volume_discount();
  }
  if (!domain::IsPriced(*line)) *line->mutable_unit_price() = line->list_price();
  if (HasListPrice(*line)) {
    line->clear_price_override_reason();
    if (!line->has_volume_discount() && line->has_list_volume_discount())
      *line->mutable_volume_discount() = line->list_volume_discount();
  } else if (given == GivenPrice::kIsOverride && line->price_override_reason().empty()) {
    Add(path, {v1::PRICE_OVERRIDE_UNEXPLAINED, "price_override_reason",
               absl::StrCat("the list has ", line->list_price().value(), "; say why it is ",
                            line->unit_price().value())});
  }
  return std::move(price.steps);
}

std::optional<domain::Refusal> CurrencyRefusal(const v1::PriceList* list,
                                               const std::string& currency,
                                               const std::string& field) {
  if (list == nullptr || list->currency() == currency) return std::nullopt;
  domain::Refusal refusal = domain::Refuse(v1::PRICE_LIST_CURRENCY_MISMATCH,
                                           absl::StrCat("the price list is in ", list->currency()));
  refusal.fields = {{field, refusal.message}};
  return refusal;
}

bool IsPricedAnew(const Line& before, Line* line) {
  const bool same_price = line->has_unit_price() == before.has_unit_price() &&
                          IsSame(line->unit_price(), before.unit_price());
  const bool same_discount = IsSame(line->volume_discount(), before.volume_discount());
  if (line->product() != before.product()) {
    if (line->product().empty()) return true;
    ForgetProduct(before, line);
    if (same_price) line->clear_unit_price();
    if (same_discount) line->clear_volume_discount();
    return true;
  }
  if (line->product().empty()) return false;
  if (line->unit() == before.unit() && IsSame(line->quantity(), before.quantity())) {
    if (!same_price && same_discount) line->clear_volume_discount();
    return !same_price || line->price_override_reason() != before.price_override_reason();
  }
  if (same_price && HasListPrice(before)) line->clear_unit_price();
  if (same_discount && IsSame(before.volume_discount(), before.list_volume_discount()))
    line->clear_volume_discount();
  return true;
}

}  // namespace leadstream::quoting
