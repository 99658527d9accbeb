// Reminding the buyer of what is overdue.
#pragma once

#include <absl/time/time.h>

#include <optional>

#include "leadstream/billing/v1/invoice.pb.h"
#include "services/billing/problems.h"

namespace leadstream::billing {

// When the next reminder is due: as the day begins (UTC) that is so many days after the due date as
// the level says. Nothing: nothing is owed, or nobody is reminded.
std::optional<absl::Time> ReminderDue(const v1::Invoice& invoice);

// What is wrong with the days of a draft.
void CheckReminderDays(const v1::Invoice& invoice, Problems* problems);
// Those of an invoice that is issued without.
void FillReminderDays(v1::Invoice* invoice);

}  // namespace leadstream::billing
