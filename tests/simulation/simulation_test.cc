// Runs of the simulation, a part of them for each CTest test, so that they go side by side; and a
// proof that it notices when the protocol is broken.
#include "tests/simulation/simulation.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_replace.h>
#include <gtest/gtest.h>

#include <iostream>

#include "tests/simulation/mutants.h"

namespace leadstream::simulation {

void PrintTo(const NamedMutant& mutant, std::ostream* out) { *out << mutant.name; }

namespace {

// Under a sanitizer, which takes ten times as long and looks for other faults, fewer.
#ifdef LEADSTREAM_SANITIZED
constexpr uint64_t kSeedsOfPart = 25;
#else
constexpr uint64_t kSeedsOfPart = 500;
#endif
// A mutant that lives longer says that the simulation is too tame.
constexpr uint64_t kSeedsToCatch = 400;

std::string HowToRepeat(uint64_t seed, const char* mutant = nullptr) {
  return absl::StrCat("build/release/tests/simulate --seeds ", seed, "-", seed, " --verbose",
                      mutant == nullptr ? "" : absl::StrCat(" --mutate ", mutant));
}

class Seeds : public ::testing::TestWithParam<int> {};

TEST_P(Seeds, KeepEveryPromise) {
  const uint64_t first = 1 + static_cast<uint64_t>(GetParam()) * kSeedsOfPart;
  for (uint64_t seed = first; seed < first + kSeedsOfPart; ++seed) {
    const Result result = Simulate({.seed = seed});
    ASSERT_TRUE(result.violations.empty()) << "seed " << seed << ": " << HowToRepeat(seed) << "\n  "
                                           << absl::StrJoin(result.violations, "\n  ");
  }
}
INSTANTIATE_TEST_SUITE_P(Part, Seeds, ::testing::Range(0, 4));

class Broken : public ::testing::TestWithParam<NamedMutant> {};

TEST_P(Broken, IsCaught) {
  const NamedMutant& mutant = GetParam();
  for (uint64_t seed = 1; seed <= kSeedsToCatch; ++seed) {
    const Result result = Simulate({.seed = seed, .mutant = mutant.mutant});
    if (result.violations.empty()) continue;
    std::cout << mutant.name << ": caught by seed " << seed << ": " << result.violations.front()
              << "\n";
    return;
  }
  FAIL() << mutant.name << " (" << mutant.what << ") lives after " << kSeedsToCatch << " seeds";
}
std::string NameOf(const ::testing::TestParamInfo<NamedMutant>& tested) {
  return absl::StrReplaceAll(tested.param.name, {{"-", "_"}});
}
INSTANTIATE_TEST_SUITE_P(Protocol, Broken, ::testing::ValuesIn(Mutants()), NameOf);

TEST(Simulation, TheSameSeedIsTheSameRun) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    const Result once = Simulate({.seed = seed});
    const Result again = Simulate({.seed = seed});
    EXPECT_EQ(once.digest, again.digest) << "seed " << seed;
    EXPECT_EQ(once.events_run, again.events_run) << "seed " << seed;
  }
}

}  // namespace
}  // namespace leadstream::simulation
