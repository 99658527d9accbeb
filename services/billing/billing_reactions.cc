#include "services/billing/billing_reactions.h"

#include <absl/strings/str_cat.h>

#include <string>

#include "leadstream/billing/v1/events.pb.h"
#include "leadstream/billing/v1/invoice_service.pb.h"
#include "leadstream/lead/v1/account.pb.h"
#include "leadstream/lead/v1/contact.pb.h"
#include "leadstream/ordering/v1/events.pb.h"
#include "services/billing/invoice_names.h"

namespace leadstream::billing {
namespace {

using domain::Occurrence;
using lead::v1::Account;
using lead::v1::Contact;
using ordering::v1::LineChange;
using ordering::v1::OrderFulfilled;
using v1::CreateInvoiceRequest;
using v1::Invoice;
using v1::InvoiceCredited;
using v1::Party;

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

}  // namespace

std::vector<domain::Reaction> BillingReactions() {
  return {
      domain::Whenever<OrderFulfilled, CreateInvoiceRequest>("invoice-of-fulfilment",
                                                             InvoiceFulfilment),
      domain::Whenever<InvoiceCredited, CreateInvoiceRequest>("credit-note-of-credited-invoice",
                                                              IssueNote),
  };
}

}  // namespace leadstream::billing
