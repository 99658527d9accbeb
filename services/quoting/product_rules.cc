#include "services/quoting/product_rules.h"

#include <absl/algorithm/container.h>
#include <absl/container/flat_hash_set.h>
#include <absl/strings/str_cat.h>

#include "common/domain/formats.h"
#include "common/domain/update.h"
#include "common/domain/validation.h"
#include "leadstream/quoting/v1/error_reason.pb.h"
#include "services/quoting/bundle.h"

namespace leadstream::quoting {

using namespace v1;  // NOLINT(google-build-using-namespace): a page of rules, all about these
                     // messages
using domain::FieldViolation;
using domain::Refuse;
using domain::RefuseFields;

namespace {

using Problems = std::vector<FieldViolation>;

constexpr int kQuantityDecimalsMax = 6;

void CheckDecimals(int decimals, const std::string& field, Problems* bad) {
  if (decimals < 0 || decimals > kQuantityDecimalsMax)
    bad->push_back({field, absl::StrCat("must be between 0 and ", kQuantityDecimalsMax)});
}

Problems FieldProblems(const Product& product, Catalogue* catalogue) {
  Problems bad;
  if (domain::IsBlank(product.number())) bad.push_back({"product.number", "give a number"});
  if (domain::IsBlank(product.title())) bad.push_back({"product.title", "say what is sold"});
  if (domain::IsBlank(product.unit())) bad.push_back({"product.unit", "say what is counted"});
  CheckDecimals(product.quantity_decimals(), "product.quantity_decimals", &bad);
  absl::flat_hash_set<std::string> units = {product.unit()};
  for (int i = 0; i < product.units_size(); ++i) {
    const std::string path = absl::StrCat("product.units[", i, "]");
    if (!units.insert(product.units(i).unit()).second)
      bad.push_back({path + ".unit", "is a unit of the product already"});
    CheckDecimals(product.units(i).quantity_decimals(), path + ".quantity_decimals", &bad);
  }
  absl::flat_hash_set<std::string> components;
  for (int i = 0; i < product.components_size(); ++i) {
    if (!components.insert(product.components(i).product()).second)
      bad.push_back(
          {absl::StrCat("product.components[", i, "].product"), "is a component already"});
  }
  absl::c_move(ComponentQuantityProblems(product, catalogue), std::back_inserter(bad));
  return bad;
}

// What is wrong with a draft, first what is wrong whatever the other products are.
std::optional<domain::Refusal> RefusalOf(const Product& product, Problems bad,
                                         Catalogue* catalogue) {
  absl::c_move(FieldProblems(product, catalogue), std::back_inserter(bad));
  Problems nesting = NestingProblems(product, catalogue);
  if (!bad.empty()) return RefuseFields(PRODUCT_FIELDS_INVALID, "the product cannot be so", bad);
  if (nesting.empty()) return std::nullopt;
  auto refusal = Refuse(PRODUCT_BUNDLE_INVALID, "a bundle cannot hold itself, or be that deep");
  refusal.fields = std::move(nesting);
  return refusal;
}

// Of a product that is sold, or was.
bool ChangesWithoutRevision(const std::string& field) {
  return field == "standard_cost" || field == "current_cost" || field == "notes";
}

Product After(const Product& product, const UpdateProductRequest& request) {
  Product after = product;
  domain::ApplyMask(request.update_mask(), request.product(), &after);
  return after;
}

}  // namespace

std::vector<std::string> Needs(const Product&, const CreateProductRequest& request,
                               const domain::Found& found) {
  Catalogue catalogue(&found);
  RefusalOf(request.product(), {}, &catalogue);
  return catalogue.missing();
}

Decision Decide(const Product&, const CreateProductRequest& request, const Context& context) {
  ProductCreated created;
  Product& product = *created.mutable_product();
  product = request.product();
  product.clear_name();
  product.clear_etag();
  Catalogue catalogue(context.found);
  if (auto refusal = RefusalOf(product, {}, &catalogue)) return *refusal;
  product.set_state(Product::DRAFT);
  return created;
}

void Evolve(const ProductCreated& event, Product* product) { *product = event.product(); }

std::vector<std::string> Needs(const Product& product, const UpdateProductRequest& request,
                               const domain::Found& found) {
  Catalogue catalogue(&found);
  RefusalOf(After(product, request), {}, &catalogue);
  return catalogue.missing();
}

Decision Decide(const Product& product, const UpdateProductRequest& request,
                const Context& context) {
  if (product.state() == Product::RETIRED)
    return Refuse(PRODUCT_RETIRED, "a retired product stays as it was");
  ProductUpdated updated;
  Product after = product;
  Problems bad = domain::ApplyUpdate(request.product(), request.update_mask(), &after,
                                     updated.mutable_update_mask());
  if (product.state() != Product::DRAFT &&
      !absl::c_all_of(updated.update_mask().paths(), ChangesWithoutRevision)) {
    return Refuse(PRODUCT_NOT_DRAFT,
                  "of an active product only costs and notes can be changed; revise it first");
  }
  Catalogue catalogue(context.found);
  if (auto refusal = RefusalOf(after, std::move(bad), &catalogue)) return *refusal;
  if (product.has_sold() && after.unit() != product.unit()) {
    return Refuse(PRODUCT_UNIT_FIXED, absl::StrCat("it is priced by the ", product.unit(),
                                                   "; draft another product, or add a unit"));
  }
  domain::CopyFields(after, updated.update_mask(), updated.mutable_product());
  return updated;
}

void Evolve(const ProductUpdated& event, Product* product) {
  domain::CopyFields(event.product(), event.update_mask(), product);
}

Decision Decide(const Product& product, const DeleteProductRequest&, const Context&) {
  if (product.state() != Product::DRAFT || product.has_sold())
    return Refuse(PRODUCT_WAS_ACTIVE, "documents may name it; retire it instead");
  ProductDeleted deleted;
  deleted.set_number(product.number());
  return deleted;
}

std::vector<std::string> Needs(const Product& product, const ActivateProductRequest&,
                               const domain::Found& found) {
  Catalogue catalogue(&found);
  RefusalOf(product, {}, &catalogue);
  return catalogue.missing();
}

Decision Decide(const Product& product, const ActivateProductRequest&, const Context& context) {
  if (product.state() == Product::ACTIVE)
    return Refuse(PRODUCT_NOT_DRAFT, "the product is active already");
  if (product.state() == Product::RETIRED)
    return Refuse(PRODUCT_RETIRED, "a retired product is sold no more; draft another");
  Catalogue catalogue(context.found);
  if (auto refusal = RefusalOf(product, {}, &catalogue)) return *refusal;
  auto unsold = Refuse(PRODUCT_COMPONENT_NOT_SOLD, "activate its components first");
  unsold.fields = UnsoldComponents(product, &catalogue);
  if (!unsold.fields.empty()) return unsold;
  ProductActivated activated;
  activated.set_revision(product.revision());
  return activated;
}

void Evolve(const ProductActivated&, Product* product) {
  product->set_state(Product::ACTIVE);
  product->clear_sold();
}

Decision Decide(const Product& product, const ReviseProductRequest&, const Context&) {
  if (product.state() == Product::RETIRED)
    return Refuse(PRODUCT_RETIRED, "a retired product is sold no more; draft another");
  if (product.state() != Product::ACTIVE)
    return Refuse(PRODUCT_NOT_ACTIVE, "the product is being drafted; change it as it is");
  ProductRevised revised;
  revised.set_revision(product.revision() + 1);
  *revised.mutable_sold() = WhatIsSold(product);
  return revised;
}

void Evolve(const ProductRevised& event, Product* product) {
  product->set_state(Product::DRAFT);
  product->set_revision(event.revision());
  *product->mutable_sold() = event.sold();
}

Decision Decide(const Product& product, const RetireProductRequest& request, const Context&) {
  if (product.state() == Product::RETIRED)
    return Refuse(PRODUCT_RETIRED, "the product is retired already");
  if (!IsSold(product))
    return Refuse(PRODUCT_NOT_ACTIVE, "the product was never sold; delete it instead");
  ProductRetired retired;
  retired.set_note(request.note());
  return retired;
}

void Evolve(const ProductRetired& event, Product* product) {
  const SoldRevision sold = WhatIsSold(*product);
  product->set_state(Product::RETIRED);
  product->set_retire_note(event.note());
  product->clear_sold();
  TakeBack(sold, product);
}

}  // namespace leadstream::quoting
