// When an invoice is due, and reminding the buyer of what is overdue.
#pragma once

#include <absl/strings/string_view.h>
#include <absl/time/time.h>
#include <google/protobuf/repeated_field.h>

#include <optional>

#include "leadstream/billing/v1/invoice.pb.h"
#include "services/billing/problems.h"

namespace leadstream::billing {

// When the next reminder is due: as the day begins (UTC) that is so many days after the due date as
// the level says. Nothing: nothing is owed, or nobody is reminded.
std::optional<absl::Time> ReminderDue(const v1::Invoice& invoice);

using ReminderDays = google::protobuf::RepeatedField<int32_t>;

// What is wrong with the days of a draft, or of a seller; `path` is where they stand.
void CheckPaymentDays(absl::string_view path, int days, v1::ErrorReason reason, Problems* problems);
void CheckReminderDays(absl::string_view path, const ReminderDays& levels, v1::ErrorReason reason,
                       Problems* problems);
// Those of an invoice that is issued without.
void FillReminderDays(v1::Invoice* invoice);

}  // namespace leadstream::billing
