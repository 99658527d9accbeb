#include "common/log/kafka_statistics.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>

namespace leadstream::log {
namespace {

using google::protobuf::Struct;

int64_t NumberIn(const Struct& object, const char* name) {
  auto at = object.fields().find(name);
  return at == object.fields().end() ? 0 : static_cast<int64_t>(at->second.number_value());
}

const Struct& ObjectIn(const Struct& object, const char* name) {
  auto at = object.fields().find(name);
  return at == object.fields().end() ? Struct::default_instance() : at->second.struct_value();
}

std::string StringIn(const Struct& object, const char* name) {
  auto at = object.fields().find(name);
  return at == object.fields().end() ? "" : at->second.string_value();
}

}  // namespace

std::optional<KafkaStatistics> ParseKafkaStatistics(const std::string& json) {
  Struct all;
  if (!google::protobuf::util::JsonStringToMessage(json, &all).ok()) return std::nullopt;
  KafkaStatistics statistics;
  statistics.queued_messages = NumberIn(all, "msg_cnt");
  statistics.queued_bytes = NumberIn(all, "msg_size");
  for (const auto& [name, value] : ObjectIn(all, "brokers").fields()) {
    const Struct& broker = value.struct_value();
    statistics.errors +=
        NumberIn(broker, "txerrs") + NumberIn(broker, "rxerrs") + NumberIn(broker, "req_timeouts");
    if (NumberIn(broker, "nodeid") < 0) continue;  // a bootstrap address, or a coordinator's twin
    ++statistics.brokers;
    statistics.brokers_up += StringIn(broker, "state") == "UP";
    const Struct& round_trip = ObjectIn(broker, "rtt");
    statistics.request_us_avg = std::max(statistics.request_us_avg, NumberIn(round_trip, "avg"));
    statistics.request_us_p99 = std::max(statistics.request_us_p99, NumberIn(round_trip, "p99"));
  }
  return statistics;
}

}  // namespace leadstream::log
