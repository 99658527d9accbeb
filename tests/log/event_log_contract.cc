#include "tests/log/event_log_contract.h"

#include <absl/strings/str_cat.h>
#include <absl/synchronization/notification.h>
#include <absl/time/clock.h>

#include <atomic>
#include <thread>

namespace leadstream::testing {

using log::LoggedRecord;
using log::Positions;

log::AppendResult EventLogContract::Append(
    const std::string& topic, const std::vector<std::pair<int, std::string>>& records) {
  std::vector<log::Record> kept(records.size());
  std::vector<log::PendingRecord> group;
  for (size_t i = 0; i < records.size(); ++i) {
    kept[i].set_subject(records[i].second);
    kept[i].set_data("payload of " + records[i].second);
    group.push_back({records[i].first, &kept[i]});
  }
  log::AppendResult result;
  absl::Notification done;
  log().Append(topic, group, [&](log::AppendResult appended) {
    result = std::move(appended);
    done.Notify();
  });
  EXPECT_TRUE(done.WaitForNotificationWithTimeout(absl::Seconds(30)));
  return result;
}

std::vector<LoggedRecord> EventLogContract::ReadAll(const std::string& topic,
                                                    const Positions& from) {
  auto cursor = log().Read(topic, from);
  EXPECT_TRUE(cursor.ok()) << cursor.status();
  std::vector<LoggedRecord> all;
  size_t left = 0;
  const auto ends = log().Ends(topic);
  EXPECT_TRUE(ends.ok()) << ends.status();
  for (const auto& [partition, offset] : from)
    left += static_cast<size_t>(ends->at(partition) - offset);
  for (const absl::Time deadline = absl::Now() + absl::Seconds(30); all.size() < left;) {
    auto some = (*cursor)->Next(3, deadline);
    EXPECT_TRUE(some.ok()) << some.status();
    EXPECT_LE(some->size(), 3u);
    for (LoggedRecord& record : *some) all.push_back(std::move(record));
    if (absl::Now() > deadline) break;
  }
  const auto more = (*cursor)->Next(1, absl::Now() + absl::Milliseconds(10));
  EXPECT_TRUE(more.ok() && more->empty()) << "there is more than its end says";
  return all;
}

TEST_P(EventLogContract, ATopicIsMadeOnceAndKeepsItsPartitions) {
  EXPECT_TRUE(absl::IsNotFound(log().Partitions("none").status()));
  ASSERT_TRUE(log().CreateTopic("t", 3).ok());
  EXPECT_TRUE(log().CreateTopic("t", 3).ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(log().CreateTopic("t", 4)));
  EXPECT_EQ(*log().Partitions("t"), 3);
}

TEST_P(EventLogContract, OffsetsCountUpInEachPartition) {
  ASSERT_TRUE(log().CreateTopic("t", 2).ok());
  EXPECT_EQ(Append("t", {{0, "a"}, {1, "b"}, {0, "c"}}).offsets, (std::vector<int64_t>{0, 0, 1}));
  EXPECT_EQ(Append("t", {{0, "d"}}).offsets, (std::vector<int64_t>{2}));
  EXPECT_EQ(*log().End("t", 0), 3);
  EXPECT_EQ(*log().End("t", 1), 1);
  EXPECT_TRUE(absl::IsNotFound(log().End("t", 2).status()));
}

TEST_P(EventLogContract, ReadsEachPartitionInOrderFromAnyOffset) {
  ASSERT_TRUE(log().CreateTopic("t", 2).ok());
  for (int i = 0; i < 10; ++i)
    ASSERT_TRUE(Append("t", {{i % 2, absl::StrCat("r", i)}}).status.ok());
  std::map<int, std::vector<std::string>> seen;
  for (const LoggedRecord& logged : ReadAll("t", {{0, 0}, {1, 3}})) {
    seen[logged.partition].push_back(logged.record.subject());
    EXPECT_EQ(logged.record.data(), "payload of " + logged.record.subject());
  }
  EXPECT_EQ(seen[0], (std::vector<std::string>{"r0", "r2", "r4", "r6", "r8"}));
  EXPECT_EQ(seen[1], (std::vector<std::string>{"r7", "r9"}));
}

TEST_P(EventLogContract, ShowsWhatItReads) {
  ASSERT_TRUE(log().CreateTopic("t", 1).ok());
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(Append("t", {{0, absl::StrCat("r", i)}}).status.ok());
  auto cursor = log().Read("t", {{0, 2}});
  ASSERT_TRUE(cursor.ok());
  std::vector<std::string> seen;
  auto see = [&seen](const LoggedRecord& logged) {
    EXPECT_EQ(logged.offset, static_cast<int64_t>(seen.size()) + 2);
    EXPECT_EQ(logged.record.data(), "payload of " + logged.record.subject());
    seen.push_back(logged.record.subject());
  };
  for (const absl::Time deadline = absl::Now() + absl::Seconds(30); seen.size() < 8;) {
    const size_t before = seen.size();
    auto shown = (*cursor)->Show(3, deadline, see);
    ASSERT_TRUE(shown.ok()) << shown.status();
    EXPECT_EQ(*shown, seen.size() - before);
    EXPECT_LE(*shown, 3u);
    ASSERT_LT(absl::Now(), deadline);
  }
  EXPECT_EQ(seen.back(), "r9");
  EXPECT_EQ(*(*cursor)->Show(3, absl::Now() + absl::Milliseconds(10), see), 0u);
}

TEST_P(EventLogContract, TopicsWhoseNamesBeginAlikeAreApart) {
  ASSERT_TRUE(log().CreateTopic("lead", 1).ok());
  ASSERT_TRUE(log().CreateTopic("lead.more", 1).ok());
  Append("lead", {{0, "a"}});
  Append("lead.more", {{0, "b"}});
  ASSERT_EQ(ReadAll("lead", {{0, 0}}).size(), 1u);
  EXPECT_EQ(ReadAll("lead", {{0, 0}})[0].record.subject(), "a");
}

TEST_P(EventLogContract, AReaderWaitsForWhatComes) {
  ASSERT_TRUE(log().CreateTopic("t", 1).ok());
  auto cursor = log().Read("t", {{0, 0}});
  ASSERT_TRUE(cursor.ok());
  std::thread writer([&] {
    absl::SleepFor(absl::Milliseconds(50));
    Append("t", {{0, "late"}});
  });
  auto records = (*cursor)->Next(10, absl::Now() + absl::Seconds(30));
  writer.join();
  ASSERT_TRUE(records.ok());
  ASSERT_EQ(records->size(), 1u);
  EXPECT_EQ((*records)[0].record.subject(), "late");
}

TEST_P(EventLogContract, AWaitingReaderCanBeWoken) {
  ASSERT_TRUE(log().CreateTopic("t", 1).ok());
  auto cursor = log().Read("t", {{0, 0}});
  ASSERT_TRUE(cursor.ok());
  const absl::Time began = absl::Now();
  std::thread waker([&] {
    absl::SleepFor(absl::Milliseconds(20));
    (*cursor)->Wake();
  });
  EXPECT_TRUE((*cursor)->Next(10, absl::Now() + absl::Seconds(60))->empty());
  waker.join();
  EXPECT_LT(absl::Now() - began, absl::Seconds(30));
}

TEST_P(EventLogContract, APausedPartitionIsReadOnFromWhereItIsResumed) {
  ASSERT_TRUE(log().CreateTopic("t", 2).ok());
  Append("t", {{0, "a"}, {1, "b"}});
  auto cursor = log().Read("t", {{0, 0}, {1, 0}});
  ASSERT_TRUE(cursor.ok());
  std::map<int, std::vector<std::string>> seen;
  auto read = [&](size_t records) {
    for (const absl::Time deadline = absl::Now() + absl::Seconds(30);
         records > 0 && absl::Now() < deadline;) {
      auto next = (*cursor)->Next(10, absl::Now() + absl::Seconds(1));
      ASSERT_TRUE(next.ok()) << next.status();
      for (const LoggedRecord& logged : *next)
        seen[logged.partition].push_back(logged.record.subject());
      records -= std::min(records, next->size());
    }
  };
  read(2);
  (*cursor)->Pause(0);
  Append("t", {{0, "c"}, {0, "d"}, {1, "e"}});
  read(1);
  EXPECT_EQ(seen[0], std::vector<std::string>{"a"});
  EXPECT_EQ(seen[1], (std::vector<std::string>{"b", "e"}));
  ASSERT_TRUE((*cursor)->Resume(0, 2).ok());
  read(1);
  EXPECT_EQ(seen[0], (std::vector<std::string>{"a", "d"}));
}

TEST_P(EventLogContract, TheEndsOfAllPartitionsAreFoundInOneGo) {
  ASSERT_TRUE(log().CreateTopic("t", 3).ok());
  Append("t", {{0, "a"}, {2, "b"}, {2, "c"}});
  EXPECT_EQ(*log().Ends("t"), (Positions{{0, 1}, {1, 0}, {2, 2}}));
  EXPECT_TRUE(absl::IsNotFound(log().Ends("none").status()));
}

TEST_P(EventLogContract, WhatWasAppendedIsThereAfterItIsOpenedAgain) {
  ASSERT_TRUE(log().CreateTopic("t", 2).ok());
  Append("t", {{0, "a"}, {1, "b"}});
  under_test_->Reopen();
  EXPECT_EQ(*log().Partitions("t"), 2);
  EXPECT_EQ(ReadAll("t", {{0, 0}, {1, 0}}).size(), 2u);
  EXPECT_EQ(Append("t", {{0, "c"}}).offsets, (std::vector<int64_t>{1}));
}

TEST_P(EventLogContract, AGroupsProgressIsKept) {
  ASSERT_TRUE(log().CreateTopic("t", 2).ok());
  EXPECT_TRUE(log().Progress("g", "t")->empty());
  ASSERT_TRUE(log().CommitProgress("g", "t", {{1, {7, 3}}}).ok());
  ASSERT_TRUE(log().CommitProgress("g2", "t", {{1, {9, 4}}}).ok());
  under_test_->Reopen();
  EXPECT_EQ(*log().Progress("g", "t"), (log::GroupProgress{{1, {7, 3}}}));
}

TEST_P(EventLogContract, AppendsFromManyThreadsLoseAndDoubleNothing) {
  ASSERT_TRUE(log().CreateTopic("t", 4).ok());
  constexpr int kThreads = 4, kGroups = 25;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([this, thread] {
      for (int i = 0; i < kGroups; ++i)
        EXPECT_TRUE(
            Append("t", {{thread, absl::StrCat(thread, "-", i)}, {0, "shared"}}).status.ok());
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::map<int, int64_t> next;
  for (const LoggedRecord& logged : ReadAll("t", {{0, 0}, {1, 0}, {2, 0}, {3, 0}}))
    EXPECT_EQ(logged.offset, next[logged.partition]++);
  EXPECT_EQ(next[0], kGroups * (kThreads + 1));
  EXPECT_EQ(next[3], kGroups);
}

TEST_P(EventLogContract, ItCanBeRecoveredAndGoesOn) {
  ASSERT_TRUE(log().CreateTopic("t", 1).ok());
  Append("t", {{0, "a"}});
  ASSERT_TRUE(log().Recover().ok());
  EXPECT_EQ(Append("t", {{0, "b"}}).offsets, (std::vector<int64_t>{1}));
  EXPECT_EQ(ReadAll("t", {{0, 0}}).size(), 2u);
}

TEST_P(EventLogContract, ItProposesPartitionsToANodeThatJoins) {
  ASSERT_TRUE(log().CreateTopic("t", 3).ok());
  absl::Notification proposed;
  std::vector<int> partitions;
  auto membership = log().Join("t", "node-1", [&](std::vector<int> mine) {
    partitions = std::move(mine);
    if (!partitions.empty()) proposed.Notify();
  });
  ASSERT_TRUE(proposed.WaitForNotificationWithTimeout(absl::Seconds(60)));
  EXPECT_EQ(partitions, (std::vector<int>{0, 1, 2}));
}

}  // namespace leadstream::testing
