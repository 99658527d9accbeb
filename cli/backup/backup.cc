#include "cli/backup/backup.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/synchronization/mutex.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>
#include <utility>

#include "cli/backup/cut.h"
#include "cli/backup/records_file.h"
#include "cli/history/scan.h"
#include "common/log/position.h"

namespace leadstream::backup {
namespace {

using Ends = std::map<PartitionName, int64_t>;

// A directory that nobody else writes to meanwhile.
class Lock {
 public:
  static absl::StatusOr<std::unique_ptr<Lock>> Of(const std::string& directory) {
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    const int file = ::open((directory + "/.lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0644);
    if (file < 0) return absl::UnavailableError(absl::StrCat("cannot write to ", directory));
    std::unique_ptr<Lock> lock(new Lock(file));
    if (::flock(file, LOCK_EX | LOCK_NB) != 0)
      return absl::FailedPreconditionError(
          absl::StrCat("another backup is being written to ", directory));
    return lock;
  }
  ~Lock() { ::close(file_); }

 private:
  explicit Lock(int file) : file_(file) {}
  const int file_;
};

// What a backup that was killed has left.
void RemoveUnnamed(const std::string& directory, const BackupManifest& manifest) {
  std::set<std::string> named;
  for (const BackupFile& file : manifest.files()) named.insert(file.path());
  std::vector<std::filesystem::path> unnamed;
  std::error_code error;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory, error)) {
    const std::string path =
        std::filesystem::relative(entry.path(), directory, error).generic_string();
    if (!named.contains(path) &&
        (absl::EndsWith(path, ".records") || absl::EndsWith(path, ".records.new")))
      unnamed.push_back(entry.path());
  }
  for (const auto& path : unnamed) std::filesystem::remove(path, error);
}

class Copy {
 public:
  Copy(log::EventLog* log, const BackupOptions& options, BackupManifest before)
      : log_(log), options_(options), manifest_(std::move(before)) {}

  absl::StatusOr<BackedUp> Run(const std::vector<std::string>& services);

 private:
  struct Partition {
    int64_t begin = 0;  // the first offset that is to be copied
    int64_t next = 0;   // the one that is to come; from the record before `begin` on
    std::string last_id;
    std::unique_ptr<RecordsWriter> writer;
    log::Progress reached;
  };

  absl::Status FindTopics(const std::vector<std::string>& services);
  absl::Status ReadProgress();
  absl::StatusOr<Ends> ReadEnds();
  absl::StatusOr<Ends> FindCut();
  absl::Status CopyUpTo(const Ends& ends);
  absl::Status See(const std::string& service, const log::LoggedRecord& logged);
  absl::Status Finish();

