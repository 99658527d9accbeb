// Our companies over a real connection, and an invoice that shows one of them.
#include "leadstream/billing/v1/invoice_service.pb.h"
#include "leadstream/billing/v1/seller_service.pb.h"
#include "tests/server/serving.h"
#include "tests/server/watching.h"

namespace leadstream::testing {
namespace {

using namespace billing::v1;  // NOLINT(google-build-using-namespace): a page of these messages

class Sellers : public Serving {
 protected:
  Answer<Seller> Describe(const std::string& id, const std::string& name) {
    return Call<Seller>(Of<CreateSellerRequest>(
        absl::StrCat("seller_id: '", id, "' seller { party { name: '", name,
                     "' tax_id: 'DE123456789' } bank_accounts { iban: 'DE89370400440532013000' } "
                     "payment_days: 10 }")));
  }
  Answer<Invoice> Bill(const std::string& id, const std::string& seller) {
    return Call<Invoice>(Of<CreateInvoiceRequest>(absl::StrCat(
        "issue: true invoice_id: '", id, "' invoice { seller: '", seller,
        "' buyer { name: 'Oak' } currency: 'EUR' lines { description: 'Desk' quantity { value: '1' "
        "} unit_price { value: '30' } } }")));
  }
};

TEST_F(Sellers, AreDescribedChangedListedAndHaveAStory) {
  ASSERT_TRUE(Describe("acme", "Acme GmbH").ok());
  EXPECT_EQ(Describe("acme", "Another").reason(), "RESOURCE_ALREADY_EXISTS");
  EXPECT_EQ(Describe("a.b", "Dotted").reason(), "SELLER_INVALID");
  auto changed =
      Call<Seller>(Of<UpdateSellerRequest>("seller { name: 'sellers/acme' notice: 'HRB 1' }"));
  ASSERT_TRUE(changed.ok()) << changed.status.error_message();
  EXPECT_EQ(changed.reply.notice(), "HRB 1");
  EXPECT_EQ(changed.reply.party().name(), "Acme GmbH");
  EXPECT_EQ(
      Call<Seller>(Of<GetSellerRequest>("name: 'sellers/acme' read_revision: 1")).reply.notice(),
      "");
  EXPECT_EQ(
      Call<ListSellersResponse>(Of<ListSellersRequest>("filter: 'party.name = \"Acme GmbH\"'"))
          .reply.sellers_size(),
      1);
  EXPECT_EQ(Call<ListSellerEventsResponse>(Of<ListSellerEventsRequest>("name: 'sellers/acme'"))
                .reply.events_size(),
            2);
  Watching<WatchSellersRequest, WatchSellersResponse> watching(
      channel_, Of<WatchSellersRequest>("position: '0'"));
  WatchSellersResponse change;
  ASSERT_TRUE(watching.Next(&change) && watching.Next(&change));
  EXPECT_EQ(change.seller().notice(), "HRB 1");
}

TEST_F(Sellers, AreShownByTheInvoicesTheyIssue) {
  ASSERT_TRUE(Describe("acme", "Acme GmbH").ok());
  ASSERT_TRUE(Describe("default", "Leadstream").ok());
  auto invoice = Bill("acme.1", "acme");
  ASSERT_TRUE(invoice.ok()) << invoice.status.error_message();
  EXPECT_EQ(invoice.reply.seller_party().name(), "Acme GmbH");
  EXPECT_EQ(invoice.reply.seller_party().tax_id(), "DE123456789");
  EXPECT_EQ(invoice.reply.pay_to().iban(), "DE89370400440532013000");
  EXPECT_EQ(Bill("2", "").reply.seller_party().name(), "Leadstream");
  EXPECT_EQ(Bill("oak.1", "oak").reply.seller_party().name(), "");
}

}  // namespace
}  // namespace leadstream::testing
