// A node's membership in the consumer group that proposes who writes which partitions of a topic.
//
// The group is <topic>.writers: static members (a node that restarts within the session keeps its
// partitions), eager `range`. Its members consume nothing and commit nothing; it is used for its
// failure detection and its assignment alone. (librdkafka before 2.6.1 can loop for ever with
// cooperative-sticky, which would gain nothing: what is lost here is a proposal, and stops nobody.)
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/log/event_log.h"
#include "common/log/kafka_client.h"

namespace leadstream::log {

// Proposes each assignment as a whole. What is taken away is not proposed: the next assignment says
// so, and until then a writer goes on. A static member does not say goodbye (librdkafka sends
// none), so the group gives a destroyed membership's partitions away after the session timeout.
std::unique_ptr<EventLog::Membership> JoinKafkaGroup(const KafkaLogOptions& options,
                                                     const std::string& topic,
                                                     const std::string& node,
                                                     std::function<void(std::vector<int>)> propose);

}  // namespace leadstream::log
