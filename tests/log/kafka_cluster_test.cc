// Three brokers with the settings of production: one of them may die, and no writer notices more
// than a pause.
#include <absl/strings/str_cat.h>
#include <absl/synchronization/notification.h>
#include <absl/time/clock.h>
#include <gtest/gtest.h>

#include "common/log/kafka_log.h"
#include "tests/kafka_broker.h"

namespace leadstream::testing {
namespace {

constexpr int kPartitions = 6;  // so that each broker leads some

TEST(KafkaCluster, ABrokerThatDiesLosesDoublesAndFailsNothing) {
  log::KafkaLogOptions options;
  options.brokers = kafka->address();
  options.append_timeout = absl::Seconds(60);  // its partitions get another leader when the
                                               // controller has missed it for a session, 3 s here
  options.request_timeout = absl::Seconds(30);
  auto opened = log::KafkaLog::Open(options);
  ASSERT_TRUE(opened.ok()) << opened.status();
  log::KafkaLog& log = **opened;
  absl::Status created = log.CreateTopic("t", kPartitions);
  ASSERT_TRUE(created.ok()) << created << ": strong enough without allow_weak_topics";

  constexpr int kGroups = 200;
  for (int64_t i = 0; i < kGroups; ++i) {
    if (i == kGroups / 2) kafka->Do("kill 1");
    log::Record record;
    record.set_subject(absl::StrCat("r", i));
    std::vector<log::PendingRecord> group;
    for (int partition = 0; partition < kPartitions; ++partition)
      group.push_back({partition, &record});
    absl::Notification done;
    log.Append("t", group, [&](log::AppendResult result) {
      EXPECT_TRUE(result.status.ok()) << result.status;
      EXPECT_EQ(result.offsets, std::vector<int64_t>(kPartitions, i))
          << "nothing was written twice";
      done.Notify();
    });
    done.WaitForNotification();
    if (HasFailure()) return;
  }

  log::Positions from;
  for (int partition = 0; partition < kPartitions; ++partition) {
    EXPECT_EQ(*log.End("t", partition), kGroups);
    from[partition] = 0;
  }
  auto cursor = log.Read("t", from);
  ASSERT_TRUE(cursor.ok());
  for (int read = 0; read < kGroups * kPartitions;) {
    auto records = (*cursor)->Next(1000, absl::Now() + absl::Seconds(30));
    ASSERT_TRUE(records.ok() && !records->empty()) << records.status();
    for (const log::LoggedRecord& logged : *records)
      EXPECT_EQ(logged.record.subject(), absl::StrCat("r", logged.offset));
    read += static_cast<int>(records->size());
  }
}

}  // namespace
}  // namespace leadstream::testing

int main(int argc, char** argv) { return leadstream::testing::RunTestsOnKafka(argc, argv, 3); }
