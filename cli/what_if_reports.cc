#include "cli/what_if_reports.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <algorithm>
#include <map>
#include <vector>

#include "cli/amounts.h"
#include "cli/text_table.h"
#include "common/domain/json_text.h"
#include "services/opportunity/pipeline_tallies.h"

namespace leadstream::cli {

using domain::Decimal;
using domain::JsonText;
using lead::v1::Lead;
using opportunity::v1::Opportunity;
using quoting::v1::Quote;
using what_if::ForecastDifference;
using what_if::PriceDifference;
using what_if::ScoringDifference;

namespace {

std::string GradeName(Lead::Grade grade) {
  return grade == Lead::GRADE_UNSPECIFIED ? "none" : Lead::Grade_Name(grade);
}

std::string AndMore(size_t rows, size_t rows_max) {
  return rows <= rows_max ? "" : absl::StrCat("  and ", rows - rows_max, " more\n");
}

std::string JsonTexts(const std::vector<std::string>& texts) {
  return absl::StrCat("[",
                      absl::StrJoin(texts, ",",
                                    [](std::string* out, const auto& text) {
                                      absl::StrAppend(out, JsonText(text));
                                    }),
                      "]");
}

// What people call a key of a tally, without the currency, which is its last part.
using NameOf = std::vector<std::string> (*)(const std::vector<std::string>& key);

std::string ToText(const what_if::Sums& sums, const std::vector<std::string>& heads, NameOf name) {
  std::vector<std::string> columns = heads;
  columns.insert(columns.end(), {"count", "revenue", "weighted", "would be", "difference"});
  Table table(columns, heads.size());
  for (const auto& [key, twice] : sums) {
    std::vector<std::string> row = name(key);
    const std::string& currency = key.back();
    const what_if::Weighed &was = twice.before, &is = twice.after;
    row.push_back(was.count == is.count ? absl::StrCat(was.count)
                                        : absl::StrCat(was.count, " > ", is.count));
    row.push_back(InWords(std::max(was.revenue, is.revenue), currency));
    row.push_back(InWords(was.weighted, currency));
    row.push_back(InWords(is.weighted, currency));
    row.push_back(InWords(is.weighted - was.weighted, currency));
    table.Add(std::move(row));
  }
  return table.ToText();
}

std::string ToJson(const what_if::Sums& sums, NameOf name) {
  std::string json;
  const auto side = [](const what_if::Weighed& weighed) {
    return absl::StrCat("{\"count\":", weighed.count, ",\"revenue\":\"", weighed.revenue.ToString(),
                        "\",\"weighted\":\"", weighed.weighted.ToString(), "\"}");
  };
  for (const auto& [key, twice] : sums) {
    absl::StrAppend(&json, json.empty() ? "" : ",", "{\"of\":", JsonTexts(name(key)),
                    ",\"currency\":", JsonText(key.back()), ",\"is\":", side(twice.before),
                    ",\"would_be\":", side(twice.after), "}");
  }
  return absl::StrCat("[", json, "]");
}

std::vector<std::string> StageOf(const std::vector<std::string>& key) { return {key[2]}; }

std::vector<std::string> MonthOf(const std::vector<std::string>& key) {
  return {key[0], Opportunity::ForecastCategory_Name(opportunity::CategoryOf(key[1]))};
}

// "3  EUR 100.00  EUR 110.00  EUR 10.00"
std::vector<std::string> Cells(const what_if::AmountTwice& sums, const std::string& currency) {
  return {absl::StrCat(sums.count), InWords(sums.before, currency), InWords(sums.after, currency),
          InWords(sums.after - sums.before, currency)};
}

std::vector<std::string> Row(std::string name, std::vector<std::string> cells) {
  cells.insert(cells.begin(), std::move(name));
  return cells;
}

std::string JsonOf(const what_if::AmountTwice& sums) {
  return absl::StrCat("\"count\":", sums.count, ",\"is\":\"", sums.before.ToString(),
                      "\",\"would_be\":\"", sums.after.ToString(), "\"");
}

}  // namespace

std::string ToText(const ScoringDifference& difference, size_t rows_max) {
  std::string text = absl::StrCat(difference.leads, " leads: ", difference.rescored.size(),
                                  " would have another score or grade, ", difference.regraded,
                                  " another grade\n\n");
  Table grades({"grade", "leads", "qualified", "given up", "would be", "qualified", "given up"}, 1);
  std::map<Lead::Grade, int> all;
  for (const auto& [grade, count] : difference.before) all[grade];
  for (const auto& [grade, count] : difference.after) all[grade];
  const auto of = [](const auto& counts, Lead::Grade grade) {
    auto found = counts.find(grade);
    return found == counts.end() ? what_if::GradeCount() : found->second;
  };
  for (const auto& [grade, unused] : all) {
    const what_if::GradeCount was = of(difference.before, grade), is = of(difference.after, grade);
    grades.Add({GradeName(grade), absl::StrCat(was.leads), absl::StrCat(was.qualified),
                absl::StrCat(was.disqualified), absl::StrCat(is.leads), absl::StrCat(is.qualified),
                absl::StrCat(is.disqualified)});
  }
  text += grades.ToText();
  if (difference.rescored.empty()) return text;
  Table rows({"lead", "state", "score", "grade", "would be", "grade"}, 2);
  for (size_t i = 0; i < std::min(rows_max, difference.rescored.size()); ++i) {
    const what_if::Rescored& one = difference.rescored[i];
    rows.Add({one.lead, Lead::State_Name(one.state), absl::StrCat(one.before.score()),
              GradeName(one.before.grade()), absl::StrCat(one.after.score()),
              GradeName(one.after.grade())});
  }
  absl::StrAppend(&text, "\n", rows.ToText());
  return absl::StrCat(text, AndMore(difference.rescored.size(), rows_max));
}

std::string ToJson(const ScoringDifference& difference) {
  std::string rows;
  for (const what_if::Rescored& one : difference.rescored)
    absl::StrAppend(&rows, rows.empty() ? "" : ",", "{\"lead\":", JsonText(one.lead),
                    ",\"state\":\"", Lead::State_Name(one.state),
                    "\",\"score\":", one.before.score(), ",\"grade\":\"",
                    GradeName(one.before.grade()), "\",\"would_be_score\":", one.after.score(),
                    ",\"would_be_grade\":\"", GradeName(one.after.grade()), "\"}");
  return absl::StrCat("{\"leads\":", difference.leads, ",\"regraded\":", difference.regraded,
                      ",\"rescored\":[", rows, "]}\n");
}

std::string ToText(const ForecastDifference& difference, size_t rows_max) {
  std::string text = absl::StrCat(difference.opportunities, " open opportunities\n\n",
                                  ToText(difference.by_stage, {"stage"}, StageOf), "\n",
                                  ToText(difference.by_month, {"month", "category"}, MonthOf));
  if (difference.stage_lacks.empty()) return text;
  absl::StrAppend(&text, "\n", difference.stage_lacks.size(),
                  " stand at a stage that it does not have, and stay as they are:\n");
  for (size_t i = 0; i < std::min(rows_max, difference.stage_lacks.size()); ++i)
    absl::StrAppend(&text, "  ", difference.stage_lacks[i], "\n");
  return absl::StrCat(text, AndMore(difference.stage_lacks.size(), rows_max));
}

std::string ToJson(const ForecastDifference& difference) {
  return absl::StrCat("{\"opportunities\":", difference.opportunities,
                      ",\"stage_lacks\":", JsonTexts(difference.stage_lacks),
                      ",\"pipeline\":", ToJson(difference.by_stage, StageOf),
                      ",\"forecast\":", ToJson(difference.by_month, MonthOf), "}\n");
}

std::string ToText(const PriceDifference& difference, size_t rows_max) {
  const std::string& currency = difference.currency;
  std::string text = absl::StrCat(difference.quotes, " quotes in ", currency, ": ",
                                  difference.repriced.size(), " would come to something else; ",
                                  difference.overrides, " lines keep a price of their own\n");
  Table states({"quotes", "count", "come to", "would be", "difference"}, 1);
  for (const auto& [state, sums] : difference.by_state)
    states.Add(Row(Quote::State_Name(state), Cells(sums, currency)));
  Table products({"product", "lines", "net", "would be", "difference"}, 1);
  for (const auto& [product, sums] : difference.by_product)
    products.Add(Row(product, Cells(sums, currency)));
  absl::StrAppend(&text, "\n", states.ToText(), "\n", products.ToText());
  if (!difference.repriced.empty()) {
    Table quotes({"quote", "state", "comes to", "would be", "difference"}, 2);
    for (size_t i = 0; i < std::min(rows_max, difference.repriced.size()); ++i) {
      const what_if::Repriced& one = difference.repriced[i];
      quotes.Add({one.quote, Quote::State_Name(one.state), InWords(one.before, currency),
                  InWords(one.after, currency), InWords(one.after - one.before, currency)});
    }
    absl::StrAppend(&text, "\n", quotes.ToText(), AndMore(difference.repriced.size(), rows_max));
  }
  if (difference.unpriced.empty()) return text;
  absl::StrAppend(&text, "\n", difference.unpriced.size(),
                  " hold what it has no price for, and stay as they are:\n");
  for (size_t i = 0; i < std::min(rows_max, difference.unpriced.size()); ++i)
    absl::StrAppend(&text, "  ", difference.unpriced[i], "\n");
  return absl::StrCat(text, AndMore(difference.unpriced.size(), rows_max));
}

std::string ToJson(const PriceDifference& difference) {
  std::string states, products, quotes;
  for (const auto& [state, sums] : difference.by_state)
    absl::StrAppend(&states, states.empty() ? "" : ",", "{\"state\":\"", Quote::State_Name(state),
                    "\",", JsonOf(sums), "}");
  for (const auto& [product, sums] : difference.by_product)
    absl::StrAppend(&products, products.empty() ? "" : ",", "{\"product\":", JsonText(product), ",",
                    JsonOf(sums), "}");
  for (const what_if::Repriced& one : difference.repriced)
    absl::StrAppend(&quotes, quotes.empty() ? "" : ",", "{\"quote\":", JsonText(one.quote),
                    ",\"state\":\"", Quote::State_Name(one.state), "\",\"is\":\"",
                    one.before.ToString(), "\",\"would_be\":\"", one.after.ToString(), "\"}");
  return absl::StrCat("{\"currency\":", JsonText(difference.currency),
                      ",\"quotes\":", difference.quotes, ",\"overrides\":", difference.overrides,
                      ",\"unpriced\":", JsonTexts(difference.unpriced), ",\"by_state\":[", states,
                      "],\"by_product\":[", products, "],\"repriced\":[", quotes, "]}\n");
}

}  // namespace leadstream::cli
