#include "services/opportunity/exchange_rates.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>

#include <algorithm>
#include <set>

#include "common/domain/currency.h"
#include "common/domain/date.h"
#include "common/domain/money.h"
#include "common/domain/update.h"
#include "leadstream/opportunity/v1/error_reason.pb.h"
#include "services/opportunity/opportunity_checks.h"

namespace leadstream::opportunity {

using domain::Context;
using domain::Decimal;
using domain::Decision;
using domain::Refusal;
using domain::TallyEntry;
using domain::TallySum;
using v1::ExchangeRate;

namespace {

constexpr char kCollection[] = "exchangeRates";

std::string PairKey(const std::string& from, const std::string& to) {
  return absl::StrCat(from, "/", to);
}
std::string IdOf(const std::string& from, const std::string& to, const google::type::Date& day) {
  return absl::AsciiStrToLower(absl::StrCat(from, "-", to, "-", domain::DateText(day)));
}

}  // namespace

Decision Decide(const ExchangeRate&, const v1::CreateExchangeRateRequest& request, const Context&) {
  v1::ExchangeRateCreated created;
  ExchangeRate& rate = *created.mutable_exchange_rate();
  rate = request.exchange_rate();
  rate.clear_name();
  rate.clear_etag();
  Problems problems;
  if (rate.from_currency() == rate.to_currency())
    problems.Add(v1::EXCHANGE_RATE_INVALID, "exchange_rate.to_currency",
                 "is another currency than `from_currency`");
  const std::string id = IdOf(rate.from_currency(), rate.to_currency(), rate.date());
  if (request.exchange_rate_id() != id)
    problems.Add(v1::EXCHANGE_RATE_INVALID, "exchange_rate_id",
                 absl::StrCat("says what the rate is of: ", id));
  if (!problems.empty()) return problems.Refused();
  return created;
}

Decision Decide(const ExchangeRate& rate, const v1::UpdateExchangeRateRequest& request,
                const Context&) {
  v1::ExchangeRateUpdated updated;
  ExchangeRate after = rate;
  if (auto refusal = domain::RefuseUpdate(request.exchange_rate(), request.update_mask(), &after,
                                          updated.mutable_update_mask()))
    return *std::move(refusal);
  domain::CopyFields(after, updated.update_mask(), updated.mutable_exchange_rate());
  return updated;
}

void Evolve(const v1::ExchangeRateCreated& event, ExchangeRate* rate) {
  rate->MergeFrom(event.exchange_rate());
}

void Evolve(const v1::ExchangeRateUpdated& event, ExchangeRate* rate) {
  domain::CopyFields(event.exchange_rate(), event.update_mask(), rate);
}

std::vector<std::string> PairOf(const ExchangeRate& rate) {
  return {PairKey(rate.from_currency(), rate.to_currency())};
}

std::vector<TallyEntry> RatedCurrencyEntries(const ExchangeRate& rate) {
  return {{{rate.from_currency(), rate.to_currency()}, {}},
          {{rate.to_currency(), rate.from_currency()}, {}}};
}

std::optional<Refusal> Conversion::Know(const std::string& from) {
  if (rates_.contains(from)) return std::nullopt;
  std::optional<Rate> rate = from == to_ ? Rate{Decimal(1), Decimal(1), ""} : RateOf(from, to_);
  if (!rate) rate = RateThrough(from);
  if (!rate)
    return domain::Refuse(
        v1::EXCHANGE_RATE_MISSING,
        absl::StrCat("there is no exchange rate from ", from, " to ", to_, " of ",
                     domain::DateText(day_), " or before, nor rates of both to a third currency"));
  rates_.emplace(from, *std::move(rate));
  return std::nullopt;
}

google::type::Money Conversion::Convert(const std::map<std::string, Decimal>& amounts) const {
  Decimal numerator, denominator(1);
  for (const auto& [currency, amount] : amounts) {
    const Rate& rate = rates_.at(currency);
    numerator = numerator * rate.denominator + amount * rate.numerator * denominator;
    denominator *= rate.denominator;
  }
  return domain::ToMoney(numerator.DividedBy(denominator, domain::CurrencyDigits(to_)), to_);
}

std::optional<Conversion::Rate> Conversion::Stored(const std::string& from,
                                                   const std::string& to) const {
  const std::string name = reader_.LastKeyed(kCollection, kRatesOfPair, PairKey(from, to),
                                             absl::StrCat(kCollection, "/", IdOf(from, to, day_)));
  if (name.empty()) return std::nullopt;
  const auto rate = reader_.Find<ExchangeRate>(name);
  if (rate == nullptr) return std::nullopt;
  return Rate{Decimal::Of(rate->rate()), Decimal(1), domain::DateText(rate->date())};
}

std::optional<Conversion::Rate> Conversion::RateOf(const std::string& from,
                                                   const std::string& to) const {
  std::optional<Rate> direct = Stored(from, to);
  std::optional<Rate> inverse = Stored(to, from);
  if (inverse) std::swap(inverse->numerator, inverse->denominator);
  if (!direct || !inverse) return direct ? direct : inverse;
  return inverse->date > direct->date ? inverse : direct;
}

std::optional<Conversion::Rate> Conversion::RateThrough(const std::string& from) const {
  std::optional<Rate> best;
  for (const TallySum& pair : reader_.Tallies(kCollection, kRatedCurrencies, {from})) {
    const std::string& common = pair.key[1];
    if (common == to_) continue;
    const auto first = RateOf(from, common), second = RateOf(common, to_);
    if (!first || !second) continue;
    const std::string& older = std::min(first->date, second->date);
    if (best && older <= best->date) continue;
    best =
        Rate{first->numerator * second->numerator, first->denominator * second->denominator, older};
  }
  return best;
}

}  // namespace leadstream::opportunity
