#include "services/billing/billing_reactions.h"

#include <absl/strings/str_cat.h>

#include <string>

#include "common/domain/money.h"
#include "leadstream/billing/v1/events.pb.h"
#include "leadstream/billing/v1/invoice_service.pb.h"
#include "leadstream/billing/v1/payment_service.pb.h"
#include "leadstream/lead/v1/account.pb.h"
#include "leadstream/lead/v1/contact.pb.h"
#include "leadstream/ordering/v1/events.pb.h"
#include "leadstream/ordering/v1/order.pb.h"
#include "services/billing/allocation_rules.h"
#include "services/billing/deposits.h"
#include "services/billing/invoice_names.h"

namespace leadstream::billing {
namespace {

constexpr size_t kDepositsMax = 10'000;  // of an order

using domain::Commands;
using domain::Occurrence;
using lead::v1::Account;
using lead::v1::Contact;
using ordering::v1::LineChange;
using ordering::v1::OrderCanceled;
using ordering::v1::OrderFulfilled;
using v1::AllocationSettled;
using v1::CreateInvoiceRequest;
using v1::Invoice;
using v1::InvoiceCredited;
using v1::Party;
using v1::PaymentAllocated;
using v1::PaymentCreated;
using v1::PaymentRecorded;
using v1::PaymentReversed;
using v1::PaymentShareDeclined;
using v1::ReturnPaymentShareRequest;
using v1::SettleAllocationRequest;
using v1::TakePaymentShareRequest;

// The buyer as printed: the account, or the person where there is none. One that is gone does not
// hold up the invoice.
absl::Status PrintBuyer(const OrderFulfilled& fulfilled, const Occurrence& on, Party* buyer) {
  if (!fulfilled.account().empty()) {
    auto account = on.Ask<Account>(fulfilled.account());
    if (!account.ok())
      return absl::IsNotFound(account.status()) ? absl::OkStatus() : account.status();
    buyer->set_name(account->legal_name().empty() ? account->display_name()
                                                  : account->legal_name());
    buyer->set_tax_id(account->tax_id());
    if (!account->emails().empty()) buyer->set_email(account->emails(0));
    if (!buyer->has_address() && account->has_address())
      *buyer->mutable_address() = account->address();
  } else if (!fulfilled.contact().empty()) {
    auto contact = on.Ask<Contact>(fulfilled.contact());
    if (!contact.ok())
      return absl::IsNotFound(contact.status()) ? absl::OkStatus() : contact.status();
    const auto& person = contact->person();
    const bool both = !person.given_name().empty() && !person.family_name().empty();
    buyer->set_name(absl::StrCat(person.given_name(), both ? " " : "", person.family_name()));
    if (!contact->emails().empty()) buyer->set_email(contact->emails(0));
    if (!buyer->has_address() && contact->has_address())
      *buyer->mutable_address() = contact->address();
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> InvoiceFulfilment(const OrderFulfilled& fulfilled, const Occurrence& on,
                                       CreateInvoiceRequest* create) {
  const std::string& order = on.record.subject();
  const int32_t number = fulfilled.fulfillment().number();
  Invoice& invoice = *create->mutable_invoice();
  invoice.set_seller(fulfilled.seller().empty() ? kDefaultSeller : fulfilled.seller());
  create->set_invoice_id(InvoiceIdOfFulfillment(invoice.seller(), order, number));
  create->set_issue(true);
  invoice.set_order(order);
  invoice.set_fulfillment(number);
  invoice.set_account(fulfilled.account());
  invoice.set_contact(fulfilled.contact());
  invoice.set_customer_reference(fulfilled.customer_reference());
  invoice.set_currency(fulfilled.currency());
  invoice.set_payment_terms(fulfilled.payment_terms());
  invoice.set_payment_days(fulfilled.payment_days());
  if (fulfilled.has_date()) *invoice.mutable_delivery_date() = fulfilled.date();
  if (fulfilled.has_ship_to()) *invoice.mutable_ship_to() = fulfilled.ship_to();
  if (fulfilled.has_bill_to()) *invoice.mutable_buyer()->mutable_address() = fulfilled.bill_to();
  if (absl::Status asked = PrintBuyer(fulfilled, on, invoice.mutable_buyer()); !asked.ok())
    return asked;

  for (const LineChange& line : fulfilled.fulfillment().lines()) {
    auto& billed = *invoice.add_lines();
    billed.set_line_id(line.line_id());
    *billed.mutable_quantity() = line.quantity();
  }
  auto& basis = *create->mutable_order_basis();
  *basis.mutable_lines() = fulfilled.order_lines();
  *basis.mutable_adjustments() = fulfilled.adjustments();
  for (const LineChange& line : fulfilled.lines()) {
    auto& known = *basis.add_fulfilled();
    known.set_line_id(line.line_id());
    *known.mutable_quantity() = line.quantity_after();
  }
  return true;
}

// Names only: the note takes lines and amounts from the invoice, where the credit fixed them.
absl::StatusOr<bool> IssueNote(const InvoiceCredited& credited, const Occurrence& on,
                               CreateInvoiceRequest* create) {
  create->set_invoice_id(std::string(IdOf(credited.credit().credit_note())));
  create->set_issue(true);
  create->mutable_invoice()->set_type(Invoice::CREDIT_NOTE);
  create->mutable_invoice()->set_credited_invoice(on.record.subject());
  return true;
}

// The shares of a payment, from number `first` on.
void GiveShares(const google::protobuf::RepeatedPtrField<v1::Allocation>& allocations, int first,
                const v1::PaymentEntry& entry, Commands* out) {
  for (int i = 0; i < allocations.size(); ++i) {
    const int number = first + i;
    auto* take = out->Add<TakePaymentShareRequest>(absl::StrCat(number));
    take->set_name(allocations[i].invoice());
    *take->mutable_share() = entry;
    *take->mutable_share()->mutable_amount() = allocations[i].amount();
    take->mutable_share()->set_allocation(number);
  }
}

absl::Status GiveFirstShares(const PaymentCreated& created, const Occurrence& on, Commands* out) {
  v1::PaymentEntry entry = ShareOf(created.payment());
  entry.set_payment(on.record.subject());
  GiveShares(created.payment().allocations(), 1, entry, out);
  return absl::OkStatus();
}

absl::Status GiveMoreShares(const PaymentAllocated& allocated, const Occurrence&, Commands* out) {
  GiveShares(allocated.allocations(), allocated.first_allocation(), allocated.entry(), out);
  return absl::OkStatus();
}

bool Settle(const v1::PaymentEntry& share, const google::type::Money& taken,
            SettleAllocationRequest* settle) {
  if (share.payment().empty()) return false;
  settle->set_name(share.payment());
  settle->set_allocation(share.allocation());
  *settle->mutable_taken_amount() = taken;
  return true;
}

absl::StatusOr<bool> SettleTaken(const PaymentRecorded& recorded, const Occurrence&,
                                 SettleAllocationRequest* settle) {
  return Settle(recorded.payment(), recorded.payment().amount(), settle);
}

absl::StatusOr<bool> SettleDeclined(const PaymentShareDeclined& declined, const Occurrence&,
                                    SettleAllocationRequest* settle) {
  if (declined.asked_back()) return false;
  return Settle(declined.share(), domain::ZeroMoney(declined.share().amount().currency_code()),
                settle);
}

absl::Status ReturnShares(const PaymentReversed& reversed, const Occurrence&, Commands* out) {
  for (const v1::ReturnedShare& returned : reversed.shares()) {
    auto* back = out->Add<ReturnPaymentShareRequest>(absl::StrCat(returned.share().allocation()));
    back->set_name(returned.invoice());
    *back->mutable_share() = returned.share();
  }
  return absl::OkStatus();
}

// One that was on its way when the payment was taken back.
absl::StatusOr<bool> ReturnLateShare(const AllocationSettled& settled, const Occurrence&,
                                     ReturnPaymentShareRequest* back) {
  if (!settled.has_to_return()) return false;
  back->set_name(settled.invoice());
  *back->mutable_share() = settled.to_return();
  return true;
}

constexpr char kOrderCanceled[] = "the order was canceled";

void CreditOf(const std::string& deposit, v1::CreditInvoiceRequest* credit) {
  credit->set_name(deposit);
  credit->set_reason(kOrderCanceled);
}

absl::Status CreditDeposits(const OrderCanceled& canceled, const Occurrence& on, Commands* out) {
  if (!canceled.whole()) return absl::OkStatus();
  auto own = on.own();
  if (!own.ok()) return own.status();
  for (const std::string& name :
       (*own)->Keyed("invoices", kDepositsIndex, on.record.subject(), kDepositsMax))
    CreditOf(name, out->Add<v1::CreditInvoiceRequest>(name));
  return absl::OkStatus();
}

// One that was issued by somebody who did not know yet.
absl::StatusOr<bool> CreditLateDeposit(const v1::InvoiceIssued& issued, const Occurrence& on,
                                       v1::CreditInvoiceRequest* credit) {
  if (issued.invoice().type() != Invoice::DEPOSIT) return false;
  auto order = on.Ask<ordering::v1::Order>(issued.invoice().order());
  if (absl::IsNotFound(order.status())) return false;
  if (!order.ok()) return order.status();
  if (order->state() != ordering::v1::Order::CANCELED) return false;
  CreditOf(on.record.subject(), credit);
  return true;
}

}  // namespace

std::vector<domain::Reaction> BillingReactions() {
  return {
      domain::Whenever<OrderFulfilled, CreateInvoiceRequest>("invoice-of-fulfilment",
                                                             InvoiceFulfilment),
      domain::Whenever<InvoiceCredited, CreateInvoiceRequest>("credit-note-of-credited-invoice",
                                                              IssueNote),
      domain::Whenever<PaymentCreated, TakePaymentShareRequest>("shares-of-payment",
                                                                GiveFirstShares),
      domain::Whenever<PaymentAllocated, TakePaymentShareRequest>("further-shares-of-payment",
                                                                  GiveMoreShares),
      domain::Whenever<PaymentRecorded, SettleAllocationRequest>("settle-taken-share", SettleTaken),
      domain::Whenever<PaymentShareDeclined, SettleAllocationRequest>("settle-declined-share",
                                                                      SettleDeclined),
      domain::Whenever<PaymentReversed, ReturnPaymentShareRequest>("shares-of-reversed-payment",
                                                                   ReturnShares),
      domain::Whenever<AllocationSettled, ReturnPaymentShareRequest>(
          "late-share-of-reversed-payment", ReturnLateShare),
      domain::Whenever<OrderCanceled, v1::CreditInvoiceRequest>("deposits-of-canceled-order",
                                                                CreditDeposits)
          .SettledBy(v1::NOTHING_TO_CREDIT),
      domain::Whenever<v1::InvoiceIssued, v1::CreditInvoiceRequest>("deposit-of-canceled-order",
                                                                    CreditLateDeposit)
          .SettledBy(v1::NOTHING_TO_CREDIT),
  };
}

}  // namespace leadstream::billing
