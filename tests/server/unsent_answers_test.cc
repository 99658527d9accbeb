// Whoever does not take answers gets no more of them; others do.
#include "common/server/unsent_answers.h"

#include <absl/strings/str_cat.h>
#include <gtest/gtest.h>

namespace leadstream::testing {
namespace {

using Unsent = server::UnsentAnswers;

TEST(UnsentAnswers, AreRefusedToWhomTooMuchWaitsForAndToNobodyElse) {
  Unsent unsent;
  unsent.Add("slow", Unsent::kOfOneMax);
  EXPECT_TRUE(unsent.is_low());
  EXPECT_TRUE(unsent.MayAsk("slow"));
  unsent.Add("slow", Unsent::kCountedFrom);
  EXPECT_FALSE(unsent.is_low());
  EXPECT_FALSE(unsent.MayAsk("slow"));
  EXPECT_TRUE(unsent.MayAsk("quick"));
}

TEST(UnsentAnswers, AreGivenAgainOnceTheyAreTaken) {
  Unsent unsent;
  unsent.Add("slow", Unsent::kOfOneMax);
  unsent.Add("slow", Unsent::kCountedFrom);
  unsent.Remove("slow", Unsent::kOfOneMax);
  EXPECT_TRUE(unsent.MayAsk("slow"));
  unsent.Remove("slow", Unsent::kCountedFrom);
  EXPECT_TRUE(unsent.is_low());
}

TEST(UnsentAnswers, OfAllTogetherHaveABoundThatWhoTakesTheirsDoesNotFeel) {
  Unsent unsent;
  const size_t callers = Unsent::kOfAllMax / Unsent::kOfOneMax;
  for (size_t caller = 0; caller < callers; ++caller)
    unsent.Add(absl::StrCat("slow ", caller), Unsent::kOfOneMax);
  EXPECT_TRUE(unsent.MayAsk("slow 0"));
  unsent.Add("modest", Unsent::kOfOneAlways);
  EXPECT_FALSE(unsent.MayAsk("slow 0"));
  EXPECT_TRUE(unsent.MayAsk("modest"));
  EXPECT_TRUE(unsent.MayAsk("quick"));
}

}  // namespace
}  // namespace leadstream::testing
