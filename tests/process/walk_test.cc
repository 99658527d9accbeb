// Short walks through the whole process. Longer ones: build/release/tests/random_process.
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <gtest/gtest.h>

#include "common/server/server.h"
#include "tests/process/walk.h"

namespace leadstream::process {
namespace {

constexpr int kSteps = 2'000;
// As many walks as it takes until every command was accepted once.
constexpr uint64_t kWalksMin = 2, kWalksMax = 10;

TEST(Process, KeepsItsPromisesWhateverIsAsked) {
  server::StartLogging("off");
  std::vector<Result> results;
  for (uint64_t seed = 1; seed <= kWalksMax; ++seed) {
    // Some at leisure, step by step; some in a hurry, racing with what reactions do.
    const Options options{.seed = seed, .steps = kSteps, .hurry = seed % 2 == 1 ? 1 : 10};
    results.push_back(Walk(options));
    ASSERT_TRUE(results.back().violations.empty())
        << "seed " << seed << ": build/release/tests/random_process --seeds " << seed << " --steps "
        << kSteps << " --hurry " << options.hurry << "\n  "
        << absl::StrJoin(results.back().violations, "\n  ");
    if (seed >= kWalksMin && NeverAccepted(results).empty()) break;
  }
  EXPECT_EQ(absl::StrJoin(NeverAccepted(results), "\n"), "");
}

}  // namespace
}  // namespace leadstream::process
