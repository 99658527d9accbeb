// What `leadstream verify` says of payments of several invoices, whatever became of them.
#include "cli/verify/payment_checks.h"
#include "tests/message_of.h"

#include <absl/strings/str_cat.h>
#include <gtest/gtest.h>

namespace leadstream::verify {
namespace {

using billing::v1::Payment;
using billing::v1::PaymentEntry;

using testing::Of;

std::string Euro(const std::string& field, int units) {
  return absl::StrCat(field, " { currency_code: 'EUR' units: ", units, " } ");
}

// A share of `amount`, offered to invoices/1; `taken` below 0: it is on its way.
std::string Share(int amount, int taken) {
  return absl::StrCat("allocations { invoice: 'invoices/1' ", Euro("amount", amount),
                      taken < 0 ? "" : absl::StrCat("settled: true ", Euro("taken_amount", taken)),
                      "} ");
}

PaymentChecks::Place At(const std::string& resource, int64_t time_us) {
  return {absl::StrCat("billing/0:", time_us), resource, time_us};
}

class PaymentChecksTest : public ::testing::Test {
 protected:
  // Of payments/p, 100 EUR.
  void Stands(int64_t time_us, int credit, const std::string& more) {
    checks_.SeePayment(
        At("payments/p", time_us),
        Of<Payment>(absl::StrCat(Euro("amount", 100), Euro("unallocated_amount", credit), more)));
  }
  static PaymentEntry Entry(int amount) {
    return Of<PaymentEntry>(
        absl::StrCat("payment: 'payments/p' allocation: 1 ", Euro("amount", amount)));
  }
  void Takes(int64_t time_us, int amount) {
    checks_.SeeTaken(At("invoices/1", time_us), Entry(amount));
  }
  void Declines(int64_t time_us, int amount) {
    checks_.SeeDeclined(At("invoices/1", time_us), Entry(amount));
  }
  // What is found, each "check position".
  std::string Found(int64_t settled_us = 10, const std::set<std::string>& parked = {}) {
    checks_.Finish(settled_us, parked);
    std::string found;
    for (const Finding& one : findings_.kept())
      absl::StrAppend(&found, found.empty() ? "" : "; ", one.check, " ", one.position);
    return found;
  }

  Findings findings_{10};
  PaymentChecks checks_{&findings_};
};

TEST_F(PaymentChecksTest, AShareMayBeTakenInPartAndTheRestPaidBack) {
  Stands(1, 40, Share(60, -1));
  Takes(2, 50);
  Stands(3, 50, Share(60, 50));
  Stands(4, 20, Share(60, 50) + Euro("refunded_amount", 30));
  EXPECT_EQ(Found(), "");
}

TEST_F(PaymentChecksTest, AShareMayBeDeclined) {
  Stands(1, 40, Share(60, -1));
  Declines(2, 60);
  Stands(3, 100, Share(60, 0));
  EXPECT_EQ(Found(), "");
}

// Also before its invoice has answered.
TEST_F(PaymentChecksTest, APaymentThatWasTakenBackLeavesNoCredit) {
  Stands(1, 40, Share(60, -1));
  Stands(2, 0, Share(60, -1) + "state: REVERSED");
  Takes(3, 60);
  Stands(4, 0, Share(60, 60) + "state: REVERSED");
  EXPECT_EQ(Found(), "");
  Stands(5, 40, Share(60, 60) + "state: REVERSED");
  EXPECT_EQ(Found(), "payment-differs billing/0:5");
}

TEST_F(PaymentChecksTest, TheInvoicesMayBeReadFirst) {
  Takes(2, 60);
  Stands(1, 40, Share(60, -1));
  Stands(3, 40, Share(60, 60));
  EXPECT_EQ(Found(), "");
}

TEST_F(PaymentChecksTest, ADeclinedShareThatThePaymentTakesForTakenDiffers) {
  Stands(1, 40, Share(60, -1));
  Declines(2, 60);
  Stands(3, 40, Share(60, 60));
  EXPECT_EQ(Found(), "share-differs billing/0:1");
}

TEST_F(PaymentChecksTest, AShareIsAnsweredOnce) {
  Stands(1, 40, Share(60, -1));
  Takes(2, 60);
  Declines(3, 60);
  Stands(4, 40, Share(60, 60));
  EXPECT_EQ(Found(), "share-doubled billing/0:3");
}

TEST_F(PaymentChecksTest, AnAnswerIsAwaitedUntilItIsLate) {
  Stands(5, 40, Share(60, -1));
  EXPECT_EQ(Found(/*settled_us=*/4), "");
  Takes(7, 60);
  EXPECT_EQ(Found(/*settled_us=*/6), "");
  EXPECT_EQ(Found(7, {"payments/p"}), "");
  EXPECT_EQ(Found(7, {"invoices/1"}), "");
  EXPECT_EQ(Found(7), "share-unanswered billing/0:5");
}

// A payment that says so, without an answer.
TEST_F(PaymentChecksTest, WhatNoInvoiceAnsweredIsNotSettled) {
  Stands(1, 40, Share(60, 60));
  EXPECT_EQ(Found(), "share-unanswered billing/0:1");
}

TEST_F(PaymentChecksTest, AShareOfNoPaymentIsUnknownOnceItIsOld) {
  Takes(5, 60);
  EXPECT_EQ(Found(/*settled_us=*/4), "");
  EXPECT_EQ(Found(5), "share-unknown billing/0:5");
}

}  // namespace
}  // namespace leadstream::verify