  log::EventLog* const log_;
  const BackupOptions& options_;
  BackupManifest manifest_;
  std::vector<history::Share> shares_;
  std::map<PartitionName, Partition> partitions_;
};

absl::StatusOr<BackedUp> Copy::Run(const std::vector<std::string>& services) {
  const Size before = SizeOf(manifest_);
  absl::Status done = FindTopics(services);
  // In this order: an effect of what was reacted to by then is before the cut.
  if (done.ok()) done = ReadProgress();
  if (!done.ok()) return done;
  auto cut = FindCut();
  if (!cut.ok()) return cut.status();
  done = CopyUpTo(*cut);
  if (done.ok()) done = Finish();
  if (!done.ok()) return done;
  const Size after = SizeOf(manifest_);
  return BackedUp{std::move(manifest_),
                  {after.records - before.records, after.bytes - before.bytes}};
}

absl::Status Copy::FindTopics(const std::vector<std::string>& services) {
  for (const std::string& service : services) {
    auto count = log_->Partitions(log::TopicOf(service));
    if (absl::IsNotFound(count.status())) continue;  // a service of its own executable
    if (!count.ok()) return count.status();
    shares_.emplace_back(service, std::vector<int>());
    for (int partition = 0; partition < *count; ++partition) {
      shares_.back().second.push_back(partition);
      partitions_[{service, partition}].writer = std::make_unique<RecordsWriter>(
          options_.directory, PartitionName(service, partition), options_.file_bytes_max);
    }
  }
  if (shares_.empty()) return absl::UnavailableError("the log has no topic of Leadstream");
  for (const auto& topic : manifest_.topics()) {
    for (const auto& held : topic.partitions()) {
      auto at = partitions_.find({topic.service(), held.partition()});
      if (at == partitions_.end())
        return absl::FailedPreconditionError(
            absl::StrCat(options_.directory, " is the backup of another log: this one has no ",
                         topic.service(), "/", held.partition()));
      Partition& partition = at->second;
      partition.reached = {held.end(), held.epoch()};
      partition.begin = held.end();
      partition.next = std::max<int64_t>(held.end() - 1, 0);
      partition.last_id = held.last_id();
    }
  }
  return absl::OkStatus();
}

absl::Status Copy::ReadProgress() {
  manifest_.clear_progress();
  for (const auto& [service, ignored] : shares_) {
    for (const auto& [source, also_ignored] : shares_) {
      auto read = log_->Progress(log::ReactionGroupOf(service), log::TopicOf(source));
      if (!read.ok()) return read.status();
      for (const auto& [partition, at] : *read) {
        auto* progress = manifest_.add_progress();
        progress->set_service(service);
        progress->set_source(source);
        progress->set_partition(partition);
        progress->set_offset(at.next_offset);
        progress->set_epoch(at.epoch);
      }
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Ends> Copy::ReadEnds() {
  Ends ends;
  for (const auto& [service, partitions] : shares_) {
    auto read = log_->Ends(log::TopicOf(service));
    if (!read.ok()) return read.status();
    for (const int partition : partitions) ends[{service, partition}] = read->at(partition);
  }
  return ends;
}

// Topics are asked one after the other, and a cause may be in one that was asked before. What is
// before the second answers has its cause before the third; and an effect of something between
// these is behind the first, so that what is between the first and the third says it all.
absl::StatusOr<Ends> Copy::FindCut() {
  auto first = ReadEnds();
  auto second = first.ok() ? ReadEnds() : first;
  auto third = second.ok() ? ReadEnds() : second;
  if (!third.ok()) return third.status();
  history::ScanOptions between;
  for (const auto& [of, end] : *first) between.from[of.first][of.second] = {end, 0};
  for (const auto& [of, end] : *third) between.to[of.first][of.second] = end;
  std::vector<NearCut> near;
  between.seen = [&near](size_t, const std::string& service, const log::LoggedRecord& logged,
                         bool) {
    near.push_back({{service, logged.partition},
                    logged.offset,
                    logged.record.id(),
                    logged.record.causation_id()});
  };
  absl::Status read = history::Scan(log_, shares_, between, [](auto&&...) {});
  if (!read.ok()) return read;
  MakeConsistent(near, &*second);
  return second;
}

absl::Status Copy::CopyUpTo(const Ends& ends) {
  history::ScanOptions options;
  options.threads = options_.threads;
  options.progress = options_.progress;
  for (const auto& [of, partition] : partitions_) {
    if (ends.at(of) < partition.begin)
      return absl::FailedPreconditionError(
          absl::StrCat(options_.directory, " is the backup of another log: this one ends before ",
                       log::ToString({of.first, of.second, partition.begin})));
    options.from[of.first][of.second] = {partition.next, partition.reached.epoch};
    options.to[of.first][of.second] = ends.at(of);
  }
  absl::Mutex mutex;
  absl::Status failed;
  // A partition is read by one thread.
  options.seen = [&](size_t, const std::string& service, const log::LoggedRecord& logged, bool) {
    absl::Status seen = See(service, logged);
    if (seen.ok()) return;
    absl::MutexLock lock(&mutex);
    failed.Update(seen);
  };
  options.ended = [this](size_t, const std::string& service, int partition,
                         const log::Progress& reached) {
    partitions_.at({service, partition}).reached = reached;
  };
  absl::Status read = history::Scan(log_, shares_, options, [](auto&&...) {});
  absl::MutexLock lock(&mutex);
  failed.Update(read);
  return failed;
}

absl::Status Copy::See(const std::string& service, const log::LoggedRecord& logged) {
  Partition& partition = partitions_.at({service, logged.partition});
  const auto place = [&] { return log::ToString({service, logged.partition, partition.next}); };
  if (logged.offset != partition.next)
    return absl::DataLossError(absl::StrCat("the log has no record at ", place()));
  if (logged.offset < partition.begin && logged.record.id() != partition.last_id)
    return absl::FailedPreconditionError(
        absl::StrCat(options_.directory,
                     " is the backup of another log: this one has another "
                     "record at ",
                     place()));
  ++partition.next;
  if (logged.offset < partition.begin) return absl::OkStatus();
  partition.last_id = logged.record.id();
  return partition.writer->Add(logged.offset, logged.record);
}

absl::Status Copy::Finish() {
  manifest_.set_format_version(kFormatVersion);
  manifest_.clear_topics();
  std::vector<BackupFile> files(manifest_.files().begin(), manifest_.files().end());
  for (const auto& [service, numbers] : shares_) {
    auto* topic = manifest_.add_topics();
    topic->set_service(service);
    for (const int number : numbers) {
      Partition& partition = partitions_.at({service, number});
      auto added = partition.writer->Finish();
      if (!added.ok()) return added.status();
      files.insert(files.end(), added->begin(), added->end());
      auto* held = topic->add_partitions();
      held->set_partition(number);
      held->set_end(partition.reached.next_offset);
      held->set_epoch(partition.reached.epoch);
      held->set_last_id(partition.last_id);
    }
  }
  std::sort(files.begin(), files.end(),
            [](const BackupFile& a, const BackupFile& b) { return a.path() < b.path(); });
  manifest_.mutable_files()->Assign(files.begin(), files.end());
  return WriteManifest(options_.directory, manifest_);
}

}  // namespace

absl::StatusOr<BackedUp> Backup(log::EventLog* log, const std::vector<std::string>& services,
                                const BackupOptions& options) {
  auto lock = Lock::Of(options.directory);
  if (!lock.ok()) return lock.status();
  auto before = ReadManifest(options.directory);
  if (!before.ok() && !absl::IsNotFound(before.status())) return before.status();
  RemoveUnnamed(options.directory, before.ok() ? *before : BackupManifest());
  return Copy(log, options, before.ok() ? *std::move(before) : BackupManifest()).Run(services);
}

}  // namespace leadstream::backup
