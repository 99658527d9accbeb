// What librdkafka's statistics say about a producer that an operator wants to see.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/telemetry/counter.h"

namespace leadstream::log {

// At one moment. Of the request times the slowest broker's.
struct KafkaStatistics {
  int64_t queued_messages = 0;
  int64_t queued_bytes = 0;
  int64_t brokers = 0;  // by address: those that are only known by their bootstrap address are not
  int64_t brokers_up = 0;
  int64_t request_us_avg = 0;
  int64_t request_us_p99 = 0;
  // Since the producer was made: requests and connections that failed.
  int64_t errors = 0;
};

// Of the JSON that librdkafka hands out (its STATISTICS.md). Nothing: it is none.
std::optional<KafkaStatistics> ParseKafkaStatistics(const std::string& json);

struct KafkaCounters {
  telemetry::Gauge queued_messages, queued_bytes, brokers, brokers_up;
  telemetry::Gauge request_us_avg, request_us_p99;
  telemetry::Counter errors;

  // All but the errors.
  void Take(const KafkaStatistics& statistics) {
    queued_messages.Set(statistics.queued_messages);
    queued_bytes.Set(statistics.queued_bytes);
    brokers.Set(statistics.brokers);
    brokers_up.Set(statistics.brokers_up);
    request_us_avg.Set(statistics.request_us_avg);
    request_us_p99.Set(statistics.request_us_p99);
  }
};

}  // namespace leadstream::log
