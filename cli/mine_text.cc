#include "cli/mine_text.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_join.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "cli/text_table.h"
#include "common/domain/json_text.h"

namespace leadstream::cli {
namespace {

using domain::JsonText;
using mine::Paths;
using mine::Times;

std::string Percent(int64_t part, int64_t all) {
  return absl::StrFormat(
      "%.1f%%", all == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(all));
}

std::string InWords(double seconds) { return cli::InWords(absl::Seconds(seconds)); }

std::string VariantsText(const Paths& paths, size_t variants_max) {
  Table table({"path", "sales", "", "paid", "lost", "median", "p90"}, 1);
  int64_t shown = 0;
  for (size_t i = 0; i < std::min(variants_max, paths.variants.size()); ++i) {
    const mine::Variant& variant = paths.variants[i];
    shown += variant.sales;
    table.Add({absl::StrJoin(variant.steps, " > "), absl::StrCat(variant.sales),
               Percent(variant.sales, paths.sales), absl::StrCat(variant.paid),
               absl::StrCat(variant.lost), InWords(variant.times.median_s),
               InWords(variant.times.p90_s)});
  }
  std::string text = table.ToText();
  if (paths.variants.size() > variants_max)
    absl::StrAppend(&text, "  and ", paths.variants.size() - variants_max, " more, of ",
                    paths.sales - shown, " sales\n");
  return text;
}

std::string TimesText(const Paths& paths) {
  Table table({"from", "to", "times", "median", "p90"}, 2);
  std::vector<std::pair<std::pair<std::string, std::string>, Times>> order(paths.times.begin(),
                                                                           paths.times.end());
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return a.second.count > b.second.count; });
  for (const auto& [steps, times] : order)
    table.Add({steps.first, steps.second, absl::StrCat(times.count), InWords(times.median_s),
               InWords(times.p90_s)});
  return table.ToText();
}

std::string ReworkText(const Paths& paths) {
  Table table({"done again", "sales", "", "times"}, 1);
  for (const auto& [step, rework] : paths.rework)
    table.Add({step, absl::StrCat(rework.sales), Percent(rework.sales, paths.sales),
               absl::StrCat(rework.times)});
  return table.ToText();
}

std::string EndsText(const Paths& paths) {
  Table table({"lost after", "by", "because", "sales", ""}, 3);
  std::vector<std::pair<mine::End, int64_t>> order(paths.ends.begin(), paths.ends.end());
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  for (const auto& [end, sales] : order)
    table.Add({end.after, end.step, end.reason, absl::StrCat(sales), Percent(sales, paths.lost)});
  return table.ToText();
}

std::string StandingText(const Paths& paths) {
  Table table({"open after", "sales"}, 1);
  for (const auto& [step, sales] : paths.standing) table.Add({step, absl::StrCat(sales)});
  return table.ToText();
}

std::string TimesJson(const Times& times) {
  return absl::StrFormat("\"median_seconds\":%.6f,\"p90_seconds\":%.6f", times.median_s,
                         times.p90_s);
}

// Elements of a JSON array.
template <typename Elements, typename ToElement>
std::string JsonArray(const Elements& elements, const ToElement& to_element) {
  return absl::StrCat("[",
                      absl::StrJoin(elements, ",",
                                    [&](std::string* out, const auto& element) {
                                      absl::StrAppend(out, to_element(element));
                                    }),
                      "]");
}

std::string VariantJson(const mine::Variant& variant) {
  return absl::StrCat("{\"path\":", JsonArray(variant.steps, JsonText),
                      ",\"sales\":", variant.sales, ",\"paid\":", variant.paid,
                      ",\"lost\":", variant.lost, ",", TimesJson(variant.times), "}");
}

std::string GraphOf(const Paths& paths, const std::string& prefix) {
  std::string dot;
  int64_t most = 1;
  for (const auto& [steps, times] : paths.times) most = std::max(most, times.count);
  const auto id = [&](const std::string& step) { return JsonText(prefix + step); };
  for (const auto& [step, sales] : paths.steps)
    absl::StrAppend(&dot, "  ", id(step), " [label=", JsonText(absl::StrCat(step, "\n", sales)),
                    paths.rework.contains(step) ? ",color=\"#b45309\"" : "", "];\n");
  for (const auto& [steps, times] : paths.times)
    absl::StrAppend(
        &dot, "  ", id(steps.first), " -> ", id(steps.second), " [label=\"", times.count, "\\n",
        InWords(times.median_s),
        absl::StrFormat("\",penwidth=%.1f];\n", 1 + 4 * std::sqrt(static_cast<double>(times.count) /
                                                                  static_cast<double>(most))));
  return dot;
}

}  // namespace

