#include "common/log/kafka_statistics.h"

#include <gtest/gtest.h>

namespace leadstream::log {
namespace {

TEST(KafkaStatistics, AreThoseOfTheSlowestBroker) {
  // As librdkafka 2.0.2 writes them, shortened.
  const auto statistics = ParseKafkaStatistics(R"({
    "name": "leadstream#producer-2", "type": "producer", "msg_cnt": 12, "msg_size": 3400,
    "brokers": {
      "localhost:9092/bootstrap": {"nodeid": -1, "state": "INIT", "txerrs": 1, "rxerrs": 0, "req_timeouts": 0,
                                   "rtt": {"avg": 900000, "p99": 900000}},
      "localhost:9092/1": {"nodeid": 1, "state": "UP", "txerrs": 0, "rxerrs": 2, "req_timeouts": 3,
                           "rtt": {"avg": 850, "p99": 4100}},
      "localhost:9093/2": {"nodeid": 2, "state": "TRY_CONNECT", "txerrs": 4, "rxerrs": 0, "req_timeouts": 0,
                           "rtt": {"avg": 1200, "p99": 2000}}
    }})");
  ASSERT_TRUE(statistics);
  EXPECT_EQ(statistics->queued_messages, 12);
  EXPECT_EQ(statistics->queued_bytes, 3400);
  EXPECT_EQ(statistics->brokers, 2);
  EXPECT_EQ(statistics->brokers_up, 1);
  EXPECT_EQ(statistics->request_us_avg, 1200);
  EXPECT_EQ(statistics->request_us_p99, 4100);
  EXPECT_EQ(statistics->errors, 10);
}

TEST(KafkaStatistics, ThatAreNoneAreNone) {
  EXPECT_FALSE(ParseKafkaStatistics("{"));
  EXPECT_FALSE(ParseKafkaStatistics("[]"));
  const auto empty = ParseKafkaStatistics("{}");
  ASSERT_TRUE(empty);
  EXPECT_EQ(empty->brokers, 0);
}

}  // namespace
}  // namespace leadstream::log
