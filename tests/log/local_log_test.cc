#include "common/log/local_log.h"

#include "common/log/fence.h"
#include "common/log/partitioner.h"
#include "tests/log/event_log_contract.h"
#include "tests/temporary_directory.h"

namespace leadstream::testing {
namespace {

class LocalLogUnderTest : public LogUnderTest {
 public:
  LocalLogUnderTest() { Reopen(); }
  log::EventLog& log() override { return *log_; }
  void Reopen() override {
    log_.reset();
    auto opened = log::LocalLog::Open({directory_.path() + "/log"});
    if (!opened.ok()) ADD_FAILURE() << opened.status();
    log_ = std::move(*opened);
  }

 private:
  TemporaryDirectory directory_;
  std::unique_ptr<log::LocalLog> log_;
};

INSTANTIATE_TEST_SUITE_P(LocalLog, EventLogContract,
                         ::testing::Values([]() -> std::unique_ptr<LogUnderTest> {
                           return std::make_unique<LocalLogUnderTest>();
                         }));

TEST(LocalLog, OneProcessOnlyMayWriteIt) {
  TemporaryDirectory directory;
  auto first = log::LocalLog::Open({directory.path()});
  ASSERT_TRUE(first.ok());
  EXPECT_TRUE(absl::IsUnavailable(log::LocalLog::Open({directory.path()}).status()));
  EXPECT_TRUE(log::LocalLog::OpenForReading({directory.path()}).ok());
}

TEST(LocalLog, ADirectoryThatCannotBeMadeIsNamed) {
  auto opened = log::LocalLog::Open({"/proc/no/such/place"});
  ASSERT_FALSE(opened.ok());
  EXPECT_NE(std::string(opened.status().message()).find("/proc/no/such/place"), std::string::npos);
}

// The partitions that Apache Kafka's own murmur2 test lists for these keys (ProducerUtilsTest /
// UtilsTest.testMurmur2 hashes).
TEST(Partitioner, AgreesWithKafkasMurmur2) {
  auto expected = [](int32_t hash, int partitions) { return (hash & 0x7fffffff) % partitions; };
  EXPECT_EQ(log::PartitionOf("21", 1 << 30), expected(-973932308, 1 << 30));
  EXPECT_EQ(log::PartitionOf("foobar", 1 << 30), expected(-790332482, 1 << 30));
  EXPECT_EQ(log::PartitionOf("a-little-bit-long-string", 12), expected(-985981536, 12));
  EXPECT_EQ(log::PartitionOf("a-little-bit-longer-string", 12), expected(-1486304829, 12));
  EXPECT_EQ(log::PartitionOf("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", 12),
            expected(-58897971, 12));
  EXPECT_EQ(log::PartitionOf("abc", 1 << 30), expected(479470107, 1 << 30));
}

common::v1::Record Event(int64_t epoch) {
  common::v1::Record record;
  record.set_subject("leads/1");
  record.set_epoch(epoch);
  return record;
}

TEST(Fence, ARecordCountsOnlyUnderTheLastValidClaim) {
  log::Fence fence;
  const auto first = fence.NextClaim("id-1", {"node-1", "life", "one:1"}, 1);
  EXPECT_FALSE(fence.Admit(first)) << "a claim is no event";
  EXPECT_TRUE(fence.Admit(Event(1)));
  const auto second = fence.NextClaim("id-2", {"node-2", "life", "two:1"}, 2);
  const auto late = fence.NextClaim("id-3", {"node-3", "life", "three:1"},
                                    2);  // claims the same epoch, and comes second
  EXPECT_FALSE(fence.Admit(second));
  EXPECT_FALSE(fence.Admit(late));
  EXPECT_EQ(fence.writer().node, "node-2");
  EXPECT_FALSE(fence.Admit(Event(1))) << "a zombie's";
  EXPECT_TRUE(fence.Admit(Event(2)));
  EXPECT_FALSE(fence.Admit(first)) << "an older claim delivered late";
  EXPECT_EQ(fence.epoch(), 2);
}

}  // namespace
}  // namespace leadstream::testing
