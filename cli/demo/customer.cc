#include "cli/demo/customer.h"

#include <absl/algorithm/container.h>
#include <absl/strings/str_cat.h>

#include <string>

#include "cli/demo/await.h"
#include "common/domain/money.h"
#include "leadstream/billing/v1/invoice_service.pb.h"
#include "leadstream/billing/v1/payment_service.pb.h"

namespace leadstream::demo {
namespace {

using billing::v1::Allocation;
using billing::v1::Invoice;
using billing::v1::Payment;

absl::Status PayOne(const Invoice& invoice, Fate* fate, Office* office) {
  if (fate->Chance(15)) return absl::OkStatus();  // not due yet
  const domain::Decimal balance = domain::ToDecimal(invoice.balance());
  if (!balance.IsPositive()) return absl::OkStatus();
  const bool in_parts = fate->Chance(20);
  const domain::Decimal first =
      in_parts ? balance.DividedDown(domain::Decimal(2), domain::CurrencyDigits(invoice.currency()))
               : balance;
  billing::v1::RecordPaymentRequest pay;
  pay.set_name(invoice.name());
  pay.set_method(billing::v1::PaymentEntry::BANK_TRANSFER);
  for (const domain::Decimal& amount : {first, balance - first}) {
    if (!amount.IsPositive()) continue;
    *pay.mutable_amount() = domain::ToMoney(amount, invoice.currency());
    pay.set_reference(absl::StrCat("TR-", invoice.number(), pay.reference().empty() ? "" : "-2"));
    if (auto call = office->Call<Invoice>(pay); !call.ok()) return call.status();
    if (in_parts && fate->Chance(40)) break;  // the rest is still to come
    if (in_parts) office->Pass(fate->Days(7, 30));
  }
  return absl::OkStatus();
}

absl::Status PayTogether(const std::vector<Invoice>& invoices, Office* office) {
  billing::v1::CreatePaymentRequest create;
  Payment* payment = create.mutable_payment();
  const Invoice& first = invoices[0];
  google::type::Money sum = domain::ZeroMoney(first.currency());
  for (const Invoice& invoice : invoices) {
    if (!domain::ToDecimal(invoice.balance()).IsPositive()) continue;
    Allocation* share = payment->add_allocations();
    share->set_invoice(invoice.name());
    *share->mutable_amount() = invoice.balance();
    sum = domain::Plus(sum, invoice.balance());
  }
  create.set_payment_id(first.name().substr(first.name().find('/') + 1));
  payment->set_seller(first.seller());
  payment->set_account(first.account());
  payment->set_reference(absl::StrCat("TR-", first.number(), "-SUM"));
  payment->set_method(billing::v1::PaymentEntry::BANK_TRANSFER);
  *payment->mutable_amount() = sum;
  auto created = office->Call<Payment>(create);
  if (!created.ok()) return created.status();
  return Await<Payment, billing::v1::GetPaymentRequest>(
             office, created->name(),
             [](const Payment& one) {
               return absl::c_all_of(one.allocations(),
                                     [](const Allocation& share) { return share.settled(); });
             })
      .status();
}

}  // namespace

absl::Status Pay(const std::vector<Invoice>& invoices, Fate* fate, Office* office) {
  office->Pass(fate->Days(3, 45));
  const auto owed = absl::c_count_if(
      invoices, [](const Invoice& one) { return domain::ToDecimal(one.balance()).IsPositive(); });
  if (owed > 1 && fate->Chance(50)) return PayTogether(invoices, office);
  for (const Invoice& invoice : invoices) {
    if (absl::Status paid = PayOne(invoice, fate, office); !paid.ok()) return paid;
  }
  return absl::OkStatus();
}

}  // namespace leadstream::demo
