// What the demo sells: the products, bundles and price lists of the samples, put on sale through
// the public API.
#pragma once

#include <absl/status/statusor.h>

#include <map>
#include <string>
#include <vector>

#include "cli/demo/office.h"
#include "leadstream/quoting/v1/price_list.pb.h"
#include "leadstream/quoting/v1/product.pb.h"

namespace leadstream::demo {

class Catalogue {
 public:
  // Reads products.csv, bundles.csv and price_list_2026.csv in `folder`.
  static absl::StatusOr<Catalogue> Read(const std::string& folder);

  // Enters it: products, then what is made of them, then their prices, which hold from this
  // year on.
  absl::Status PutOnSale(Office* office) const;

  // As they are named once they are on sale.
  const std::vector<quoting::v1::Product>& products() const { return products_; }
  std::string PriceListOf(const std::string& currency) const;

 private:
  std::vector<quoting::v1::Product> products_;                 // bundles last
  std::map<std::string, quoting::v1::PriceList> price_lists_;  // by currency
};

}  // namespace leadstream::demo
