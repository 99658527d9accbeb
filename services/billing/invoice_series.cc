#include "services/billing/invoice_series.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include <string>

#include "common/domain/date.h"
#include "common/domain/money.h"
#include "services/billing/payment_rules.h"

namespace leadstream::billing {
namespace {

using v1::Invoice;

std::string SeriesKey(const Invoice& invoice) {
  return absl::StrCat("series/", invoice.seller(), "/", Invoice::Type_Name(invoice.type()), "/",
                      invoice.issue_date().year());
}

int64_t LastOf(const std::string& series, const domain::Facts& facts) {
  int64_t last = 0;
  if (auto remembered = facts.Get(series)) (void)absl::SimpleAtoi(*remembered, &last);
  return last;
}

const char* PrefixOf(Invoice::Type type) {
  switch (type) {
    case Invoice::CREDIT_NOTE:
      return "CN";
    case Invoice::DEPOSIT:
      return "DEP";
    default:
      return "INV";
  }
}

}  // namespace

void Issue(const domain::Context& context, Invoice* invoice) {
  invoice->set_state(Invoice::ISSUED);
  *invoice->mutable_issue_time() = context.now;
  const absl::CivilDay today = domain::DayOf(context.now);
  *invoice->mutable_issue_date() = domain::ToDate(today);
  invoice->clear_order_basis();

  invoice->set_sequence(LastOf(SeriesKey(*invoice), *context.facts) + 1);
  invoice->set_number(absl::StrFormat("%s-%04d-%06d", PrefixOf(invoice->type()),
                                      invoice->issue_date().year(), invoice->sequence()));
  if (invoice->type() == Invoice::CREDIT_NOTE) return;

  if (!invoice->has_due_date())
    *invoice->mutable_due_date() = domain::ToDate(today + invoice->payment_days());
  *invoice->mutable_paid_amount() = domain::ZeroMoney(invoice->currency());
  *invoice->mutable_credited_amount() = domain::ZeroMoney(invoice->currency());
  *invoice->mutable_balance() =
      BalanceOf(*invoice, invoice->paid_amount(), invoice->credited_amount());
  invoice->set_payment_state(PaymentStateOf(invoice->paid_amount(), invoice->balance()));
}

void RememberSeries(const Invoice& issued, domain::MutableFacts* facts) {
  facts->Put(SeriesKey(issued), absl::StrCat(issued.sequence()));
}

}  // namespace leadstream::billing
