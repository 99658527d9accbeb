#include "services/billing/billing_context.h"

#include "services/billing/allocation_rules.h"
#include "services/billing/billing_reactions.h"
#include "services/billing/deposits.h"
#include "services/billing/invoice_names.h"
#include "services/billing/invoice_rules.h"
#include "services/billing/reminder_rules.h"
#include "services/billing/seller_rules.h"

namespace leadstream::billing {

domain::Aggregate InvoiceAggregate() {
  return domain::AggregateOf<Invoice>("invoices")
      .Creates<CreateInvoiceRequest>(Decide, Needs)
      .On<UpdateInvoiceRequest>(Decide, Needs)
      .On<DeleteInvoiceRequest>(Decide)
      .On<IssueInvoiceRequest>(Decide)
      .On<CancelInvoiceRequest>(Decide)
      .On<RecordPaymentRequest>(Decide)
      .On<RefundPaymentRequest>(Decide)
      .On<CreditInvoiceRequest>(Decide)
      .On<RemindOfInvoiceRequest>(Decide)
      .On<HoldRemindersRequest>(Decide)
      .On<ResumeRemindersRequest>(Decide)
      .On<TakePaymentShareRequest>(Decide)
      .On<ReturnPaymentShareRequest>(Decide)
      .Folds<InvoiceCreated>(Evolve)
      .Folds<InvoiceUpdated>(Evolve)
      .Folds<InvoiceIssued>(Evolve, Remember)
      .Folds<InvoiceCanceled>(Evolve)
      .Folds<PaymentRecorded>(Evolve, Remember)
      .Folds<PaymentRefunded>(Evolve, Remember)
      .Folds<InvoiceCredited>(Evolve, Remember)
      .Folds<InvoiceReminded>(Evolve)
      .Folds<RemindersHeld>(Evolve)
      .Folds<RemindersResumed>(Evolve)
      .Folds<PaymentShareDeclined>(Evolve)
      .Deletes<InvoiceDeleted>()
      .MatchedBy("state")
      .MatchedBy("payment_state")
      .MatchedBy("account")
      .MatchedBy("order")
      .MatchedBy("number")
      .SortedBy("due_date")
      .MatchedBy("reminder_level")
      .KeyedBy(kDepositsIndex, OrderOfDeposit)
      .WhenDue<RemindOfInvoiceRequest>("reminder", ReminderDue)
      .PartitionedBy(PartitionKeyOf);
}

domain::Aggregate PaymentAggregate() {
  return domain::AggregateOf<Payment>("payments")
      .Creates<CreatePaymentRequest>(Decide, Needs)
      .On<AllocatePaymentRequest>(Decide, Needs)
      .On<ReversePaymentRequest>(Decide)
      .On<RefundCreditRequest>(Decide)
      .On<SettleAllocationRequest>(Decide)
      .Folds<PaymentCreated>(Evolve, Remember)
      .Folds<PaymentAllocated>(Evolve)
      .Folds<AllocationSettled>(Evolve)
      .Folds<PaymentReversed>(Evolve)
      .Folds<CreditRefunded>(Evolve, Remember)
      .MatchedBy("state")
      .MatchedBy("account")
      .MatchedBy("reference")
      .PartitionedBy(PartitionKeyOf);
}

// Its name is what its invoices' partition is chosen by, so that they see it as it is.
domain::Aggregate SellerAggregate() {
  return domain::AggregateOf<Seller>("sellers")
      .Creates<CreateSellerRequest>(Decide)
      .On<UpdateSellerRequest>(Decide)
      .Folds<SellerCreated>(Evolve, Remember)
      .Folds<SellerUpdated>(Evolve, Remember);
}

domain::ServiceDefinition BillingService() {
  return {
      .name = "billing",
      .grpc_services = {"leadstream.billing.v1.InvoiceService",
                        "leadstream.billing.v1.PaymentService",
                        "leadstream.billing.v1.SellerService"},
      .aggregates = {InvoiceAggregate(), PaymentAggregate(), SellerAggregate()},
      .queries = {},
      .reactions = BillingReactions(),
  };
}

}  // namespace leadstream::billing
