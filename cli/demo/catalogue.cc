#include "cli/demo/catalogue.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

#include "cli/inquiries/csv.h"

namespace leadstream::demo {
namespace {

// Each row as heading -> cell.
absl::Status EachRow(const std::filesystem::path& path,
                     const std::function<void(std::map<std::string, std::string>)>& take) {
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
    std::map<std::string, std::string> row;
    for (size_t i = 0; i < headings.cells.size(); ++i) row[headings.cells[i]] = record.cells[i];
    take(std::move(row));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Catalogue> Catalogue::Read(const std::string& folder) {
  Catalogue catalogue;
  absl::Status read = EachRow(
      std::filesystem::path(folder) / "products.csv", [&](std::map<std::string, std::string> row) {
        catalogue.products_.push_back(
            {row["sku"], row["name_en"], row["unit"], row["tax_category"], row["tax_rate"]});
      });
  if (!read.ok()) return read;
  absl::Status bad;
  read = EachRow(std::filesystem::path(folder) / "price_list_2026.csv",
                 [&](std::map<std::string, std::string> row) {
                   auto from = domain::Decimal::Parse(row["min_quantity"]);
                   bad.Update(from.status());
                   if (from.ok())
                     catalogue.prices_[{row["sku"], row["currency"]}][*from] = row["value"];
                 });
  bad.Update(read);
  if (!bad.ok()) return bad;
  return catalogue;
}

common::v1::Line Catalogue::LineOf(const Product& product, const std::string& currency,
                                   const domain::Decimal& quantity) const {
  common::v1::Line line;
  line.set_product(absl::StrCat("products/", absl::AsciiStrToLower(product.sku)));
  line.set_description(product.name);
  *line.mutable_quantity() = quantity.ToProto();
  line.set_unit(product.unit);
  line.set_tax_category(product.tax_rate == "0" ? "Z" : product.tax_category);
  line.mutable_tax_rate()->set_value(product.tax_rate);
  auto tiers = prices_.find({product.sku, currency});
  if (tiers == prices_.end()) return line;
  auto tier = tiers->second.upper_bound(quantity);
  if (tier != tiers->second.begin()) line.mutable_unit_price()->set_value(std::prev(tier)->second);
  return line;
}

}  // namespace leadstream::demo
