#include <map>
#include <string>

#include "cli/verify/checks.h"
#include "cli/verify/verify.h"

namespace leadstream::verify {

absl::StatusOr<int64_t> VerifyLog(history::History* history, const VerifyOptions& options,
                                  Findings* findings) {
  auto ends = history->Ends();
  if (!ends.ok()) return ends.status();
  std::map<std::string, int> partitions;
  for (const auto& [service, of_service] : *ends)
    partitions[service] = static_cast<int>(of_service.size());
  Checks checks(history->services(), std::move(partitions), /*whole=*/true, findings);
  history::ScanOptions scanning;
  scanning.threads = options.threads;
  scanning.progress = options.progress;
  scanning.seen = [&](size_t, const std::string& service, const log::LoggedRecord& logged,
                      bool counts) { checks.See(service, logged, counts); };
  scanning.ended = [&](size_t, const std::string& service, int partition, const log::Progress&) {
    checks.PartitionEnded(service, partition);
  };
  auto everything = history::Selection::Make({}, history->services());
  if (!everything.ok()) return everything.status();
  absl::Status read = history->Scan(*everything, scanning,
                                    [](size_t, const std::string&, const log::LoggedRecord&) {});
  if (!read.ok()) return read;
  checks.Finish(options);
  return checks.events();
}

}  // namespace leadstream::verify
