// One sum that settles several invoices, over a real connection: with everything that follows.
#include <absl/strings/str_cat.h>

#include "leadstream/billing/v1/invoice_service.pb.h"
#include "leadstream/billing/v1/payment_service.pb.h"
#include "leadstream/lead/v1/account_service.pb.h"
#include "tests/server/serving.h"

namespace leadstream::testing {
namespace {

using billing::v1::CreatePaymentRequest;
using billing::v1::Invoice;
using billing::v1::Payment;

class Payments : public Serving {
 protected:
  void SetUp() override {
    Serving::SetUp();
    ASSERT_TRUE(Call<lead::v1::Account>(Of<lead::v1::CreateAccountRequest>(
                                            "account_id: 'acme' account { display_name: 'Acme' }"))
                    .ok());
    for (const char* id : {"i-1", "i-2", "i-3"}) {
      auto issued = Call<Invoice>(Of<billing::v1::CreateInvoiceRequest>(absl::StrCat(
          "invoice_id: '", id,
          "' issue: true invoice { account: 'accounts/acme' currency: 'EUR' lines { description: "
          "'desk' quantity { value: '1' } unit_price { value: '100' } } }")));
      ASSERT_TRUE(issued.ok()) << issued.status.error_message();
    }
  }
  static std::string Share(const std::string& invoice, int units) {
    return absl::StrCat("allocations { invoice: 'invoices/", invoice,
                        "' amount { currency_code: 'EUR' units: ", units, " } } ");
  }
  static CreatePaymentRequest Came(int units, const std::string& shares) {
    return Of<CreatePaymentRequest>(
        absl::StrCat("payment_id: 'p-1' payment { account: 'accounts/acme' amount { currency_code: "
                     "'EUR' units: ",
                     units, " } reference: 'TR-1' ", shares, "}"));
  }
  Payment AwaitCredit(int units) {
    return Await<Payment>(Of<billing::v1::GetPaymentRequest>("name: 'payments/p-1'"),
                          [units](const Payment& payment) {
                            for (const auto& share : payment.allocations()) {
                              if (!share.settled()) return false;
                            }
                            return payment.unallocated_amount().units() == units;
                          });
  }
  Invoice AwaitPaid(const std::string& id, int units) {
    return Await<Invoice>(
        Of<billing::v1::GetInvoiceRequest>(absl::StrCat("name: 'invoices/", id, "'")),
        [units](const Invoice& invoice) { return invoice.paid_amount().units() == units; });
  }
};

TEST_F(Payments, SettleInvoicesAndKeepWhatIsOverAsCredit) {
  auto came = Call<Payment>(Came(350, Share("i-1", 100) + Share("i-2", 100) + Share("i-3", 60)));
  ASSERT_TRUE(came.ok()) << came.status.error_message();
  EXPECT_EQ(came.reply.state(), Payment::OPEN);
  EXPECT_EQ(AwaitPaid("i-1", 100).payment_state(), Invoice::PAID);
  EXPECT_EQ(AwaitPaid("i-2", 100).payment_state(), Invoice::PAID);
  EXPECT_EQ(AwaitPaid("i-3", 60).payment_state(), Invoice::PARTLY_PAID);
  AwaitCredit(90);
  // More than is owed comes back to the payment, by itself.
  ASSERT_TRUE(Call<Payment>(Of<billing::v1::AllocatePaymentRequest>(
                                absl::StrCat("name: 'payments/p-1' ", Share("i-3", 80))))
                  .ok());
  EXPECT_EQ(AwaitPaid("i-3", 100).payment_state(), Invoice::PAID);
  AwaitCredit(50);
  auto refunded = Call<Payment>(Of<billing::v1::RefundCreditRequest>(
      "name: 'payments/p-1' amount { currency_code: 'EUR' units: 50 } reference: 'B-1'"));
  ASSERT_TRUE(refunded.ok()) << refunded.status.error_message();
  EXPECT_EQ(refunded.reply.state(), Payment::ALLOCATED);
  auto found = Call<billing::v1::ListPaymentsResponse>(
      Of<billing::v1::ListPaymentsRequest>("filter: 'state = ALLOCATED AND reference = \"TR-1\"'"));
  EXPECT_EQ(found.reply.payments_size(), 1);
  auto story = Call<billing::v1::ListPaymentEventsResponse>(
      Of<billing::v1::ListPaymentEventsRequest>("name: 'payments/p-1'"));
  EXPECT_EQ(story.reply.events_size(), 7);
  // Nor may an invoice be paid under the same reference.
  EXPECT_EQ(Call<Invoice>(Of<billing::v1::RecordPaymentRequest>(
                              "name: 'invoices/i-1' amount { currency_code: 'EUR' units: 1 } "
                              "reference: 'TR-1'"))
                .reason(),
            "PAYMENT_REFERENCE_USED");
}

TEST_F(Payments, ThatTheBankTakesBackAreTakenFromTheInvoices) {
  ASSERT_TRUE(Call<Payment>(Came(200, Share("i-1", 100) + Share("i-2", 100))).ok());
  AwaitPaid("i-1", 100);
  AwaitPaid("i-2", 100);
  auto reversed = Call<Payment>(
      Of<billing::v1::ReversePaymentRequest>("name: 'payments/p-1' reason: 'no funds'"));
  ASSERT_TRUE(reversed.ok()) << reversed.status.error_message();
  EXPECT_EQ(AwaitPaid("i-1", 0).payment_state(), Invoice::UNPAID);
  EXPECT_EQ(AwaitPaid("i-2", 0).payment_state(), Invoice::UNPAID);
}

TEST_F(Payments, AreRefusedWithEveryShareThatCannotBe) {
  auto bad = Call<Payment>(Came(200, Share("i-1", 150) + Share("i-2", 60)));
  EXPECT_EQ(bad.reason(), "PAYMENT_EXCEEDED");
  auto draft = Call<Invoice>(Of<billing::v1::CreateInvoiceRequest>(
      "invoice_id: 'draft' invoice { account: 'accounts/acme' currency: 'EUR' lines { description: "
      "'desk' quantity { value: '1' } unit_price { value: '100' } } }"));
  ASSERT_TRUE(draft.ok());
  bad = Call<Payment>(Came(200, Share("draft", 1)));
  EXPECT_EQ(bad.reason(), "PAYMENT_ALLOCATION_INVALID");
  EXPECT_EQ(bad.fields(), "payment.allocations[0].invoice");
}

}  // namespace
}  // namespace leadstream::testing
