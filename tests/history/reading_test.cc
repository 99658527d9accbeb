// A log read as one story, as fast as can be, and as it grows: what counts, and each of it once.
#include <absl/synchronization/mutex.h>
#include <absl/time/clock.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "cli/history/follow.h"
#include "cli/history/merge.h"
#include "cli/history/scan.h"
#include "tests/history/written.h"

namespace leadstream::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

const std::vector<history::Share> kLeads = {{"lead", {0, 1}}};

std::vector<std::string> InTime(log::EventLog* log, size_t at_most = 100) {
  std::vector<std::string> subjects;
  absl::Status read =
      history::EachInTime(log, kLeads, [&](const std::string&, const log::LoggedRecord& event) {
        subjects.push_back(event.record.subject());
        return subjects.size() < at_most;
      });
  EXPECT_TRUE(read.ok()) << read;
  return subjects;
}

TEST(History, OfSeveralPartitionsIsToldInTheOrderOfTime) {
  WrittenLog written;
  written.Topic("lead", 2);
  written.Lead(0, "first", 10);
  written.Lead(0, "third", 30);
  written.Lead(1, "second", 20);
  written.Lead(1, "fourth", 40);
  EXPECT_THAT(InTime(written.log()),
              ElementsAre("leads/first", "leads/second", "leads/third", "leads/fourth"));
  EXPECT_THAT(InTime(written.log(), 2), ElementsAre("leads/first", "leads/second"));
}

TEST(History, DoesNotKnowOfWhatAWriterOfBeforeAppended) {
  WrittenLog written;
  written.Topic("lead", 2);
  written.Lead(0, "counts", 10);
  written.Claim("lead", 0);
  written.Lead(0, "late", 20, "", /*epoch_before=*/true);
  written.Lead(0, "counts-too", 30);
  EXPECT_THAT(InTime(written.log()), ElementsAre("leads/counts", "leads/counts-too"));
}

TEST(Scan, ShowsEachEventOnceWhateverTheThreads) {
  WrittenLog written;
  written.Topic("lead", 2);
  for (int i = 0; i < 300; ++i) written.Lead(i % 2, absl::StrCat(i), i);
  written.Lead(1, "late", 1, "", /*epoch_before=*/true);
  for (const size_t threads : {1, 2, 5}) {
    std::vector<std::vector<std::string>> shown(threads);
    int64_t done = 0, all = 0;
    absl::Status read = history::Scan(
        written.log(), kLeads,
        {threads,
         [&](int64_t read_now, int64_t in_all) {
           EXPECT_GE(read_now, done);
           done = read_now;
           all = in_all;
         }},
        [&](size_t thread, const std::string& service, const log::LoggedRecord& event) {
          EXPECT_EQ(service, "lead");
          shown[thread].push_back(event.record.subject());
        });
    ASSERT_TRUE(read.ok()) << read;
    std::set<std::string> each;
    size_t count = 0;
    for (const auto& of_thread : shown) {
      each.insert(of_thread.begin(), of_thread.end());
      count += of_thread.size();
    }
    EXPECT_EQ(count, 300u);
    EXPECT_EQ(each.size(), 300u);
    EXPECT_EQ(done, all);
    EXPECT_EQ(all, 303);  // with claims and what does not count
  }
}

// Follows on a thread of its own until it is destroyed.
class Following {
 public:
  explicit Following(log::EventLog* log, history::FollowOptions options = {}) {
    options.stop = [this] { return stop_.load(); };
    thread_ = std::thread([this, log, options] {
      absl::Status followed = history::Follow(
          log, kLeads, options, [this](const std::string&, const log::LoggedRecord& event) {
            absl::MutexLock lock(&mutex_);
            subjects_.push_back(event.record.subject());
            return true;
          });
      EXPECT_TRUE(followed.ok()) << followed;
    });
  }
  ~Following() {
    stop_ = true;
    thread_.join();
  }

  std::vector<std::string> Await(size_t count) {
    absl::MutexLock lock(&mutex_);
    auto enough = [this, count] { return subjects_.size() >= count; };
    mutex_.AwaitWithTimeout(absl::Condition(&enough), absl::Seconds(30));
    return subjects_;
  }

 private:
  std::atomic<bool> stop_ = false;
  absl::Mutex mutex_;
  std::vector<std::string> subjects_;
  std::thread thread_;
};

TEST(Follow, TellsWhatHappensFromNowOn) {
  WrittenLog written;
  written.Topic("lead", 2);
  written.Lead(0, "before", 1);
  history::FollowOptions options;
  options.from["lead"] = *written.log()->Ends(log::TopicOf("lead"));
  Following following(written.log(), options);
  written.Lead(0, "a", 2);
  written.Lead(0, "stale", 2, "", /*epoch_before=*/true);
  written.Lead(1, "b", 3);
  EXPECT_THAT(following.Await(2), UnorderedElementsAre("leads/a", "leads/b"));
}

TEST(Follow, GoesAlongWithAnotherProcess) {
  WrittenLog written;
  TemporaryDirectory scratch;
  written.Topic("lead", 2);
  written.Lead(0, "before", 1);
  auto other = log::LocalLog::OpenForFollowing({written.directory()}, scratch.path());
  ASSERT_TRUE(other.ok()) << other.status();
  history::FollowOptions options;
  options.from["lead"] = {};
  Following following(other->get(), options);
  EXPECT_THAT(following.Await(1), ElementsAre("leads/before"));
  for (int i = 0; i < 100; ++i) written.Lead(0, absl::StrCat(i), i);
  const std::vector<std::string> told = following.Await(101);
  ASSERT_EQ(told.size(), 101u);
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(told[static_cast<size_t>(i) + 1], absl::StrCat("leads/", i));
}

}  // namespace
}  // namespace leadstream::testing
