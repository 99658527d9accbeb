#include "cli/history/open.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <filesystem>
#include <functional>
#include <utility>

#include "common/log/kafka_log.h"
#include "common/log/local_log.h"
#include "common/log/position.h"
#include "common/server/open_log.h"

namespace leadstream::history {
namespace {

// A server may remove files of its log's database while they are being opened; then it is tried
// again.
constexpr int kOpenAttempts = 5;

using Open =
    std::function<absl::StatusOr<std::unique_ptr<log::LocalLog>>(const log::LocalLogOptions&)>;

absl::StatusOr<std::unique_ptr<log::EventLog>> OpenLog(const server::Options& options,
                                                       const Open& open_local) {
  auto kafka = server::KafkaOptionsOf(options);
  if (!kafka.ok()) return kafka.status();
  if (*kafka) {
    (*kafka)->report = [](int, const std::string&) {};  // what matters comes back as a status
    auto log = log::KafkaLog::Open(**kafka);
    if (!log.ok()) return log.status();
    auto topic = (*log)->Partitions(log::TopicOf("lead"));
    if (absl::IsNotFound(topic.status()))
      return absl::UnavailableError(absl::StrCat("there is no log of Leadstream at ", options.log));
    if (!topic.ok())
      return absl::UnavailableError(absl::StrCat("Kafka at ", (*kafka)->brokers,
                                                 " does not answer: ", topic.status().message()));
    return std::unique_ptr<log::EventLog>(std::move(*log));
  }
  const std::string directory = (std::filesystem::path(options.data) / "log").string();
  if (!std::filesystem::exists(directory)) {
    return absl::UnavailableError(absl::StrCat("there is no log in ", options.data,
                                               "; --data says where the server keeps its data"));
  }
  absl::StatusOr<std::unique_ptr<log::LocalLog>> log;
  for (int attempt = 0; attempt < kOpenAttempts; ++attempt) {
    log = open_local({directory});
    if (log.ok()) return std::unique_ptr<log::EventLog>(std::move(*log));
    absl::SleepFor(absl::Milliseconds(50));
  }
  return log.status();
}

}  // namespace

absl::StatusOr<std::unique_ptr<log::EventLog>> OpenForReading(const server::Options& options) {
  return OpenLog(options, [](const log::LocalLogOptions& local) {
    return log::LocalLog::OpenForReading(local);
  });
}

absl::StatusOr<std::unique_ptr<log::EventLog>> OpenForFollowing(const server::Options& options,
                                                                const std::string& scratch) {
  return OpenLog(options, [&scratch](const log::LocalLogOptions& local) {
    return log::LocalLog::OpenForFollowing(local, scratch);
  });
}

}  // namespace leadstream::history
