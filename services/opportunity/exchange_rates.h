// Exchange rates by date: what may happen to one, and reports in one currency by them. Pure: no
// clock, no I/O.
//
//   Conversion conversion("EUR", day, reader);
//   if (auto refusal = conversion.Know("HUF")) return refusal;
//   google.type.Money sum = conversion.Convert({{"EUR", 100}, {"HUF", 40'000}});
#pragma once

#include <google/type/money.pb.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/domain/context.h"
#include "common/domain/decimal.h"
#include "common/domain/decision.h"
#include "common/domain/reader.h"
#include "common/domain/tally.h"
#include "leadstream/opportunity/v1/events.pb.h"
#include "leadstream/opportunity/v1/exchange_rate.pb.h"
#include "leadstream/opportunity/v1/exchange_rate_service.pb.h"

namespace leadstream::opportunity {

domain::Decision Decide(const v1::ExchangeRate&, const v1::CreateExchangeRateRequest&,
                        const domain::Context&);
domain::Decision Decide(const v1::ExchangeRate&, const v1::UpdateExchangeRateRequest&,
                        const domain::Context&);
void Evolve(const v1::ExchangeRateCreated&, v1::ExchangeRate*);
void Evolve(const v1::ExchangeRateUpdated&, v1::ExchangeRate*);

// By "EUR/HUF". The names of one pair are in the order of their dates.
inline constexpr char kRatesOfPair[] = "pair";
std::vector<std::string> PairOf(const v1::ExchangeRate& rate);
// Which currencies there are rates between. Keys: a currency, another one.
inline constexpr char kRatedCurrencies[] = "rated_currencies";
std::vector<domain::TallyEntry> RatedCurrencyEntries(const v1::ExchangeRate& rate);

// Of a day: the newest rate that is not of a later one counts, be it of a pair or of its inverse;
// of the same day, the pair's own. Where there is neither, what both have a rate to is gone
// through; of several such currencies the one whose older rate is the newest, the first in the
// alphabet.
class Conversion {
 public:
  Conversion(std::string to, google::type::Date day, const domain::Reader& reader)
      : to_(std::move(to)), day_(day), reader_(reader) {}

  // Finds how that currency is counted. Refused where there is no rate, naming pair and day.
  std::optional<domain::Refusal> Know(const std::string& from);
  // The sum of it all, exact until it is rounded, once. Every currency is known.
  google::type::Money Convert(const std::map<std::string, domain::Decimal>& amounts) const;

 private:
  // numerator / denominator: inverse rates have no end of digits.
  struct Rate {
    domain::Decimal numerator, denominator;
    std::string date;  // "2026-03-01"; of several rates the oldest
  };
  std::optional<Rate> RateOf(const std::string& from, const std::string& to) const;
  std::optional<Rate> RateThrough(const std::string& from) const;
  std::optional<Rate> Stored(const std::string& from, const std::string& to) const;

  const std::string to_;
  const google::type::Date day_;
  const domain::Reader& reader_;
  std::map<std::string, Rate> rates_;  // by the currency that is converted
};

}  // namespace leadstream::opportunity
