// Our companies, as their invoices show them.
#include "services/billing/bank_accounts.h"
#include "services/billing/invoice_rules.h"
#include "tests/domain/invoice_examples.h"

namespace leadstream::billing {
namespace {

using testing::Story;

const char kAcme[] = R"pb(
  name: "sellers/default"
  party {
    name: "Acme Kft."
    tax_id: "HU12345678"
    address { city: "Budapest" country: "HU" }
  }
  bank_accounts { iban: "HU42117730161111101800000000" currency: "HUF" }
  bank_accounts { iban: "DE89370400440532013000" currency: "EUR" }
  bank_accounts { number: "021000021 / 123456789" }
  notice: "Registered in Budapest."
  payment_terms: "8 days"
  payment_days: 8
  reminder_days: 3
)pb";

Story NoSeller() {
  Story story(SellerAggregate());
  story.Named("sellers/acme");
  return story;
}

CreateSellerRequest Describe(const std::string& seller) {
  return Of<CreateSellerRequest>("seller { " + seller + " }");
}

Invoice IssuedBy(const std::string& seller, const CreateInvoiceRequest& request) {
  Partition partition;
  if (!seller.empty()) partition.Describe(Of<Seller>(seller));
  EXPECT_TRUE(partition.Do("invoices/i-1", request).accepted());
  return partition.at("invoices/i-1");
}

TEST(AnInvoice, TakesFromItsSellerWhatItDoesNotSay) {
  const Invoice invoice = IssuedBy(kAcme, Issued("invoice { payment_days: 0 }"));
  EXPECT_EQ(invoice.seller_party().name(), "Acme Kft.");
  EXPECT_EQ(invoice.seller_party().tax_id(), "HU12345678");
  EXPECT_EQ(invoice.pay_to().iban(), "DE89370400440532013000");  // it is in EUR
  EXPECT_EQ(invoice.seller_notice(), "Registered in Budapest.");
  EXPECT_EQ(invoice.payment_terms(), "8 days");
  ASSERT_EQ(invoice.reminder_days_size(), 1);
  EXPECT_EQ(invoice.reminder_days(0), 3);
}

TEST(AnInvoice, SaysForItselfWhatItsSellerWouldSayOtherwise) {
  const Invoice invoice = IssuedBy(
      kAcme, Issued("invoice { seller_party { name: 'Acme, branch' } payment_terms: 'at once' "
                    "reminder_days: 5 pay_to { number: '7' } seller_notice: 'none' }"));
  EXPECT_EQ(invoice.seller_party().name(), "Acme, branch");
  EXPECT_EQ(invoice.payment_terms(), "at once");
  EXPECT_EQ(invoice.payment_days(), 14);
  EXPECT_EQ(invoice.reminder_days(0), 5);
  EXPECT_EQ(invoice.pay_to().number(), "7");
  EXPECT_EQ(invoice.seller_notice(), "none");
}

TEST(AnInvoice, IsIssuedAlsoByASellerThatIsNotDescribed) {
  const Invoice invoice = IssuedBy("", Issued());
  EXPECT_EQ(invoice.number(), "INV-2026-000001");
  EXPECT_FALSE(invoice.has_seller_party());
  EXPECT_FALSE(invoice.has_pay_to());
}

TEST(AnInvoice, KeepsWhatItsSellerSaidWhenItWasIssued) {
  Partition partition;
  partition.Describe(Of<Seller>(kAcme));
  ASSERT_TRUE(partition.Do("invoices/i-1", Issued()).accepted());
  ASSERT_TRUE(partition.Do("invoices/i-2", Create()).accepted());
  Seller renamed = Of<Seller>(kAcme);
  renamed.mutable_party()->set_name("Acme Zrt.");
  partition.Describe(renamed);
  ASSERT_TRUE(partition.Do("invoices/i-2", IssueInvoiceRequest()).accepted());
  EXPECT_EQ(partition.at("invoices/i-1").seller_party().name(), "Acme Kft.");
  EXPECT_EQ(partition.at("invoices/i-2").seller_party().name(), "Acme Zrt.");
  // Its credit note is of the company that it is of.
  ASSERT_TRUE(partition.Do("invoices/i-1", CreditOf()).accepted());
  ASSERT_TRUE(partition.IssueCreditNote("invoices/i-1").accepted());
  EXPECT_EQ(partition.at("invoices/i-1-cn1").seller_party().name(), "Acme Kft.");
}

TEST(ABankAccount, IsTheFirstOfTheCurrencyOrElseTheFirstOfNone) {
  const Seller seller = Of<Seller>(kAcme);
  EXPECT_EQ(BankAccountFor("HUF", seller.bank_accounts())->iban(), "HU42117730161111101800000000");
  EXPECT_EQ(BankAccountFor("USD", seller.bank_accounts())->number(), "021000021 / 123456789");
  EXPECT_EQ(BankAccountFor("USD", Seller().bank_accounts()), nullptr);
}

TEST(AnIban, HasCheckDigits) {
  for (const char* right :
       {"DE89370400440532013000", "HU42117730161111101800000000", "GB29NWBK60161331926819",
        "NO9386011117947", "MT84MALT011000012345MTLCAST001S"})
    EXPECT_TRUE(IsIban(right)) << right;
  for (const char* wrong :
       {"", "DE89", "DE89370400440532013001", "DE98370400440532013000", "de89370400440532013000",
        "DE89 3704 0044 0532 0130 00", "8937040044053201300000", "DEAB370400440532013000"})
    EXPECT_FALSE(IsIban(wrong)) << wrong;
}

TEST(ASeller, IsDescribedAndChanged) {
  NoSeller()
      .Given(Describe("party { name: 'Acme' } payment_days: 8"))
      .When(Of<UpdateSellerRequest>("seller { name: 'sellers/acme' payment_days: 14 }"))
      .Then<SellerUpdated>("seller { payment_days: 14 } update_mask { paths: 'payment_days' }");
}

}  // namespace
}  // namespace leadstream::billing
