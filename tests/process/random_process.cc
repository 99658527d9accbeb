// random_process [--seeds FROM-TO] [--steps N] [--hurry N] [--verbose] [--methods] [--json]: walks
// through the whole process, and says what did not hold. Exit code 1: something did not.
#include <absl/strings/numbers.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_split.h>
#include <absl/time/clock.h>

#include <iostream>
#include <string>
#include <vector>

#include "common/server/server.h"
#include "tests/process/walk.h"

namespace leadstream::process {
namespace {

struct Arguments {
  uint64_t from = 1, to = 10;
  Options options;
  bool json = false, methods = false;
};

bool Parse(const std::vector<std::string>& words, Arguments* arguments) {
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string next = i + 1 < words.size() ? words[i + 1] : "";
    if (words[i] == "--verbose") {
      arguments->options.verbose = true;
    } else if (words[i] == "--json") {
      arguments->json = true;
    } else if (words[i] == "--methods") {
      arguments->methods = true;
    } else if (words[i] == "--steps") {
      if (!absl::SimpleAtoi(next, &arguments->options.steps)) return false;
      ++i;
    } else if (words[i] == "--hurry") {
      if (!absl::SimpleAtoi(next, &arguments->options.hurry)) return false;
      ++i;
    } else if (words[i] == "--seeds") {
      const std::vector<std::string> ends = absl::StrSplit(next, '-');
      if (!absl::SimpleAtoi(ends.front(), &arguments->from) ||
          !absl::SimpleAtoi(ends.back(), &arguments->to))
        return false;
      ++i;
    } else {
      return false;
    }
  }
  return true;
}

// Accepted and refused calls, by method.
std::map<std::string, std::pair<int64_t, int64_t>> CountsOf(const std::vector<Result>& results) {
  std::map<std::string, std::pair<int64_t, int64_t>> counts;
  for (const Result& result : results) {
    for (const auto& [method, times] : result.accepted_by_method) counts[method].first += times;
    for (const auto& [method, times] : result.refused_by_method) counts[method].second += times;
  }
  return counts;
}

int Run(const Arguments& arguments) {
  const absl::Time begin = absl::Now();
  std::vector<Result> results;
  Result all;
  int failed = 0;
  for (uint64_t seed = arguments.from; seed <= arguments.to; ++seed) {
    Options options = arguments.options;
    options.seed = seed;
    Result result = Walk(options);
    if (!result.violations.empty()) {
      ++failed;
      std::cerr << "seed " << seed << ":\n";
      for (const std::string& what : result.violations) std::cerr << "  " << what << "\n";
    }
    all.steps += result.steps;
    all.calls += result.calls;
    all.accepted += result.accepted;
    all.refused += result.refused;
    all.events += result.events;
    all.quotes += result.quotes;
    all.orders += result.orders;
    all.invoices += result.invoices;
    all.credit_notes += result.credit_notes;
    all.payments += result.payments;
    for (const auto& [reason, times] : result.refused_by_reason)
      all.refused_by_reason[reason] += times;
    results.push_back(std::move(result));
  }
  const double seconds = absl::ToDoubleSeconds(absl::Now() - begin);
  if (arguments.json) {
    std::cout << absl::StrFormat(
        R"({"seeds": %d, "failed": %d, "seconds": %.1f, "steps": %d, "calls": %d, "accepted": %d, )"
        R"("refused": %d, "reasons": %d, "events": %d, "quotes": %d, "orders": %d, "invoices": %d, )"
        R"("credit_notes": %d, "payments": %d})"
        "\n",
        results.size(), failed, seconds, all.steps, all.calls, all.accepted, all.refused,
        all.refused_by_reason.size(), all.events, all.quotes, all.orders, all.invoices,
        all.credit_notes, all.payments);
  } else {
    std::cout << absl::StrFormat(
        "%d seeds in %.1f s: %d failed; %d steps, %d of %d calls accepted, the others refused for "
        "%d reasons; %d events, %d quotes, %d orders, %d invoices, %d credit notes, %d payments\n",
        results.size(), seconds, failed, all.steps, all.accepted, all.calls,
        all.refused_by_reason.size(), all.events, all.quotes, all.orders, all.invoices,
        all.credit_notes, all.payments);
    if (arguments.methods) {
      for (const auto& [method, count] : CountsOf(results))
        std::cout << absl::StrFormat("  %6d accepted %6d refused  %s\n", count.first, count.second,
                                     method);
    }
    for (const std::string& never : NeverAccepted(results)) std::cout << "  " << never << "\n";
  }
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace leadstream::process

int main(int argc, char** argv) {
  leadstream::server::StartLogging("off");
  leadstream::process::Arguments arguments;
  if (!leadstream::process::Parse({argv + 1, argv + argc}, &arguments)) {
    std::cerr << "random_process [--seeds FROM-TO] [--steps N] [--hurry N] [--verbose] [--methods] "
                 "[--json]\n";
    return 2;
  }
  return leadstream::process::Run(arguments);
}
