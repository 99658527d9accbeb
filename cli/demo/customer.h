// How customers of the demo pay.
#pragma once

#include <absl/status/status.h>

#include <vector>

#include "cli/demo/fate.h"
#include "cli/demo/office.h"
#include "leadstream/billing/v1/invoice.pb.h"

namespace leadstream::demo {

// What is owed on the invoices of an order: several in one sum, or each by itself, wholly, in part
// or not yet. An error: a call failed, or invoices did not take their shares in time.
absl::Status Pay(const std::vector<billing::v1::Invoice>& invoices, Fate* fate, Office* office);

}  // namespace leadstream::demo
