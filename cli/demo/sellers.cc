#include "cli/demo/sellers.h"

#include "leadstream/billing/v1/seller_service.pb.h"

namespace leadstream::demo {
namespace {

using billing::v1::Seller;

// The account numbers are those that the IBAN's documentation gives as examples.
Seller Home() {
  Seller seller;
  seller.mutable_party()->set_name("Íróasztal Kft.");
  seller.mutable_party()->set_tax_id("HU12345676");
  common::v1::Address* address = seller.mutable_party()->mutable_address();
  address->add_lines("Fő utca 1.");
  address->set_city("Budapest");
  address->set_postal_code("1011");
  address->set_country("HU");
  billing::v1::BankAccount* account = seller.add_bank_accounts();
  account->set_iban("HU42117730161111101800000000");
  account->set_currency("HUF");
  seller.set_payment_terms("8 nap");
  seller.set_payment_days(8);
  return seller;
}

Seller Abroad() {
  Seller seller;
  seller.mutable_party()->set_name("Schreibtisch GmbH");
  seller.mutable_party()->set_tax_id("DE123456788");
  common::v1::Address* address = seller.mutable_party()->mutable_address();
  address->add_lines("Hauptstraße 1");
  address->set_city("Berlin");
  address->set_postal_code("10115");
  address->set_country("DE");
  seller.add_bank_accounts()->set_iban("DE89370400440532013000");
  seller.set_notice("Amtsgericht Charlottenburg, HRB 12345");
  seller.set_payment_terms("14 days net");
  seller.set_payment_days(14);
  return seller;
}

absl::Status Describe(const std::string& id, Seller seller, Office* office) {
  billing::v1::CreateSellerRequest create;
  create.set_seller_id(id);
  *create.mutable_seller() = std::move(seller);
  return office->Call<Seller>(create).status();
}

}  // namespace

absl::Status DescribeSellers(Office* office) {
  absl::Status home = Describe("default", Home(), office);
  return home.ok() ? Describe(kForeignSeller, Abroad(), office) : home;
}

}  // namespace leadstream::demo
