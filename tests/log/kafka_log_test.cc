// The event log on a real Kafka: the contract that all logs pass, and what only a broker can do to
// it.
#include "common/log/kafka_log.h"

#include <absl/strings/str_cat.h>
#include <absl/synchronization/mutex.h>
#include <absl/synchronization/notification.h>
#include <absl/time/clock.h>
#include <gmock/gmock.h>

#include "common/log/kafka_client.h"
#include "common/log/kafka_topics.h"
#include "tests/kafka_broker.h"
#include "tests/log/event_log_contract.h"

namespace leadstream::testing {
namespace {

using ::testing::HasSubstr;

log::KafkaLogOptions Options(const std::string& prefix) {
  log::KafkaLogOptions options;
  options.brokers = kafka->address();
  options.prefix = prefix;
  options.replication_factor = 1;
  options.allow_weak_topics = true;
  options.append_timeout = absl::Seconds(3);
  options.request_timeout = absl::Seconds(10);
  options.session_timeout = absl::Milliseconds(1500);
  options.report = [](int level, const std::string& message) {
    if (level >= 3) std::fprintf(stderr, "%s\n", message.c_str());
  };
  return options;
}

// Topics of its own, so that "t" is new in each test.
std::string NewPrefix() {
  static int count = 0;
  return absl::StrCat("test-", ++count, ".");
}

std::unique_ptr<log::KafkaLog> Open(const log::KafkaLogOptions& options) {
  auto log = log::KafkaLog::Open(options);
  if (!log.ok()) ADD_FAILURE() << log.status();
  return std::move(*log);
}

log::AppendResult AppendOne(log::EventLog& log, const std::string& topic,
                            const log::Record& record) {
  log::AppendResult result;
  absl::Notification done;
  log.Append(topic, {{0, &record}}, [&](log::AppendResult appended) {
    result = std::move(appended);
    done.Notify();
  });
  done.WaitForNotification();
  return result;
}

// What a node was proposed last.
class Proposals {
 public:
  std::function<void(std::vector<int>)> Take() {
    return [this](std::vector<int> partitions) {
      absl::MutexLock lock(&mutex_);
      last_ = std::move(partitions);
    };
  }
  size_t WaitForCount(size_t count) {
    absl::MutexLock lock(&mutex_);
    auto reached = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return last_.size() == count; };
    mutex_.AwaitWithTimeout(absl::Condition(&reached), absl::Seconds(60));
    return last_.size();
  }

 private:
  absl::Mutex mutex_;
  std::vector<int> last_ ABSL_GUARDED_BY(mutex_);
};

class KafkaLogUnderTest : public LogUnderTest {
 public:
  log::KafkaLog& log() override { return *log_; }
  void Reopen() override { log_ = Open(options()); }
  log::KafkaLogOptions options() const { return Options(prefix_); }
  std::string NameOf(const std::string& topic) const { return prefix_ + topic; }

