// simulate --seeds FROM-TO [--mutate NAME] [--verbose] [--json]: runs them, and says what did not
// hold. With a mutant it ends at the first seed that catches it. Exit code 1: something did not.
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_split.h>
#include <absl/time/clock.h>

#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#include "tests/simulation/mutants.h"
#include "tests/simulation/simulation.h"

namespace leadstream::simulation {
namespace {

struct Arguments {
  uint64_t from = 1, to = 100;
  const NamedMutant* mutant = nullptr;
  bool verbose = false, json = false;
};

bool Parse(const std::vector<std::string>& words, Arguments* arguments) {
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--verbose") {
      arguments->verbose = true;
    } else if (words[i] == "--json") {
      arguments->json = true;
    } else if (words[i] == "--seeds" && i + 1 < words.size()) {
      const std::vector<std::string> ends = absl::StrSplit(words[++i], '-');
      if (!absl::SimpleAtoi(ends.front(), &arguments->from) ||
          !absl::SimpleAtoi(ends.back(), &arguments->to))
        return false;
    } else if (words[i] == "--mutate" && i + 1 < words.size()) {
      arguments->mutant = FindMutant(words[++i]);
      if (arguments->mutant == nullptr) return false;
    } else {
      return false;
    }
  }
  return true;
}

void Usage() {
  std::cerr << "simulate --seeds FROM-TO [--mutate NAME] [--verbose] [--json]\nmutants:\n";
  for (const NamedMutant& mutant : Mutants())
    std::cerr << absl::StrFormat("  %-20s %s\n", mutant.name, mutant.what);
}

int Run(const Arguments& arguments) {
  const absl::Time begin = absl::Now();
  Result all;
  uint64_t seeds = 0, failed = 0;
  double slowest = 0;
  for (uint64_t seed = arguments.from; seed <= arguments.to; ++seed) {
    Options options{seed, runtime::Mutant::kNone, arguments.verbose};
    if (arguments.mutant != nullptr) options.mutant = arguments.mutant->mutant;
    const Result result = Simulate(options);
    ++seeds;
    all.events_run += result.events_run;
    all.records += result.records;
    all.claims += result.claims;
    all.calls += result.calls;
    all.accepted += result.accepted;
    all.seconds_simulated += result.seconds_simulated;
    slowest = std::max(slowest, result.seconds_to_settle);
    if (result.violations.empty()) continue;
    ++failed;
    std::cerr << "seed " << seed << ":\n";
    for (size_t i = 0; i < result.violations.size() && i < 8; ++i)
      std::cerr << "  " << result.violations[i] << "\n";
    if (arguments.mutant != nullptr) break;
  }
  const double seconds = absl::ToDoubleSeconds(absl::Now() - begin);
  if (arguments.json) {
    std::cout << absl::StrFormat(
        R"({"mutant": "%s", "seeds": %d, "failed": %d, "seconds": %.1f, "events": %d, )"
        R"("records": %d, "claims": %d, "calls": %d, "accepted": %d, "seconds_simulated": %.0f, )"
        R"("seconds_to_settle_max": %.1f})"
        "\n",
        arguments.mutant == nullptr ? "" : arguments.mutant->name, seeds, failed, seconds,
        all.events_run, all.records, all.claims, all.calls, all.accepted, all.seconds_simulated,
        slowest);
  } else {
    std::cout << absl::StrFormat(
        "%d seeds in %.1f s: %d failed; %d events, %d records, %d claims, %d of %d calls accepted; "
        "%.0f s simulated, %.1f s to settle at most\n",
        seeds, seconds, failed, all.events_run, all.records, all.claims, all.accepted, all.calls,
        all.seconds_simulated, slowest);
  }
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace leadstream::simulation

int main(int argc, char** argv) {
  leadstream::simulation::Arguments arguments;
  if (!leadstream::simulation::Parse({argv + 1, argv + argc}, &arguments)) {
    leadstream::simulation::Usage();
    return 2;
  }
  return leadstream::simulation::Run(arguments);
}
