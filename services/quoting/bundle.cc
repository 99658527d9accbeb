#include "services/quoting/bundle.h"

#include <absl/container/flat_hash_map.h>
#include <absl/strings/str_cat.h>

#include <algorithm>

#include "common/domain/decimal.h"

namespace leadstream::quoting {

using domain::FieldViolation;
using v1::BundleComponent;
using v1::Product;
using v1::SoldRevision;

namespace {

using Components = google::protobuf::RepeatedPtrField<BundleComponent>;

std::string PathOf(int component, absl::string_view field) {
  return absl::StrCat("product.components[", component, "].", field);
}

// How many levels of bundles there are below a product: 0 for one that is no bundle.
class Levels {
 public:
  Levels(const std::string& root, Catalogue* catalogue) : root_(root), catalogue_(catalogue) {}

  int Of(const std::string& name) {
    if (name == root_) return kEndless;
    auto [at, is_new] = levels_.try_emplace(name, kEndless);  // so it counts while it is looked at
    if (!is_new) return at->second;
    int levels = 0;
    if (const auto* product = catalogue_->Find<Product>(name)) {
      levels = std::max(Below(product->components()), Below(product->sold().components()));
    }
    return levels_[name] = levels;
  }

 private:
  static constexpr int kEndless = 1'000'000;

  int Below(const Components& components) {
    int levels = 0;
    for (const BundleComponent& component : components)
      levels = std::max(levels, 1 + Of(component.product()));
    return std::min(levels, kEndless);
  }

  const std::string root_;
  Catalogue* const catalogue_;
  absl::flat_hash_map<std::string, int> levels_;
};

}  // namespace

bool IsSold(const Product& product) {
  return product.state() == Product::ACTIVE ||
         (product.state() == Product::DRAFT && product.has_sold());
}

SoldRevision WhatIsSold(const Product& product) {
  if (product.has_sold()) return product.sold();
  SoldRevision sold;
  sold.set_revision(product.revision());
  sold.set_number(product.number());
  sold.set_title(product.title());
  sold.set_description(product.description());
  sold.set_quantity_decimals(product.quantity_decimals());
  sold.set_tax_category(product.tax_category());
  if (product.has_tax_rate()) *sold.mutable_tax_rate() = product.tax_rate();
  *sold.mutable_components() = product.components();
  *sold.mutable_units() = product.units();
  return sold;
}

void TakeBack(const SoldRevision& sold, Product* product) {
  product->set_revision(sold.revision());
  product->set_number(sold.number());
  product->set_title(sold.title());
  product->set_description(sold.description());
  product->set_quantity_decimals(sold.quantity_decimals());
  product->set_tax_category(sold.tax_category());
  product->clear_tax_rate();
  if (sold.has_tax_rate()) *product->mutable_tax_rate() = sold.tax_rate();
  *product->mutable_components() = sold.components();
  *product->mutable_units() = sold.units();
}

v1::ErrorReason WhyNotSold(const Product& product) {
  return product.state() == Product::RETIRED ? v1::PRODUCT_RETIRED : v1::PRODUCT_NOT_ACTIVE;
}

std::vector<FieldViolation> NestingProblems(const Product& product, Catalogue* catalogue) {
  std::vector<FieldViolation> bad;
  Levels levels(product.name(), catalogue);
  for (int i = 0; i < product.components_size(); ++i) {
    if (1 + levels.Of(product.components(i).product()) <= kBundleDepthMax) continue;
    bad.push_back(
        {PathOf(i, "product"),
         absl::StrCat("holds the bundle itself, or bundles more than ", kBundleDepthMax, " deep")});
  }
  return bad;
}

std::vector<FieldViolation> UnsoldComponents(const Product& product, Catalogue* catalogue) {
  std::vector<FieldViolation> bad;
  for (int i = 0; i < product.components_size(); ++i) {
    const auto* component = catalogue->Find<Product>(product.components(i).product());
    if (component == nullptr || IsSold(*component)) continue;
    bad.push_back({PathOf(i, "product"),
                   absl::StrCat("is ", Product::State_Name(component->state()), ", not sold")});
  }
  return bad;
}

std::vector<FieldViolation> ComponentQuantityProblems(const Product& product,
                                                      Catalogue* catalogue) {
  std::vector<FieldViolation> bad;
  for (int i = 0; i < product.components_size(); ++i) {
    // Itself it cannot hold at all.
    if (product.components(i).product() == product.name()) continue;
    const auto* component = catalogue->Find<Product>(product.components(i).product());
    if (component == nullptr) continue;
    const int decimals = component->has_sold() ? component->sold().quantity_decimals()
                                               : component->quantity_decimals();
    if (domain::Decimal::Of(product.components(i).quantity()).Decimals() <= decimals) continue;
    bad.push_back({PathOf(i, "quantity"),
                   absl::StrCat("has more digits after the point than the component is sold in, ",
                                decimals)});
  }
  return bad;
}

}  // namespace leadstream::quoting
