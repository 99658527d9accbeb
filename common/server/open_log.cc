#include "common/server/open_log.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>
#include <spdlog/spdlog.h>

#include <filesystem>

#include "common/log/local_log.h"
#include "common/log/position.h"

namespace leadstream::server {
namespace {

constexpr absl::string_view kKafka = "kafka://";

}  // namespace

absl::StatusOr<std::optional<log::KafkaLogOptions>> KafkaOptionsOf(const Options& options) {
  if (options.log == "local") return std::nullopt;
  absl::string_view where = options.log;
  if (!absl::ConsumePrefix(&where, kKafka)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--log takes `local` or kafka://HOST:PORT,...[/PREFIX], not ", options.log));
  }
  const std::vector<std::string> parts = absl::StrSplit(where, absl::MaxSplits('/', 1));
  log::KafkaLogOptions kafka;
  kafka.brokers = parts[0];
  if (parts.size() == 2 && !parts[1].empty()) kafka.prefix = absl::StrCat(parts[1], ".");
  for (const std::string& property : options.kafka_properties) {
    const std::vector<std::string> pair = absl::StrSplit(property, absl::MaxSplits('=', 1));
    if (pair.size() != 2) {
      return absl::InvalidArgumentError(
          absl::StrCat("--kafka-property takes NAME=VALUE, not ", property));
    }
    kafka.properties[pair[0]] = pair[1];
  }
  kafka.allow_weak_topics = options.allow_weak_topics;
  kafka.replication_factor = options.replication_factor;
  kafka.counters = options.kafka_counters;
  kafka.report = [](int level, const std::string& message) {
    spdlog::log(static_cast<spdlog::level::level_enum>(level), "{}", message);
  };
  return kafka;
}

absl::StatusOr<std::unique_ptr<log::EventLog>> OpenLog(const Options& options,
                                                       const std::vector<std::string>& services) {
  auto kafka = KafkaOptionsOf(options);
  if (!kafka.ok()) return kafka.status();
  if (!*kafka) {
    auto local = log::LocalLog::Open({(std::filesystem::path(options.data) / "log").string()});
    if (!local.ok()) return local.status();
    for (const std::string& service : services) {
      absl::Status made = (*local)->CreateTopic(log::TopicOf(service), options.partitions);
      if (!made.ok()) return made;
    }
    return std::unique_ptr<log::EventLog>(std::move(*local));
  }
  auto log = log::KafkaLog::Open(**kafka);
  if (!log.ok()) return log.status();
  for (const std::string& service : services) {
    const std::string topic = log::TopicOf(service);
    absl::Status usable = options.create_topics ? (*log)->CreateTopic(topic, options.partitions)
                                                : (*log)->CheckTopic(topic);
    if (absl::IsNotFound(usable)) {
      return absl::NotFoundError(absl::StrCat(
          usable.message(), "; `leadstream topics create --log ", options.log, "` makes it"));
    }
    if (!usable.ok()) return usable;
  }
  return std::unique_ptr<log::EventLog>(std::move(*log));
}

}  // namespace leadstream::server
