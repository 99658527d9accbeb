#include <absl/base/thread_annotations.h>
#include <absl/strings/str_cat.h>
#include <absl/synchronization/mutex.h>

#include <algorithm>
#include <vector>

#include "cli/backup/cut.h"
#include "cli/backup/records_file.h"
#include "cli/backup/restore.h"
#include "cli/parallel.h"
#include "common/log/fence.h"

namespace leadstream::backup {
namespace {

using common::v1::Record;

// How far apart the clocks of two writers may be: an effect later than that has its cause before
// it.
constexpr absl::Duration kClocksApart = absl::Hours(1);
// Reactions look at what happened so long before the chosen time once more, since what came of it
// may have been cut off. By its request id they find what was done, as long as request ids are kept
// (seven days, common/store/read_model.h).
constexpr absl::Duration kReactedAnew = absl::Hours(6 * 24);

// What reading one partition's files finds.
struct Examined {
  PartitionName name;
  std::vector<const BackupFile*> files;
  int64_t end = 0;                       // by time
  std::optional<log::Progress> reacted;  // from where reactions look anew; none: the end
  std::vector<NearCut> near;
};

absl::Status Examine(const RestoreOptions& options, Examined* partition) {
  log::Fence fence;
  bool ended = false;
  auto see = [&](int64_t offset, const Record& record) {
    const absl::Time time = absl::FromUnixMicros(record.time_us());
    if (options.to && log::Fence::IsEvent(record)) {
      if (time > *options.to) ended = true;
      if (time > *options.to - kReactedAnew && !partition->reacted)
        partition->reacted = log::Progress{offset, fence.epoch()};
    }
    fence.Admit(record);
    if (options.to && (ended || time > *options.to - kClocksApart))
      partition->near.push_back({partition->name, offset, record.id(), record.causation_id()});
    if (!ended) partition->end = offset + 1;
    return absl::OkStatus();
  };
  int64_t next = 0;
  for (const BackupFile* file : partition->files) {
    if (file->offset() != next)
      return absl::DataLossError(absl::StrCat("the manifest names no file with offset ", next,
                                              " of ", file->service(), "/", file->partition()));
    next += file->records();
    absl::Status read = EachRecord(options.directory, *file, see);
    if (!read.ok()) return read;
  }
  return absl::OkStatus();
}

std::vector<Examined> PartitionsOf(const BackupManifest& manifest) {
  std::map<PartitionName, Examined> partitions;
  for (const auto& [name, end] : EndsOf(manifest)) partitions[name].name = name;
  for (const BackupFile& file : manifest.files())
    partitions[{file.service(), file.partition()}].files.push_back(&file);
  std::vector<Examined> listed;
  for (auto& [name, partition] : partitions) listed.push_back(std::move(partition));
  return listed;
}

}  // namespace

absl::StatusOr<RestorePlan> PlanRestore(const RestoreOptions& options) {
  auto manifest = ReadManifest(options.directory);
  if (!manifest.ok()) return manifest.status();
  std::vector<Examined> partitions = PartitionsOf(*manifest);
  absl::Mutex mutex;
  absl::Status failed;
  cli::EachInParallel(partitions.size(), options.threads, [&](size_t i) {
    absl::Status examined = Examine(options, &partitions[i]);
    absl::MutexLock lock(&mutex);
    failed.Update(examined);
  });
  if (!failed.ok()) return failed;

  RestorePlan plan;
  std::vector<NearCut> near;
  std::map<PartitionName, log::Progress> reacted;
  for (Examined& partition : partitions) {
    plan.ends[partition.name] = partition.end;
    if (partition.reacted) reacted[partition.name] = *partition.reacted;
    std::move(partition.near.begin(), partition.near.end(), std::back_inserter(near));
  }
  for (const auto& [name, end] : EndsOf(*manifest))
    if (!options.to && plan.ends[name] != end)
      return absl::DataLossError(absl::StrCat("the manifest names files of ", name.first, "/",
                                              name.second, " up to ", plan.ends[name], ", not ",
                                              end));
  MakeConsistent(near, &plan.ends);
  for (const auto& [name, end] : plan.ends) plan.records += end;
  for (const auto& at : manifest->progress()) {
    log::Progress progress{at.offset(), at.epoch()};
    auto anew = reacted.find({at.source(), at.partition()});
    if (anew != reacted.end() && anew->second.next_offset < progress.next_offset)
      progress = anew->second;
    plan.progress[{at.service(), at.source()}][at.partition()] = progress;
  }
  plan.manifest = *std::move(manifest);
  return plan;
}

}  // namespace leadstream::backup
