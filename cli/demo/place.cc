#include "cli/demo/place.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/strip.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "common/server/open_log.h"

namespace leadstream::demo {
namespace {

// Marks a directory that the demo made, and so may begin anew.
constexpr char kMark[] = "made-by-leadstream-demo";

absl::Status MakeEmpty(const std::string& data) {
  std::error_code error;
  const std::filesystem::path mark = std::filesystem::path(data) / kMark;
  if (std::filesystem::exists(data) && !std::filesystem::is_empty(data, error) &&
      !std::filesystem::exists(mark)) {
    return absl::FailedPreconditionError(absl::StrCat(
        data, " holds something else than an earlier demo; --data takes another directory"));
  }
  std::filesystem::remove_all(data, error);
  std::filesystem::create_directories(data, error);
  std::ofstream out(mark);
  out << "leadstream demo begins this directory anew each time.\n" << std::flush;
  return out ? absl::OkStatus() : absl::UnavailableError(absl::StrCat("cannot write to ", data));
}

// On Kafka nothing is deleted: each run has topics of its own, unless --log names a prefix.
absl::Status NameTopics(server::Options* serving) {
  auto kafka = server::KafkaOptionsOf(*serving);
  if (!kafka.ok() || !*kafka || !(*kafka)->prefix.empty()) return kafka.status();
  const std::string prefix =
      absl::FormatTime("demo-%Y%m%d-%H%M%E3S", absl::Now(), absl::UTCTimeZone());
  serving->log = absl::StrCat(absl::StripSuffix(serving->log, "/"), "/", prefix);
  return absl::OkStatus();
}

}  // namespace

std::vector<std::string> InquiriesOf(const std::string& samples) {
  const std::filesystem::path folder = samples;
  return {(folder / "web_signups.csv").string(), (folder / "hannover_fair_badges.csv").string(),
          (folder / "cards").string(), (folder / "inquiries").string()};
}

absl::Status BeginAnew(server::Options* serving) {
  absl::Status made = MakeEmpty(serving->data);
  return made.ok() ? NameTopics(serving) : made;
}

void PrintWhereItIs(const DemoOptions& options) {
  std::puts("\nIt is all still there: run");
  if (!options.server.empty()) {
    std::printf("  ./run cluster --server '%s'   who writes what\n", options.server.c_str());
    return;
  }
  const server::Options& serving = options.serving;
  std::string where = absl::StrCat(" --data ", serving.data);
  if (serving.log != "local") {
    where = absl::StrCat(" --log ", serving.log);
    for (const std::string& property : serving.kafka_properties)
      absl::StrAppend(&where, " --kafka-property ", property);
  }
  std::string serve = where;
  if (serving.log != "local") {
    absl::StrAppend(&serve, " --data ", serving.data,
                    serving.allow_weak_topics ? " --allow-weak-topics" : "");
  }
  const int width = static_cast<int>(std::max(where.size() + sizeof "events cat", serve.size()));
  std::printf("  ./run events cat%-*s  every event\n", width - 5, where.c_str());
  std::printf("  ./run serve%-*s  the services, on port 7400\n", width, serve.c_str());
}

}  // namespace leadstream::demo
