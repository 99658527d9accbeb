#include "services/billing/billing_context.h"

#include "services/billing/billing_reactions.h"
#include "services/billing/invoice_names.h"
#include "services/billing/invoice_rules.h"
#include "services/billing/reminder_rules.h"

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
      .Deletes<InvoiceDeleted>()
      .MatchedBy("state")
      .MatchedBy("payment_state")
      .MatchedBy("account")
      .MatchedBy("order")
      .MatchedBy("number")
      .SortedBy("due_date")
      .MatchedBy("reminder_level")
      .WhenDue<RemindOfInvoiceRequest>("reminder", ReminderDue)
      .PartitionedBy(PartitionKeyOf);
}

domain::ServiceDefinition BillingService() {
  return {
      .name = "billing",
      .grpc_services = {"leadstream.billing.v1.InvoiceService",
                        "leadstream.billing.v1.PaymentService"},
      .aggregates = {InvoiceAggregate()},
      .queries = {},
      .intakes = {},
      .reactions = BillingReactions(),
  };
}

}  // namespace leadstream::billing