 private:
  const std::string prefix_ = NewPrefix();
  std::unique_ptr<log::KafkaLog> log_ = Open(Options(prefix_));
};

std::unique_ptr<LogUnderTest> MakeLog() { return std::make_unique<KafkaLogUnderTest>(); }
INSTANTIATE_TEST_SUITE_P(KafkaLog, EventLogContract, ::testing::Values(MakeLog));

class KafkaLogTest : public EventLogContract {
 protected:
  KafkaLogUnderTest& kafka_log() { return static_cast<KafkaLogUnderTest&>(*under_test_); }
  absl::Status RecoverWithin(absl::Duration patience) {
    const absl::Time deadline = absl::Now() + patience;
    absl::Status recovered = log().Recover();
    while (!recovered.ok() && absl::Now() < deadline) {
      absl::SleepFor(absl::Milliseconds(100));
      recovered = log().Recover();
    }
    return recovered;
  }
};
INSTANTIATE_TEST_SUITE_P(KafkaLog, KafkaLogTest, ::testing::Values(MakeLog));

TEST_P(KafkaLogTest, AnotherWriterInBetweenShowsInTheOffsets) {
  ASSERT_TRUE(log().CreateTopic("t", 1).ok());
  EXPECT_EQ(Append("t", {{0, "mine"}}).offsets, (std::vector<int64_t>{0}));
  EXPECT_EQ(AppendOne(*Open(kafka_log().options()), "t", log::Record()).offsets,
            (std::vector<int64_t>{1}));
  EXPECT_EQ(Append("t", {{0, "mine"}}).offsets, (std::vector<int64_t>{2}))
      << "and not 1, as a writer alone would expect";
}

TEST_P(KafkaLogTest, WhatWasAcknowledgedOutlivesTheBroker) {
  ASSERT_TRUE(log().CreateTopic("t", 2).ok());
  ASSERT_TRUE(Append("t", {{0, "before"}, {1, "before"}}).status.ok());
  ASSERT_TRUE(log().CommitProgress("g", "t", {{0, {1, 1}}}).ok());
  kafka->Do("kill 1");
  EXPECT_TRUE(absl::IsUnavailable(Append("t", {{0, "in doubt"}}).status));
  const absl::Time began = absl::Now();
  EXPECT_TRUE(absl::IsUnavailable(Append("t", {{0, "too early"}}).status));
  EXPECT_LT(absl::Now() - began, absl::Seconds(1)) << "refused at once, until it was recovered";
  kafka->Do("revive 1");
  ASSERT_TRUE(RecoverWithin(absl::Seconds(30)).ok());
  ASSERT_TRUE(Append("t", {{0, "after"}}).status.ok());

  std::vector<std::string> subjects;
  for (const log::LoggedRecord& logged : ReadAll("t", {{0, 0}}))
    subjects.push_back(logged.record.subject());
  EXPECT_EQ(subjects.front(), "before");
  EXPECT_EQ(subjects.back(), "after");
  EXPECT_THAT(subjects, ::testing::Not(::testing::Contains("too early")));
  EXPECT_EQ(*log().End("t", 0), static_cast<int64_t>(subjects.size()));
  EXPECT_EQ(*log().Progress("g", "t"), (log::GroupProgress{{0, {1, 1}}}));
}

TEST_P(KafkaLogTest, AnAppendThatTimedOutDoesNotBlockTheNextOnes) {
  ASSERT_TRUE(log().CreateTopic("t", 1).ok());
  ASSERT_TRUE(Append("t", {{0, "before"}}).status.ok());
  auto cursor = log().Read("t", {{0, 0}});
  kafka->Do("pause 1");
  EXPECT_TRUE(absl::IsUnavailable(Append("t", {{0, "in doubt"}}).status));
  kafka->Do("resume 1");
  ASSERT_TRUE(RecoverWithin(absl::Seconds(30)).ok());
  ASSERT_TRUE(Append("t", {{0, "after"}}).status.ok());
  // The cursor from before goes on too. The one in doubt is there once or not at all.
  std::vector<std::string> subjects;
  while (subjects.empty() || subjects.back() != "after") {
    auto some = (*cursor)->Next(10, absl::Now() + absl::Seconds(30));
    ASSERT_TRUE(some.ok() && !some->empty()) << some.status();
    for (const log::LoggedRecord& logged : *some) subjects.push_back(logged.record.subject());
  }
  EXPECT_THAT(subjects, ::testing::AnyOf(::testing::ElementsAre("before", "after"),
                                         ::testing::ElementsAre("before", "in doubt", "after")));
}

TEST_P(KafkaLogTest, NobodyWaitsForABrokerThatIsAwayToCloseALog) {
  ASSERT_TRUE(log().CreateTopic("t", 1).ok());
  auto leaving = Open(kafka_log().options());
  ASSERT_TRUE(AppendOne(*leaving, "t", log::Record()).status.ok());
  ASSERT_TRUE(leaving->CommitProgress("g", "t", {{0, {1, 1}}}).ok());
  auto cursor = leaving->Read("t", {{0, 0}});
  Proposals proposals;
  auto membership = leaving->Join("t", "node-1", proposals.Take());
  ASSERT_EQ(proposals.WaitForCount(1), 1u);
  kafka->Do("pause 1");
  absl::Status in_flight;
  log::Record record;
  leaving->Append("t", {{0, &record}},
                  [&](log::AppendResult result) { in_flight = result.status; });
  const absl::Time began = absl::Now();
  membership.reset();
  cursor->reset();
  leaving.reset();
  EXPECT_LT(absl::Now() - began, absl::Seconds(2));
  EXPECT_TRUE(absl::IsUnavailable(in_flight)) << "and what was in flight has ended";
  kafka->Do("resume 1");
}

TEST_P(KafkaLogTest, AppendsAreDoneInTheirOrderThoughManyAreInFlight) {
  ASSERT_TRUE(log().CreateTopic("t", 1).ok());
  constexpr int kAppends = 500;
  log::Record record;
  record.set_data(std::string(400, 'x'));
  absl::Mutex mutex;
  std::vector<int64_t> offsets;
  for (int i = 0; i < kAppends; ++i) {
    log().Append("t", {{0, &record}}, [&](log::AppendResult result) {
      absl::MutexLock lock(&mutex);
      offsets.push_back(result.status.ok() ? result.offsets[0] : -1);
    });
  }
  absl::MutexLock lock(&mutex);
  auto all = [&] { return offsets.size() == kAppends; };
  ASSERT_TRUE(mutex.AwaitWithTimeout(absl::Condition(&all), absl::Seconds(30)));
  for (int i = 0; i < kAppends; ++i) EXPECT_EQ(offsets[static_cast<size_t>(i)], i);
}

TEST_P(KafkaLogTest, ARecordMayBeAsLargeAsARequest) {
  ASSERT_TRUE(log().CreateTopic("t", 1).ok());
  std::string noise(4 << 20, '\0');
  uint32_t state = 1;
  for (char& byte : noise) byte = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  log::Record record;
  record.set_data(noise);
  ASSERT_TRUE(AppendOne(log(), "t", record).status.ok());
  auto read = ReadAll("t", {{0, 0}});
  ASSERT_EQ(read.size(), 1u);
  EXPECT_TRUE(read[0].record.data() == noise);
}

TEST_P(KafkaLogTest, AnOffsetThatIsNotInTheLogIsAFaultAndNoReasonToBeginElsewhere) {
  ASSERT_TRUE(log().CreateTopic("t", 1).ok());
  Append("t", {{0, "a"}});
  auto cursor = log().Read("t", {{0, 5}});
  ASSERT_TRUE(cursor.ok());
  for (int twice = 0; twice < 2; ++twice)
    EXPECT_TRUE(absl::IsOutOfRange((*cursor)->Next(10, absl::Now() + absl::Seconds(30)).status()));
}

TEST_P(KafkaLogTest, WeakTopicsAreRefusedAndWhatIsWeakIsNamed) {
  ASSERT_TRUE(log().CreateTopic("t", 1).ok());
  log::KafkaLogOptions strict = kafka_log().options();
  strict.allow_weak_topics = false;
  auto strict_log = Open(strict);
  for (const absl::Status& refused :
       {strict_log->CheckTopic("t"), strict_log->CreateTopic("t", 1)}) {
    EXPECT_TRUE(absl::IsFailedPrecondition(refused));
    EXPECT_EQ(refused.message(), absl::StrCat("topic ", kafka_log().NameOf("t"),
                                              " may lose records: min.insync.replicas is 1, below "
                                              "2; the replication factor is 1, below 3"));
  }
  strict.replication_factor = 3;
  EXPECT_TRUE(absl::IsFailedPrecondition(Open(strict)->CreateTopic("u", 1)))
      << "there is only one broker";
  EXPECT_TRUE(absl::IsNotFound(strict_log->CheckTopic("none")));
}

TEST_P(KafkaLogTest, EventsAreReadableAsCloudEvents) {
  ASSERT_TRUE(log().CreateTopic("leadstream.lead", 1).ok());
  log::Record record;
  record.set_subject("leads/anna");
  record.set_type("leadstream.lead.v1.LeadQualified");
  record.set_data("the event");
  record.set_id("0193a8c4-0000-7000-8000-000000000001");
  record.set_time_us(1'732'440'000'123'456);
  record.set_revision(3);
  record.set_epoch(7);
  ASSERT_TRUE(AppendOne(log(), "leadstream.lead", record).status.ok());

  // As any other consumer would.
  const std::string name = kafka_log().NameOf("leadstream.lead");
  auto client =
      log::KafkaClient::Make(RD_KAFKA_CONSUMER, kafka_log().options(), {{"group.id", "other"}});
  log::KafkaPartitions partitions(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(partitions.get(), name.c_str(), 0)->offset = 0;
  rd_kafka_assign((*client)->get(), partitions.get());
  log::KafkaMessage message(rd_kafka_consumer_poll((*client)->get(), 30'000));
  ASSERT_TRUE(message != nullptr && message->err == RD_KAFKA_RESP_ERR_NO_ERROR);
  EXPECT_EQ(std::string(static_cast<char*>(message->key), message->key_len), "leads/anna");
  EXPECT_EQ(std::string(static_cast<char*>(message->payload), message->len), "the event");
  std::map<std::string, std::string> headers;
  rd_kafka_headers_t* list = nullptr;
  rd_kafka_message_headers(message.get(), &list);
  const char* header = nullptr;
  const void* value = nullptr;
  size_t size = 0;
  for (size_t i = 0;
       rd_kafka_header_get_all(list, i, &header, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
       ++i) {
    headers[header] = std::string(static_cast<const char*>(value), size);
  }
  EXPECT_EQ(headers,
            (std::map<std::string, std::string>{
                {"ce_specversion", "1.0"},
                {"ce_id", "0193a8c4-0000-7000-8000-000000000001"},
                {"ce_type", "leadstream.lead.v1.LeadQualified"},
                {"ce_source", "/" + name},
                {"ce_subject", "leads/anna"},
                {"ce_time", "2024-11-24T09:20:00.123456Z"},
                {"ce_dataschema", "https://type.googleapis.com/leadstream.lead.v1.LeadQualified"},
                {"content-type", "application/protobuf"},
                {"ce_revision", "3"},
                {"ce_epoch", "7"}}));
}

TEST_P(KafkaLogTest, ProgressThatAnotherToolSetIsRefusedBecauseItsEpochIsUnknown) {
  ASSERT_TRUE(log().CreateTopic("t", 2).ok());
  auto set_by_hand = [&](int64_t offset) {
    auto client = log::KafkaClient::Make(RD_KAFKA_CONSUMER, kafka_log().options(),
                                         {{"group.id", kafka_log().NameOf("g")}});
    log::KafkaPartitions partitions(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(partitions.get(), kafka_log().NameOf("t").c_str(), 1)
        ->offset = offset;
    EXPECT_EQ(rd_kafka_commit((*client)->get(), partitions.get(), 0), RD_KAFKA_RESP_ERR_NO_ERROR);
  };
  set_by_hand(5);
  auto refused = log().Progress("g", "t");
  EXPECT_TRUE(absl::IsFailedPrecondition(refused.status())) << refused.status();
  EXPECT_THAT(std::string(refused.status().message()),
              HasSubstr("t/1 was set to 5 by another tool"));
  set_by_hand(0);
  EXPECT_EQ(*log().Progress("g", "t"), (log::GroupProgress{{1, {0, 0}}}));
}

TEST_P(KafkaLogTest, NodesShareThePartitionsAndTakeOverThoseOfOneThatLeft) {
  ASSERT_TRUE(log().CreateTopic("t", 4).ok());
  Proposals first, second;
  auto one = log().Join("t", "node-1", first.Take());
  EXPECT_EQ(first.WaitForCount(4), 4u);
  auto two = log().Join("t", "node-2", second.Take());
  EXPECT_EQ(first.WaitForCount(2), 2u);
  EXPECT_EQ(second.WaitForCount(2), 2u);
  one.reset();
  EXPECT_EQ(second.WaitForCount(4), 4u);
}

TEST(KafkaLogOptions, WhatIsWrongIsSaidWhenItIsOpened) {
  log::KafkaLogOptions options;
  EXPECT_TRUE(absl::IsInvalidArgument(log::KafkaLog::Open(options).status()));
  options.brokers = kafka->address();
  options.properties["no.such.property"] = "1";
  auto opened = log::KafkaLog::Open(options);
  EXPECT_TRUE(absl::IsInvalidArgument(opened.status()));
  EXPECT_THAT(std::string(opened.status().message()), HasSubstr("no.such.property"));
}

}  // namespace
}  // namespace leadstream::testing

int main(int argc, char** argv) { return leadstream::testing::RunTestsOnKafka(argc, argv); }
