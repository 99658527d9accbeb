#include "cli/demo/catalogue.h"

#include <absl/strings/ascii.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <utility>

#include "cli/inquiries/csv.h"
#include "common/domain/date.h"
#include "common/domain/decimal.h"
#include "common/domain/money.h"
#include "leadstream/quoting/v1/price_list_service.pb.h"
#include "leadstream/quoting/v1/product_service.pb.h"

namespace leadstream::demo {

using domain::Decimal;
using quoting::v1::PriceList;
using quoting::v1::PriceListItem;
using quoting::v1::Product;

namespace {

using Row = std::map<std::string, std::string>;

// Discounts of more are approved by somebody else.
constexpr char kApprovalAbovePercent[] = "9";

// Each row as heading -> cell.
absl::Status EachRow(const std::filesystem::path& path,
                     const std::function<absl::Status(Row)>& take) {
  std::ifstream in(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  if (!in)
    return absl::NotFoundError(
        absl::StrCat(path.string(), " cannot be read; --samples says where the samples are"));
  inquiries::CsvReader reader(text, ',');
  inquiries::CsvRecord headings, record;
  reader.Next(&headings);
  reader.ExpectCells(headings.cells.size());
  while (reader.Next(&record)) {
    if (!record.fault.empty())
      return absl::InvalidArgumentError(
          absl::StrCat(path.string(), ":", record.line, ": ", record.fault));
    Row row;
    for (size_t i = 0; i < headings.cells.size(); ++i) row[headings.cells[i]] = record.cells[i];
    absl::Status taken = take(std::move(row));
    if (!taken.ok())
      return absl::InvalidArgumentError(
          absl::StrCat(path.string(), ":", record.line, ": ", taken.message()));
  }
  return absl::OkStatus();
}

std::string NameOf(const std::string& sku) {
  return absl::StrCat("products/", absl::AsciiStrToLower(sku));
}

std::string IdOf(const std::string& name) { return name.substr(name.find('/') + 1); }

absl::StatusOr<Product> ProductOf(Row row) {
  Product product;
  product.set_name(NameOf(row["sku"]));
  product.set_number(row["sku"]);
  product.set_title(row["name_en"]);
  product.set_unit(row["unit"]);
  int decimals = 0;
  auto cost = Decimal::Parse(row["standard_cost"]);
  if (!cost.ok() || !absl::SimpleAtoi(row["decimals"], &decimals))
    return absl::InvalidArgumentError("`decimals` or `standard_cost` is no number");
  product.set_quantity_decimals(decimals);
  product.set_tax_category(row["tax_rate"] == "0" ? "Z" : row["tax_category"]);
  product.mutable_tax_rate()->set_value(row["tax_rate"]);
  *product.mutable_standard_cost() = domain::ToMoney(*cost, row["currency"]);
  return product;
}

// The list's first row of a product has its price, the others what it costs from some quantity on.
absl::Status AddPrice(Row row, PriceList* list) {
  auto price = Decimal::Parse(row["value"]);
  if (!price.ok()) return price.status();
  const std::string product = NameOf(row["sku"]);
  const int last = list->items_size() - 1;
  if (last < 0 || list->items(last).product() != product) {
    PriceListItem& item = *list->add_items();
    item.set_product(product);
    item.set_method(PriceListItem::FIXED);
    *item.mutable_amount() = price->ToProto();
    return absl::OkStatus();
  }
  PriceListItem& item = *list->mutable_items(last);
  auto& tier = *item.add_tiers();
  tier.mutable_from_quantity()->set_value(row["min_quantity"]);
  *tier.mutable_amount() = (Decimal::Of(item.amount()) - *price).ToProto();
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Catalogue> Catalogue::Read(const std::string& folder) {
  Catalogue catalogue;
  const std::filesystem::path in = folder;
  absl::Status read = EachRow(in / "products.csv", [&](Row row) {
    auto product = ProductOf(std::move(row));
    if (product.ok()) catalogue.products_.push_back(std::move(*product));
    return product.status();
  });
  if (!read.ok()) return read;
  read = EachRow(in / "bundles.csv", [&](Row row) {
    if (catalogue.products_.back().number() != row["sku"]) {
      Product& bundle = catalogue.products_.emplace_back();
      bundle.set_name(NameOf(row["sku"]));
      bundle.set_number(row["sku"]);
      bundle.set_title(row["name_en"]);
      bundle.set_unit(row["unit"]);
      bundle.set_tax_category("S");
      bundle.mutable_tax_rate()->set_value("27");
    }
    auto& component = *catalogue.products_.back().add_components();
    component.set_product(NameOf(row["component"]));
    component.mutable_quantity()->set_value(row["quantity"]);
    return absl::OkStatus();
  });
  if (!read.ok()) return read;
  read = EachRow(in / "price_list_2026.csv", [&](Row row) {
    PriceList& list = catalogue.price_lists_[row["currency"]];
    list.set_title(row["price_list"]);
    list.set_currency(row["currency"]);
    return AddPrice(std::move(row), &list);
  });
  if (!read.ok()) return read;
  for (auto& [currency, list] : catalogue.price_lists_) {
    list.set_name(absl::StrCat("priceLists/retail-", absl::AsciiStrToLower(currency)));
    list.mutable_approval_above_percent()->set_value(kApprovalAbovePercent);
  }
  return catalogue;
}

absl::Status Catalogue::PutOnSale(Office* office) const {
  for (const Product& product : products_) {
    quoting::v1::CreateProductRequest create;
    create.set_product_id(IdOf(product.name()));
    *create.mutable_product() = product;
    create.mutable_product()->clear_name();
    quoting::v1::ActivateProductRequest activate;
    activate.set_name(product.name());
    absl::Status entered = office->Call<Product>(create).status();
    if (entered.ok()) entered = office->Call<Product>(activate).status();
    if (!entered.ok()) return entered;
  }
  for (const auto& [currency, list] : price_lists_) {
    quoting::v1::CreatePriceListRequest create;
    create.set_price_list_id(IdOf(list.name()));
    *create.mutable_price_list() = list;
    create.mutable_price_list()->clear_name();
    // The samples' year is not the one in which they are sold.
    const absl::CivilYear year(absl::ToCivilDay(office->Now(), absl::UTCTimeZone()));
    *create.mutable_price_list()->mutable_valid_from() = domain::ToDate(absl::CivilDay(year));
    absl::Status entered = office->Call<PriceList>(create).status();
    if (!entered.ok()) return entered;
  }
  return absl::OkStatus();
}

std::string Catalogue::PriceListOf(const std::string& currency) const {
  auto list = price_lists_.find(currency);
  return list == price_lists_.end() ? "" : list->second.name();
}

}  // namespace leadstream::demo
