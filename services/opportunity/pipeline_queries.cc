#include "services/opportunity/pipeline_queries.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/domain/date.h"
#include "common/domain/money.h"
#include "common/domain/tally.h"
#include "leadstream/common/v1/error_reason.pb.h"
#include "leadstream/opportunity/v1/error_reason.pb.h"
#include "services/opportunity/exchange_rates.h"
#include "services/opportunity/pipeline_tallies.h"
#include "services/opportunity/process.h"

namespace leadstream::opportunity {

using domain::Decimal;
using domain::Reader;
using domain::Refusal;
using domain::TallyBounds;
using domain::TallySum;
using domain::TallyTotal;
using v1::ProcessDefinition;

namespace {

constexpr char kOpportunities[] = "opportunities";
constexpr int kPercentDigits = 2;

// Later than any month.
constexpr char kLastMonth[] = "9999-99";

// The process as it is now; null: there is none of that name.
std::shared_ptr<const ProcessDefinition> FindProcess(const std::string& name,
                                                     const Reader& reader) {
  if (name.empty()) return {std::shared_ptr<void>(), &DefaultProcess()};
  return reader.Find<ProcessDefinition>(name);
}

// Where a stage is among those of its process; behind them all if the process has it no more.
int PlaceOf(const std::string& stage, const ProcessDefinition& process) {
  int place = 0;
  while (place < process.stages_size() && process.stages(place).stage() != stage) ++place;
  return place;
}

// By stage in the order of the process, and then by the other parts of the key.
using PlacedKey = std::pair<int, std::vector<std::string>>;

// The bounds of months that dates are in; without dates all, and what has no month as well.
TallyBounds MonthsOf(bool has_from, const google::type::Date& from, bool has_to,
                     const google::type::Date& to) {
  if (!has_from && !has_to) return {};
  return {has_from ? MonthKey(from) : "0000-00", has_to ? MonthKey(to) : kLastMonth};
}

// What a row comes to, by currency: of its own alone, or of all that a report counts as one.
using ByCurrency = std::map<std::string, TallyTotal>;

// Whether each currency has rows of its own, or all are counted as one.
class Report {
 public:
  template <typename Request>
  Report(const Request& request, const Reader& reader)
      : currency_(request.report_currency()),
        conversion_(currency_,
                    request.has_rate_date() ? request.rate_date()
                                            : domain::ToDate(domain::DayOf(reader.Now())),
                    reader) {}

  // The currency of the row that shows such amounts.
  const std::string& RowOf(const std::string& currency) const {
    return currency_.empty() ? currency : currency_;
  }
  std::optional<Refusal> Know(const std::string& currency) {
    return currency_.empty() ? std::nullopt : conversion_.Know(currency);
  }
  template <typename Row>
  void SetAmounts(const ByCurrency& amounts, Row* row) const {
    int64_t count = 0;
    for (const auto& [currency, total] : amounts) count += total.count;
    row->set_count(count);
    *row->mutable_sum() = SumOf(amounts, 0);
    *row->mutable_weighted_sum() = SumOf(amounts, 1);
  }

 private:
  google::type::Money SumOf(const ByCurrency& amounts, size_t number) const {
    if (currency_.empty())
      return domain::ToMoney(amounts.begin()->second.sums[number], amounts.begin()->first);
    std::map<std::string, Decimal> sums;
    for (const auto& [currency, total] : amounts) sums[currency] = total.sums[number];
    return conversion_.Convert(sums);
  }

