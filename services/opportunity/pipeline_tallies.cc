#include "services/opportunity/pipeline_tallies.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <google/protobuf/util/time_util.h>

#include "common/domain/date.h"
#include "common/domain/money.h"
#include "services/opportunity/process.h"

namespace leadstream::opportunity {

using domain::Decimal;
using domain::TallyEntry;
using google::protobuf::util::TimeUtil;
using google::type::Money;
using v1::Opportunity;
using v1::StagePassage;

namespace {

// What it brings or may bring. A quote that won it may be in another currency than its own.
const Money& RevenueOf(const Opportunity& opportunity) {
  return opportunity.state() == Opportunity::WON ? opportunity.actual_revenue()
                                                 : opportunity.estimated_revenue();
}

const std::string& CurrencyOf(const Opportunity& opportunity) {
  const std::string& currency = RevenueOf(opportunity).currency_code();
  return currency.empty() ? opportunity.currency() : currency;
}

std::vector<Decimal> NumbersOf(const Opportunity& opportunity) {
  const Decimal revenue = domain::ToDecimal(RevenueOf(opportunity));
  return {revenue, revenue * Decimal(opportunity.probability()).Percent()};
}

bool IsForecast(const Opportunity& opportunity) {
  return opportunity.state() != Opportunity::LOST &&
         opportunity.forecast_category() != Opportunity::OMITTED;
}

std::string ClosingMonth(const Opportunity& opportunity) {
  return MonthKey(opportunity.state() == Opportunity::WON ? opportunity.actual_close_date()
                                                          : opportunity.estimated_close_date());
}

}  // namespace

std::vector<TallyEntry> PipelineEntries(const Opportunity& opportunity) {
  if (opportunity.state() != Opportunity::OPEN) return {};
  return {{{opportunity.process_definition(), CustomerTypeOf(opportunity), opportunity.stage(),
            CurrencyOf(opportunity)},
           NumbersOf(opportunity)}};
}

std::vector<TallyEntry> PipelineOfOwnerEntries(const Opportunity& opportunity) {
  std::vector<TallyEntry> entries = PipelineEntries(opportunity);
  for (TallyEntry& entry : entries) entry.key.insert(entry.key.begin() + 1, opportunity.owner());
  return entries;
}

std::vector<TallyEntry> ForecastEntries(const Opportunity& opportunity) {
  if (!IsForecast(opportunity)) return {};
  return {{{ClosingMonth(opportunity), CategoryKey(opportunity.forecast_category()),
            CurrencyOf(opportunity)},
           NumbersOf(opportunity)}};
}

std::vector<TallyEntry> ForecastOfOwnerEntries(const Opportunity& opportunity) {
  std::vector<TallyEntry> entries = ForecastEntries(opportunity);
  for (TallyEntry& entry : entries) entry.key.insert(entry.key.begin(), opportunity.owner());
  return entries;
}

std::vector<TallyEntry> FunnelEntries(const Opportunity& opportunity) {
  const std::string month = MonthKey(domain::ToDate(domain::DayOf(opportunity.create_time())));
  std::vector<TallyEntry> entries;
  for (const StagePassage& passage : opportunity.passages()) {
    const bool is_here = passage.process_definition() == opportunity.process_definition() &&
                         passage.stage() == opportunity.stage();
    const bool advanced =
        passage.advanced() || (is_here && opportunity.state() == Opportunity::WON);
    const bool lost = is_here && opportunity.state() == Opportunity::LOST;
    const int64_t time = advanced ? TimeUtil::DurationToMicroseconds(passage.time_spent()) : 0;
    entries.push_back({{passage.process_definition(), month, passage.stage()},
                       {Decimal(int64_t{advanced}), Decimal(int64_t{lost}), Decimal(time)}});
  }
  if (opportunity.state() == Opportunity::WON)
    entries.push_back({{opportunity.process_definition(), month, kWonStage}, {{}, {}, {}}});
  return entries;
}

std::string MonthKey(const google::type::Date& date) {
  if (date.year() == 0) return "";
  return absl::StrFormat("%04d-%02d", date.year(), date.month());
}

google::type::Date MonthOf(const std::string& key) {
  google::type::Date month;
  int year = 0, number = 0;
  if (key.size() == 7 && absl::SimpleAtoi(key.substr(0, 4), &year) &&
      absl::SimpleAtoi(key.substr(5), &number)) {
    month.set_year(year);
    month.set_month(number);
  }
  return month;
}

std::string CategoryKey(Opportunity::ForecastCategory category) {
  return absl::StrCat(static_cast<int>(category));
}

Opportunity::ForecastCategory CategoryOf(const std::string& key) {
  int number = 0;
  return absl::SimpleAtoi(key, &number) ? static_cast<Opportunity::ForecastCategory>(number)
                                        : Opportunity::FORECAST_CATEGORY_UNSPECIFIED;
}

}  // namespace leadstream::opportunity
