// Which settings of a topic are too weak for the only source of truth.
#include "common/log/kafka_topics.h"

#include <gmock/gmock.h>

namespace leadstream::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

log::TopicSettings Strong() {
  return {12,
          3,
          {{"retention.ms", "-1"},
           {"retention.bytes", "-1"},
           {"cleanup.policy", "delete"},
           {"unclean.leader.election.enable", "false"},
           {"min.insync.replicas", "2"}}};
}

TEST(KafkaTopics, AStrongOneHasNoWeakness) { EXPECT_THAT(log::WeaknessesOf(Strong()), IsEmpty()); }

TEST(KafkaTopics, EachWeaknessIsNamed) {
  const struct {
    const char* name;
    const char* value;
    const char* said;
  } kCases[] = {
      {"retention.ms", "604800000", "retention.ms is 604800000, not -1"},
      {"retention.bytes", "1073741824", "retention.bytes is 1073741824, not -1"},
      {"cleanup.policy", "compact", "cleanup.policy is compact, not delete"},
      {"cleanup.policy", "compact,delete", "cleanup.policy is compact,delete, not delete"},
      {"unclean.leader.election.enable", "true",
       "unclean.leader.election.enable is true, not false"},
      {"min.insync.replicas", "1", "min.insync.replicas is 1, below 2"},
  };
  for (const auto& each : kCases) {
    log::TopicSettings settings = Strong();
    settings.config[each.name] = each.value;
    EXPECT_THAT(log::WeaknessesOf(settings), ElementsAre(each.said));
  }
  log::TopicSettings settings = Strong();
  settings.replication_factor = 2;
  EXPECT_THAT(log::WeaknessesOf(settings), ElementsAre("the replication factor is 2, below 3"));
}

TEST(KafkaTopics, WhatTheBrokerDoesNotSayIsWeak) {
  log::TopicSettings settings = Strong();
  settings.config.erase("retention.ms");
  settings.config.erase("min.insync.replicas");
  EXPECT_THAT(log::WeaknessesOf(settings), ElementsAre("retention.ms is unknown, not -1",
                                                       "min.insync.replicas is unknown, below 2"));
}

}  // namespace
}  // namespace leadstream::testing
