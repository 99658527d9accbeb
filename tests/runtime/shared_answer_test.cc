// Many ask, and one question is out.
#include "common/runtime/shared_answer.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace leadstream::testing {
namespace {

using runtime::SharedAnswer;

TEST(SharedAnswer, IsAskedForEachWhoAsksAlone) {
  int asked = 0;
  SharedAnswer<int> answer([&] { return ++asked; });
  EXPECT_EQ(answer.Ask(), 1);
  EXPECT_EQ(answer.Ask(), 2);
}

// Each question is held until everybody has come: the first has one to itself, since it was put
// before the others came; these share the second.
TEST(SharedAnswer, IsSharedByThoseWhoCameBeforeItWasAskedFor) {
  constexpr int kOthers = 8;
  std::atomic<int> asked = 0, came = 0;
  SharedAnswer<int> answer([&] {
    const int number = ++asked;
    while (number == 1 && came < kOthers) std::this_thread::yield();
    // The last one to come is on its way into Ask.
    if (number == 1) std::this_thread::sleep_for(std::chrono::milliseconds(100));
    return number;
  });
  std::thread first([&] { EXPECT_EQ(answer.Ask(), 1); });
  while (asked == 0) std::this_thread::yield();
  std::vector<std::thread> others;
  for (int i = 0; i < kOthers; ++i) {
    others.emplace_back([&] {
      ++came;
      EXPECT_GE(answer.Ask(), 2);
    });
  }
  first.join();
  for (std::thread& other : others) other.join();
  EXPECT_LE(asked, kOthers / 2);  // 2, unless a thread was held up
}

TEST(SharedAnswer, IsNotAskedForWhereThereIsOneAlready) {
  int asked = 0;
  SharedAnswer<int> answer([&] { return ++asked; });
  const auto before = SharedAnswer<int>::Clock::now();
  EXPECT_EQ(answer.Ask(), 1);
  EXPECT_EQ(answer.Ask(before), 1);
  EXPECT_EQ(answer.Ask(), 2);
  EXPECT_EQ(answer.Ask(before), 2);
}

// What is true when somebody asks is in the answer.
TEST(SharedAnswer, IsNeverOlderThanItsQuestion) {
  std::atomic<int> now = 0;
  SharedAnswer<int> answer([&] { return now.load(); });
  std::vector<std::thread> asking;
  for (int thread = 0; thread < 4; ++thread) {
    asking.emplace_back([&] {
      for (int i = 0; i < 5'000; ++i) {
        const int mine = ++now;
        EXPECT_GE(answer.Ask(), mine);
      }
    });
  }
  for (std::thread& one : asking) one.join();
}

}  // namespace
}  // namespace leadstream::testing
