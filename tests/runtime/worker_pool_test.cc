// A few threads, a bounded queue, and an end that others need not know of.
#include "common/runtime/worker_pool.h"

#include <absl/synchronization/notification.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace leadstream::testing {
namespace {

using runtime::WorkerPool;

TEST(WorkerPool, FinishesWhatWaitsWhenItIsClosed) {
  std::atomic<int> done = 0;
  WorkerPool pool(2, 100);
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(pool.Add([&] { ++done; })) << i;
  pool.Close();
  EXPECT_EQ(done, 100);
}

TEST(WorkerPool, TakesNothingOnceItIsClosed) {
  WorkerPool pool(1, 100);
  pool.Close();
  EXPECT_FALSE(pool.Add([] { FAIL() << "it was taken"; }));
  pool.Close();
}

// Whoever adds is not told of the end first: calls come until the server is shut down.
TEST(WorkerPool, IsClosedWhileOthersAdd) {
  std::atomic<int> taken = 0, done = 0;
  std::atomic<bool> closed = false;
  WorkerPool pool(2, 10);
  std::thread other([&] {
    while (!closed) {
      if (pool.Add([&] { ++done; })) ++taken;
    }
    EXPECT_FALSE(pool.Add([&] { ++done; }));
  });
  while (done < 100) std::this_thread::yield();
  pool.Close();
  closed = true;
  other.join();
  EXPECT_EQ(done, taken);
}

TEST(WorkerPool, TakesNoMoreThanMayWait) {
  absl::Notification begun, end;
  WorkerPool pool(1, 2);
  ASSERT_TRUE(pool.Add([&] {
    begun.Notify();
    end.WaitForNotification();
  }));
  begun.WaitForNotification();
  EXPECT_TRUE(pool.Add([] {}));
  EXPECT_TRUE(pool.Add([] {}));
  EXPECT_FALSE(pool.Add([] {}));
  end.Notify();
}

}  // namespace
}  // namespace leadstream::testing
