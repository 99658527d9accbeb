// What the demo sells: the products and price lists of the samples, with volume tiers.
#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include <map>
#include <string>
#include <vector>

#include "common/domain/decimal.h"
#include "leadstream/common/v1/document.pb.h"

namespace leadstream::demo {

struct Product {
  std::string sku;
  std::string name;
  std::string unit;
  std::string tax_category;
  std::string tax_rate;
};

class Catalogue {
 public:
  // Reads products.csv and price_list_2026.csv in `folder`.
  static absl::StatusOr<Catalogue> Read(const std::string& folder);

  const std::vector<Product>& products() const { return products_; }
  // A line of so much of a product, at the price of the highest tier that the quantity reaches. A
  // product that is not sold in `currency` has no price.
  common::v1::Line LineOf(const Product& product, const std::string& currency,
                          const domain::Decimal& quantity) const;

 private:
  std::vector<Product> products_;
  // By product and currency, the price from each quantity on.
  std::map<std::pair<std::string, std::string>, std::map<domain::Decimal, std::string>> prices_;
};

}  // namespace leadstream::demo
