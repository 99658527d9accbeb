// Prints random documents and what we make of them, one JSON object a line, for totals_oracle.py to
// recompute.
//
//   domain_totals_cases DOCUMENTS SEED
//
// {"currency", "increment" (of the cash rounding, "0": none), "lines", "adjustments", "totals",
// "quantities", "part", "part_lines", "invoices", "credits"}: `part` and `part_lines` are the
// totals and the lines of those quantities; `invoices` bill the document step by step, and
// `credits` take it back step by step, as if it were an invoice: each {"quantities" (so far),
// "totals"}. Messages are in protobuf's JSON, with the names of the proto files.
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <google/protobuf/util/json_util.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "common/domain/totals.h"
#include "tests/domain/random_document.h"

namespace leadstream::domain {
namespace {

std::string Json(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok()) std::abort();
  return json;
}

std::string Json(const Lines& lines) {
  std::vector<std::string> texts;
  for (const auto& line : lines) texts.push_back(Json(line));
  return absl::StrCat("[", absl::StrJoin(texts, ","), "]");
}

std::string Json(const Quantities& quantities) {
  auto pair = [](std::string* out, const auto& entry) {
    absl::StrAppend(out, "\"", entry.first, "\":\"", entry.second.ToString(), "\"");
  };
  return absl::StrCat("{", absl::StrJoin(quantities, ",", pair), "}");
}

constexpr int kSteps = 3;

// The document in so many steps, the last of which takes what is left. `part_of` answers the part
// of cumulative quantities.
template <typename PartOfQuantities>
std::string JsonSteps(const Lines& lines, const PartOfQuantities& part_of, Dice& dice) {
  std::vector<std::string> steps;
  Quantities so_far;
  Part before;
  for (int step = 1; step <= kSteps; ++step) {
    so_far = step == kSteps ? AllOf(lines) : MoreOf(lines, so_far, dice);
    const Part after = part_of(so_far);
    steps.push_back(absl::StrCat("{\"quantities\":", Json(so_far),
                                 ",\"totals\":", Json(Minus(after, before).totals), "}"));
    before = after;
  }
  return absl::StrCat("[", absl::StrJoin(steps, ","), "]");
}

void PrintCases(int documents, uint64_t seed) {
  Dice dice(seed);
  for (int n = 0; n < documents; ++n) {
    const auto [currency, lines, adjustments, policy] = MakeRandomDocument(dice);
    const Quantities quantities = MoreOf(lines, {}, dice);
    const common::v1::Totals totals = TotalsOf(currency, lines, adjustments, policy);
    const Part part = PartOf(currency, lines, adjustments, quantities, policy);
    std::cout << "{\"currency\":\"" << currency << "\",\"increment\":\"" << policy.increment
              << "\",\"lines\":" << Json(lines) << ",\"adjustments\":" << Json(adjustments)
              << ",\"totals\":" << Json(totals) << ",\"quantities\":" << Json(quantities)
              << ",\"part\":" << Json(part.totals) << ",\"part_lines\":" << Json(part.lines)
              << ",\"invoices\":"
              << JsonSteps(
                     lines,
                     [&](const Quantities& so_far) {
                       return PartOf(currency, lines, adjustments, so_far, policy);
                     },
                     dice)
              << ",\"credits\":"
              << JsonSteps(
                     lines,
                     [&](const Quantities& so_far) {
                       return PartOf(lines, totals, so_far, policy);
                     },
                     dice)
              << "}\n";
  }
}

}  // namespace
}  // namespace leadstream::domain

int main(int argc, char** argv) {
  int documents = 0;
  uint64_t seed = 0;
  if (argc != 3 || !absl::SimpleAtoi(argv[1], &documents) || !absl::SimpleAtoi(argv[2], &seed)) {
    std::cerr << "usage: " << argv[0] << " DOCUMENTS SEED\n";
    return 2;
  }
  leadstream::domain::PrintCases(documents, seed);
}
