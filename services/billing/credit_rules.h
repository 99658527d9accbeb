// Credits: CreditInvoice fixes in the invoice what is credited, under the name of a credit note;
// the credit note, a document of its own with a number of its own, then takes it over from there (a
// reaction sees to it). So the amounts are decided where what was credited before is known, and no
// credit note exists that its invoice does not know of.
#pragma once

#include "services/billing/invoice_rules.h"

namespace leadstream::billing {

// CreateInvoice of a CREDIT_NOTE.
Decision IssueCreditNote(const CreateInvoiceRequest& request, const Context& context);

}  // namespace leadstream::billing
