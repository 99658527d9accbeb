// Payments of several invoices, for the tests of billing: 500.00 EUR of acme's came in, for
// invoices/i-1 and i-2, each of 464.40.
#pragma once

#include <string>

#include "services/billing/allocation_rules.h"
#include "tests/domain/invoice_examples.h"

namespace leadstream::billing {

inline CreatePaymentRequest Came(const std::string& more = "") {
  return Of<CreatePaymentRequest>(
      "payment { account: 'accounts/acme' amount { currency_code: 'EUR' units: 500 } reference: "
      "'TR-1' }",
      more);
}
// "invoice: 'invoices/i-1' amount ..."
inline std::string Share(const std::string& invoice, int units,
                         const std::string& currency = "EUR") {
  return "allocations { invoice: '" + invoice + "' amount { currency_code: '" + currency +
         "' units: " + std::to_string(units) + " } } ";
}
inline SettleAllocationRequest Took(int allocation, const std::string& amount) {
  SettleAllocationRequest request;
  request.set_allocation(allocation);
  *request.mutable_taken_amount() = Euros(amount);
  return request;
}
inline ReversePaymentRequest Bounced() { return Of<ReversePaymentRequest>("reason: 'no funds'"); }
inline RefundCreditRequest PaidBack(const std::string& amount, const std::string& reference) {
  RefundCreditRequest request;
  *request.mutable_amount() = Euros(amount);
  request.set_reference(reference);
  return request;
}

inline testing::Story NoPayment() {
  const auto invoice = [](const std::string& more) {
    return Of<Invoice>(
        "state: ISSUED type: INVOICE seller: 'default' account: 'accounts/acme' currency: 'EUR' "
        "balance { currency_code: 'EUR' units: 464 nanos: 400000000 } ",
        more);
  };
  testing::Story story(PaymentAggregate());
  story.Named("payments/p-1")
      .Knows("accounts/acme", lead::v1::Account())
      .Knows("invoices/i-1", invoice(""))
      .Knows("invoices/i-2", invoice(""))
      .Knows("invoices/draft", invoice("state: DRAFT"))
      .Knows("invoices/note", invoice("type: CREDIT_NOTE"))
      .Knows("invoices/other.i-1", invoice("seller: 'other'"))
      .Knows("invoices/oak-1", invoice("account: 'accounts/oak'"))
      .Knows("invoices/usd-1", invoice("currency: 'USD'"));
  return story;
}

}  // namespace leadstream::billing