  const std::string currency_;
  Conversion conversion_;
};

}  // namespace

std::optional<Refusal> GetPipeline(const v1::GetPipelineRequest& request, const Reader& reader,
                                   v1::GetPipelineResponse* response) {
  const auto process = FindProcess(request.process_definition(), reader);
  if (process == nullptr)
    return domain::RefuseNotFound(common::v1::RESOURCE_NOT_FOUND, request.process_definition());
  if (!request.customer_type().empty() && request.customer_type() != kBusiness &&
      request.customer_type() != kConsumer)
    return domain::RefuseFields(v1::OPPORTUNITY_CUSTOMER_TYPE_UNKNOWN,
                                "there are no such customers",
                                {{"customer_type", "is \"business\" or \"consumer\""}});

  std::vector<TallyBounds> bounds = {request.process_definition()};
  if (request.has_owner()) bounds.emplace_back(request.owner());
  if (!request.customer_type().empty()) bounds.emplace_back(request.customer_type());
  Report report(request, reader);
  std::map<PlacedKey, ByCurrency> rows;  // stage, currency
  for (const TallySum& sum :
       reader.Tallies(kOpportunities, request.has_owner() ? kPipelineOfOwner : kPipeline, bounds)) {
    const std::string &stage = *(sum.key.end() - 2), &currency = sum.key.back();
    if (auto refusal = report.Know(currency)) return refusal;
    rows[{PlaceOf(stage, *process), {stage, report.RowOf(currency)}}][currency].Add(sum.total);
  }
  for (const auto& [key, amounts] : rows) {
    v1::PipelineRow* row = response->add_rows();
    row->set_stage(key.second[0]);
    row->set_currency(key.second[1]);
    report.SetAmounts(amounts, row);
  }
  return std::nullopt;
}

std::optional<Refusal> GetForecast(const v1::GetForecastRequest& request, const Reader& reader,
                                   v1::GetForecastResponse* response) {
  const bool of_owner = request.has_owner() || request.by_owner();
  std::vector<TallyBounds> bounds;
  if (of_owner)
    bounds.push_back(request.has_owner() ? TallyBounds(request.owner()) : TallyBounds());
  bounds.push_back(MonthsOf(request.has_from_month(), request.from_month(), request.has_to_month(),
                            request.to_month()));
  Report report(request, reader);
  std::map<std::vector<std::string>, ByCurrency> rows;  // month, owner if asked, category, currency
  for (TallySum& sum :
       reader.Tallies(kOpportunities, of_owner ? kForecastOfOwner : kForecast, bounds)) {
    if (of_owner) std::swap(sum.key[0], sum.key[1]);
    const std::string currency = std::move(sum.key.back());
    if (auto refusal = report.Know(currency)) return refusal;
    sum.key.back() = report.RowOf(currency);
    rows[std::move(sum.key)][currency].Add(sum.total);
  }
  for (const auto& [key, amounts] : rows) {
    v1::ForecastRow* row = response->add_rows();
    if (!key[0].empty()) *row->mutable_month() = MonthOf(key[0]);
    if (of_owner) row->set_owner(key[1]);
    row->set_forecast_category(CategoryOf(*(key.end() - 2)));
    row->set_currency(key.back());
    report.SetAmounts(amounts, row);
  }
  return std::nullopt;
}

std::optional<Refusal> GetFunnel(const v1::GetFunnelRequest& request, const Reader& reader,
                                 v1::GetFunnelResponse* response) {
  const auto process = FindProcess(request.process_definition(), reader);
  if (process == nullptr)
    return domain::RefuseNotFound(common::v1::RESOURCE_NOT_FOUND, request.process_definition());

  std::map<PlacedKey, TallyTotal> rows;  // stage
  for (const v1::ProcessStage& stage : process->stages())
    rows[{PlaceOf(stage.stage(), *process), {stage.stage()}}];
  TallyTotal won;
  const TallyBounds months = MonthsOf(request.has_from_month(), request.from_month(),
                                      request.has_to_month(), request.to_month());
  for (const TallySum& sum :
       reader.Tallies(kOpportunities, kFunnel, {request.process_definition(), months})) {
    const std::string& stage = sum.key.back();
    (stage == kWonStage ? won : rows[{PlaceOf(stage, *process), {stage}}]).Add(sum.total);
  }
  for (auto& [key, total] : rows) {
    v1::FunnelRow* row = response->add_rows();
    row->set_stage(key.second[0]);
    row->set_entered(total.count);
    if (total.count == 0) continue;
    const Decimal &advanced = total.sums[0], &time_us = total.sums[2];
    row->set_advanced(advanced.Units());
    row->set_lost(total.sums[1].Units());
    *row->mutable_conversion_rate() =
        (advanced * Decimal(100)).DividedBy(Decimal(total.count), kPercentDigits).ToProto();
    if (advanced.IsZero()) continue;
    *row->mutable_average_time() = google::protobuf::util::TimeUtil::MicrosecondsToDuration(
        time_us.DividedBy(advanced, 0).Units());
  }
  v1::FunnelRow* row = response->add_rows();
  row->set_stage("won");
  row->set_entered(won.count);
  return std::nullopt;
}

}  // namespace leadstream::opportunity
