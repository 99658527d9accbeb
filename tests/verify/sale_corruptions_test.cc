// What `leadstream verify` finds wrong between the documents of a sale, and in payments.
#include "leadstream/billing/v1/events.pb.h"
#include "leadstream/ordering/v1/events.pb.h"
#include "leadstream/quoting/v1/events.pb.h"
#include "tests/verify/corruption.h"

namespace leadstream::testing {
namespace {

using billing::v1::AllocationSettled;
using billing::v1::InvoiceCredited;
using billing::v1::InvoiceIssued;
using billing::v1::PaymentCreated;
using billing::v1::PaymentRecorded;
using log::Record;
using ordering::v1::OrderInvoiceRecorded;
using ordering::v1::OrderPlaced;
using quoting::v1::QuoteAccepted;

// Totals that are another sum, and agree within themselves.
void AddOne(common::v1::Totals* totals) {
  totals->mutable_total()->set_units(totals->total().units() + 1);
  totals->mutable_rounding()->set_currency_code(totals->total().currency_code());
  totals->mutable_rounding()->set_units(totals->rounding().units() + 1);
}

std::vector<Corruption> OfSales() {
  return {
      OfEvent<QuoteAccepted>("totals-differ",
                             [](Record*, QuoteAccepted* accepted) {
                               auto* totals = accepted->mutable_quote()->mutable_totals();
                               totals->mutable_tax()->set_units(totals->tax().units() + 1);
                               return true;
                             }),
      OfEvent<QuoteAccepted>(
          "currency-mixed",
          [](Record*, QuoteAccepted* accepted) {
            accepted->mutable_quote()->mutable_totals()->mutable_net()->set_currency_code("CHF");
            return true;
          }),
      {"quote-accepted-twice",
       [](TamperedLog* log) {
         Record again;
         log->ChangeEvent<QuoteAccepted>([&again](Record* record, QuoteAccepted*) {
           again = *record;
           return true;
         });
         again.set_id("again");
         again.set_request_id("");
         again.set_revision(again.revision() + 1);
         log->Append("quoting", again);
       }},
      OfEvent<OrderPlaced>("order-missing",
                           [](Record*, OrderPlaced* placed) {
                             placed->mutable_order()->clear_quote();
                             return true;
                           }),
      {"order-doubled",
       [](TamperedLog* log) {
         Record again;
         log->ChangeEvent<OrderPlaced>([&again](Record* record, OrderPlaced*) {
           again = *record;
           return true;
         });
         again.set_subject("orders/again");
         again.set_id("again");
         log->Append("ordering", again);
       }},
      OfEvent<OrderPlaced>("order-without-quote",
                           [](Record*, OrderPlaced* placed) {
                             placed->mutable_order()->set_quote("quotes/none");
                             return true;
                           }),
      OfEvent<QuoteAccepted>("order-differs",
                             [](Record*, QuoteAccepted* accepted) {
                               AddOne(accepted->mutable_quote()->mutable_totals());
                               return true;
                             }),
      OfEvent<InvoiceIssued>("invoice-number-gap",
                             [](Record*, InvoiceIssued* issued) {
                               issued->mutable_invoice()->set_sequence(
                                   issued->invoice().sequence() + 1);
                               return true;
                             }),
      OfEvent<InvoiceIssued>("invoice-number-doubled",
                             [](Record*, InvoiceIssued* issued) {
                               const bool later = issued->invoice().sequence() > 1;
                               issued->mutable_invoice()->set_sequence(1);
                               return later;
                             }),
      OfEvent<InvoiceIssued>("invoice-number-differs",
                             [](Record*, InvoiceIssued* issued) {
                               issued->mutable_invoice()->set_number("INV-1");
                               return true;
                             }),
      OfEvent<InvoiceIssued>("invoice-without-order",
                             [](Record*, InvoiceIssued* issued) {
                               issued->mutable_invoice()->set_order("orders/none");
                               return true;
                             }),
      OfEvent<OrderInvoiceRecorded>("order-invoice-differs",
                                    [](Record*, OrderInvoiceRecorded* told) {
                                      auto* total = told->mutable_invoice()->mutable_total();
                                      total->set_units(total->units() + 1);
                                      return true;
                                    }),
      OfEvent<InvoiceIssued>("invoices-differ",
                             [](Record*, InvoiceIssued* issued) {
                               AddOne(issued->mutable_invoice()->mutable_totals());
                               return issued->invoice().type() == billing::v1::Invoice::INVOICE;
                             }),
      OfEvent<InvoiceIssued>(
          "invoiced-beyond-delivery",
          [](Record*, InvoiceIssued* issued) {
            issued->mutable_invoice()->mutable_lines(0)->mutable_quantity()->set_value("1000000");
            return issued->invoice().type() == billing::v1::Invoice::INVOICE;
          }),
      OfEvent<InvoiceCredited>("credit-note-differs",
                               [](Record*, InvoiceCredited* credited) {
                                 AddOne(credited->mutable_credit()->mutable_totals());
                                 return true;
                               }),
      OfEvent<InvoiceCredited>("credits-differ",
                               [](Record*, InvoiceCredited* credited) {
                                 auto* amount = credited->mutable_credited_amount();
                                 amount->set_units(amount->units() + 1);
                                 return true;
                               }),
      OfEvent<PaymentRecorded>("payments-differ",
                               [](Record*, PaymentRecorded* paid) {
                                 paid->mutable_paid_amount()->set_units(
                                     paid->paid_amount().units() + 1);
                                 return true;
                               }),
      OfEvent<InvoiceIssued>("deductions-differ",
                             [](Record*, InvoiceIssued* issued) {
                               if (issued->invoice().deductions().empty()) return false;
                               auto* amount = issued->mutable_invoice()->mutable_deducted_amount();
                               amount->set_units(amount->units() + 1);
                               return true;
                             }),
      OfEvent<InvoiceIssued>("deposit-overdrawn",
                             [](Record*, InvoiceIssued* issued) {
                               if (issued->invoice().deductions().empty()) return false;
                               auto* invoice = issued->mutable_invoice();
                               *invoice->add_deductions() = invoice->deductions(0);
                               return true;
                             }),
      OfEvent<PaymentRecorded>("balance-differs",
                               [](Record*, PaymentRecorded* paid) {
                                 paid->mutable_balance()->set_units(paid->balance().units() + 1);
                                 return true;
                               }),
  };
}

std::vector<Corruption> OfPayments() {
  return {
      OfEvent<AllocationSettled>("payment-differs",
                                 [](Record*, AllocationSettled* settled) {
                                   auto* credit = settled->mutable_unallocated_amount();
                                   credit->set_units(credit->units() + 1);
                                   return true;
                                 }),
      OfEvent<PaymentCreated>("share-unknown",
                              [](Record*, PaymentCreated* created) {
                                created->mutable_payment()->mutable_allocations(0)->set_invoice(
                                    "invoices/none");
                                return true;
                              }),
      OfEvent<PaymentCreated>("share-exceeded",
                              [](Record*, PaymentCreated* created) {
                                auto* share = created->mutable_payment()->mutable_allocations(0);
                                share->mutable_amount()->set_units(0);
                                return true;
                              }),
      OfEvent<PaymentRecorded>("share-doubled",
                               [](Record*, PaymentRecorded* paid) {
                                 const bool second = paid->payment().allocation() == 2;
                                 paid->mutable_payment()->set_allocation(1);
                                 return second;
                               }),
      OfEvent<AllocationSettled>("share-differs",
                                 [](Record*, AllocationSettled* settled) {
                                   auto* taken = settled->mutable_taken_amount();
                                   taken->set_units(taken->units() + 1);
                                   return true;
                                 }),
      OfEvent<AllocationSettled>("share-unanswered",
                                 [](Record*, AllocationSettled* settled) {
                                   settled->set_allocation(99);
                                   return true;
                                 }),
  };
}

TEST(Verify, FindsWhatIsWrongInSales) { ExpectEachFound(OfSales()); }
TEST(Verify, FindsWhatIsWrongInPayments) { ExpectEachFound(OfPayments()); }

}  // namespace
}  // namespace leadstream::testing
