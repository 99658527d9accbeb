#include "services/billing/reminder_rules.h"

#include <absl/strings/str_cat.h>

#include "common/domain/date.h"
#include "services/billing/invoice_rules.h"

namespace leadstream::billing {
namespace {

constexpr int kDaysMax = 3650;
// A friendly word after a week, a firm one after three, the last one after five.
constexpr int kReminderDays[] = {7, 21, 35};

bool IsOwed(const Invoice& invoice) {
  return invoice.type() != Invoice::CREDIT_NOTE && invoice.state() == Invoice::ISSUED &&
         (invoice.payment_state() == Invoice::UNPAID ||
          invoice.payment_state() == Invoice::PARTLY_PAID);
}

absl::CivilDay DayOfLevel(const Invoice& invoice, int level) {
  return domain::DayOf(invoice.due_date()) + invoice.reminder_days(level - 1);
}

// The highest level whose day has come: after a time in which nobody was reminded, as while it was
// held, nobody gets all the letters that were not written.
int LevelOf(const Invoice& invoice, absl::CivilDay today) {
  int level = 0;
  while (level < invoice.reminder_days_size() && DayOfLevel(invoice, level + 1) <= today) ++level;
  return level;
}

std::optional<domain::Refusal> RefuseUnlessIssued(const Invoice& invoice) {
  if (invoice.type() == Invoice::CREDIT_NOTE)
    return domain::Refuse(INVOICE_IS_CREDIT_NOTE, "nobody is reminded of a credit note");
  if (invoice.state() != Invoice::ISSUED)
    return domain::Refuse(INVOICE_NOT_ISSUED, "only of an issued invoice is anybody reminded");
  return std::nullopt;
}

}  // namespace

std::optional<absl::Time> ReminderDue(const Invoice& invoice) {
  if (!IsOwed(invoice) || invoice.has_reminder_hold() ||
      invoice.reminder_level() >= invoice.reminder_days_size())
    return std::nullopt;
  return absl::FromCivil(DayOfLevel(invoice, invoice.reminder_level() + 1), absl::UTCTimeZone());
}

void CheckPaymentDays(absl::string_view path, int days, ErrorReason reason, Problems* problems) {
  if (days < 0 || days > kDaysMax)
    problems->Add(reason, absl::StrCat(path, "payment_days"),
                  absl::StrCat("is from 0 to ", kDaysMax));
}

void CheckReminderDays(absl::string_view path, const ReminderDays& levels, ErrorReason reason,
                       Problems* problems) {
  int before = 0;
  for (int i = 0; i < levels.size(); ++i) {
    const int days = levels.Get(i);
    if (days <= before || days > kDaysMax)
      problems->Add(reason, absl::StrCat(path, "reminder_days[", i, "]"),
                    absl::StrCat("is above ", before, " and at most ", kDaysMax));
    before = days;
  }
}

void FillReminderDays(Invoice* invoice) {
  if (!invoice->reminder_days().empty()) return;
  for (const int days : kReminderDays) invoice->add_reminder_days(days);
}

Decision Decide(const Invoice& invoice, const RemindOfInvoiceRequest&, const Context& context) {
  if (auto refusal = RefuseUnlessIssued(invoice)) return *refusal;
  const absl::CivilDay today = domain::DayOf(context.now);
  const int level = LevelOf(invoice, today);
  if (!ReminderDue(invoice) || level <= invoice.reminder_level())
    return domain::Refuse(REMINDER_NOT_DUE, "no reminder is due");
  InvoiceReminded reminded;
  Reminder& reminder = *reminded.mutable_reminder();
  reminder.set_level(level);
  *reminder.mutable_date() = domain::ToDate(today);
  reminder.set_days_overdue(static_cast<int>(today - domain::DayOf(invoice.due_date())));
  *reminder.mutable_balance() = invoice.balance();
  reminded.set_number(invoice.number());
  reminded.set_account(invoice.account());
  reminded.set_contact(invoice.contact());
  return reminded;
}

Decision Decide(const Invoice& invoice, const HoldRemindersRequest& request,
                const Context& context) {
  if (auto refusal = RefuseUnlessIssued(invoice)) return *refusal;
  if (invoice.has_reminder_hold())
    return domain::Refuse(REMINDERS_HELD, "nobody is reminded of it already");
  RemindersHeld held;
  held.mutable_hold()->set_reason(request.reason());
  *held.mutable_hold()->mutable_begin_time() = context.now;
  return held;
}

Decision Decide(const Invoice& invoice, const ResumeRemindersRequest&, const Context&) {
  if (auto refusal = RefuseUnlessIssued(invoice)) return *refusal;
  if (!invoice.has_reminder_hold())
    return domain::Refuse(REMINDERS_NOT_HELD, "reminders are not held");
  return RemindersResumed();
}

void Evolve(const InvoiceReminded& event, Invoice* invoice) {
  invoice->set_reminder_level(event.reminder().level());
  *invoice->add_reminders() = event.reminder();
}

void Evolve(const RemindersHeld& event, Invoice* invoice) {
  *invoice->mutable_reminder_hold() = event.hold();
}

void Evolve(const RemindersResumed&, Invoice* invoice) { invoice->clear_reminder_hold(); }

}  // namespace leadstream::billing