std::string ToText(const std::map<std::string, Paths>& all, const std::string& by,
                   size_t variants_max) {
  std::string text;
  for (const auto& [group, paths] : all) {
    if (!text.empty()) text += "\n";
    if (!by.empty()) absl::StrAppend(&text, by, " ", group.empty() ? "(none)" : group, ": ");
    absl::StrAppend(&text, paths.sales, " sales, ", paths.paid, " paid, ", paths.lost, " lost, ",
                    paths.sales - paths.paid - paths.lost, " open");
    if (paths.paid > 0)
      absl::StrAppend(&text, "; from inquiry to payment ", InWords(paths.to_payment.median_s),
                      " (median), ", InWords(paths.to_payment.p90_s), " (p90)");
    absl::StrAppend(&text, "\n\n", VariantsText(paths, variants_max), "\n", TimesText(paths));
    if (!paths.rework.empty()) absl::StrAppend(&text, "\n", ReworkText(paths));
    if (!paths.ends.empty()) absl::StrAppend(&text, "\n", EndsText(paths));
    if (!paths.standing.empty()) absl::StrAppend(&text, "\n", StandingText(paths));
  }
  return text;
}

std::string ToJson(const std::map<std::string, Paths>& all, const std::string& by) {
  std::string json;
  for (const auto& [group, paths] : all) {
    json += "{";
    if (!by.empty()) absl::StrAppend(&json, "\"", by, "\":", JsonText(group), ",");
    absl::StrAppend(
        &json, "\"sales\":", paths.sales, ",\"paid\":", paths.paid, ",\"lost\":", paths.lost,
        ",\"open\":", paths.sales - paths.paid - paths.lost, ",\"to_payment\":{",
        TimesJson(paths.to_payment), "},\"variants\":", JsonArray(paths.variants, VariantJson),
        ",\"steps\":", JsonArray(paths.times, [](const auto& times) {
          return absl::StrCat("{\"from\":", JsonText(times.first.first),
                              ",\"to\":", JsonText(times.first.second),
                              ",\"times\":", times.second.count, ",", TimesJson(times.second), "}");
        }));
    absl::StrAppend(&json, ",\"rework\":",
                    JsonArray(paths.rework,
                              [](const auto& rework) {
                                return absl::StrCat("{\"step\":", JsonText(rework.first),
                                                    ",\"sales\":", rework.second.sales,
                                                    ",\"times\":", rework.second.times, "}");
                              }),
                    ",\"lost_after\":",
                    JsonArray(paths.ends,
                              [](const auto& end) {
                                return absl::StrCat("{\"after\":", JsonText(end.first.after),
                                                    ",\"by\":", JsonText(end.first.step),
                                                    ",\"reason\":", JsonText(end.first.reason),
                                                    ",\"sales\":", end.second, "}");
                              }),
                    ",\"open_after\":",
                    JsonArray(paths.standing,
                              [](const auto& standing) {
                                return absl::StrCat("{\"after\":", JsonText(standing.first),
                                                    ",\"sales\":", standing.second, "}");
                              }),
                    "}\n");
  }
  return json;
}

std::string ToDot(const std::map<std::string, Paths>& all) {
  std::string dot =
      "digraph paths {\n  rankdir=TB;\n  node [shape=box,style=rounded,fontname=\"sans-serif\"];\n"
      "  edge [fontname=\"sans-serif\",fontsize=10,color=\"#475569\"];\n";
  int number = 0;
  for (const auto& [group, paths] : all) {
    if (all.size() == 1) {
      dot += GraphOf(paths, "");
      continue;
    }
    absl::StrAppend(&dot, "  subgraph cluster_", number,
                    " {\n  label=", JsonText(group.empty() ? "(none)" : group), ";\n",
                    GraphOf(paths, absl::StrCat(number, " ")), "  }\n");
    ++number;
  }
  return dot + "}\n";
}

}  // namespace leadstream::cli
