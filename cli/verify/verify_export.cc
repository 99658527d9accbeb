#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/strip.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "cli/export/manifest.h"
#include "cli/export/spill.h"
#include "cli/history/cloud_event.h"
#include "cli/history/scratch.h"
#include "cli/verify/checks.h"
#include "cli/verify/verify.h"
#include "common/log/position.h"

namespace leadstream::verify {
namespace {

using exporting::ExportedFile;
using exporting::Manifest;
using exporting::Table;

// False: it is not what the manifest says.
bool CheckFile(const std::string& directory, const ExportedFile& file, Findings* findings) {
  auto sha256 = exporting::Sha256OfFile(absl::StrCat(directory, "/", file.path));
  if (!sha256.ok()) {
    findings->Add({"file-missing", file.path, "", "the manifest names it"});
  } else if (sha256->first != file.sha256) {
    findings->Add({"file-differs", file.path, "",
                   absl::StrCat("its SHA-256 is ", sha256->first, ", not ", file.sha256)});
  }
  return sha256.ok();
}

// Lines are of one kind of event; checks want the events of a partition in order.
absl::Status SortOut(const std::string& directory, const ExportedFile& file,
                     exporting::Spill* spill, Findings* findings) {
  std::ifstream in(absl::StrCat(directory, "/", file.path));
  std::string line;
  for (int64_t number = 1; std::getline(in, line); ++number) {
    auto event = history::ParseCloudEvent(line);
    if (!event.ok()) {
      findings->Add({"payload-unreadable", absl::StrCat(file.path, ":", number), "",
                     std::string(event.status().message())});
      continue;
    }
    std::string row(reinterpret_cast<const char*>(&event->second.offset), sizeof(int64_t));
    event->second.record.AppendToString(&row);
    const Table partition{event->first, "", absl::StrCat(event->second.partition), 0};
    absl::Status added = spill->Add(0, partition, event->second.partition, row);
    if (!added.ok()) return added;
  }
  return absl::OkStatus();
}

absl::Status CheckPartition(const exporting::Spill& spill, const Table& table, Checks* checks) {
  std::vector<log::LoggedRecord> events;
  absl::Status read = spill.EachRow(table, [&](int partition, absl::string_view row) {
    log::LoggedRecord& event = events.emplace_back();
    event.partition = partition;
    std::copy_n(row.data(), sizeof event.offset, reinterpret_cast<char*>(&event.offset));
    row.remove_prefix(sizeof event.offset);
    event.record.ParseFromArray(row.data(), static_cast<int>(row.size()));
    return absl::OkStatus();
  });
  if (!read.ok()) return read;
  std::sort(events.begin(), events.end(),
            [](const auto& a, const auto& b) { return a.offset < b.offset; });
  for (const log::LoggedRecord& event : events) checks->See(table.context, event, true);
  if (!events.empty()) checks->PartitionEnded(table.context, events.front().partition);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<int64_t> VerifyExport(const std::string& directory,
                                     const std::vector<domain::ServiceDefinition>& services,
                                     const VerifyOptions& options, Findings* findings) {
  auto json = exporting::ReadFile(directory + "/manifest.json");
  auto manifest = json.ok() ? Manifest::Parse(*json) : json.status();
  if (!manifest.ok()) return manifest.status();
  const history::Scratch scratch;
  exporting::Spill spill(scratch.path(), 1);
  int64_t done = 0;
  for (const ExportedFile& file : manifest->files) {
    const bool there = CheckFile(directory, file, findings);
    if (there && manifest->format == "ndjson" && absl::StartsWith(file.path, "events/")) {
      absl::Status sorted = SortOut(directory, file, &spill, findings);
      if (!sorted.ok()) return sorted;
    }
    if (options.progress) options.progress(++done, static_cast<int64_t>(manifest->files.size()));
  }
  absl::Status kept = spill.Finish();
  if (!kept.ok()) return kept;
  std::map<std::string, int> partitions;
  for (const auto& [service, of_service] : manifest->exports.back().to)
    partitions[service] = static_cast<int>(of_service.size());
  Checks checks(services, std::move(partitions), /*whole=*/false, findings);
  for (const auto& [table, size] : spill.tables()) {
    absl::Status checked = CheckPartition(spill, table, &checks);
    if (!checked.ok()) return checked;
  }
  if (manifest->format == "ndjson") checks.Finish(options);
  return checks.events();
}

}  // namespace leadstream::verify
