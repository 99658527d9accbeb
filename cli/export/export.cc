#include "cli/export/export.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/civil_time.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>
#include <tuple>
#include <vector>

#include "cli/export/spill.h"
#include "cli/export/states.h"
#include "cli/export/unfinished.h"
#include "cli/parallel.h"
#include "common/runtime/resource_types.h"

namespace leadstream::exporting {
namespace {

using google::protobuf::Message;

constexpr char kManifest[] = "manifest.json";

// The first thing that went wrong on any thread.
class Failure {
 public:
  void Note(const absl::Status& status) {
    absl::MutexLock lock(&mutex_);
    status_.Update(status);
  }
  absl::Status status() {
    absl::MutexLock lock(&mutex_);
    return status_;
  }

 private:
  absl::Mutex mutex_;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
};

int64_t DayOf(int64_t time_us) {
  return absl::ToCivilDay(absl::FromUnixMicros(time_us), absl::UTCTimeZone()) -
         absl::CivilDay(1970, 1, 1);
}

log::Progress At(const Reached& reached, const std::string& service, int partition) {
  auto of_service = reached.find(service);
  if (of_service == reached.end()) return {};
  auto at = of_service->second.find(partition);
  return at == of_service->second.end() ? log::Progress{} : at->second;
}

class Exporter {
 public:
  Exporter(history::History* history, const Format& format, const ExportOptions& options,
           Unfinished* unfinished, const ExportedRange& range, Reached from)
      : history_(history),
        format_(format),
        options_(options),
        unfinished_(unfinished),
        range_(range),
        from_(std::move(from)),
        spill_(unfinished->directory(), options.threads) {
    std::optional<int64_t> until_us;
    if (options.as_of) until_us = absl::ToUnixMicros(*options.as_of);
    for (size_t i = 0; i < options.threads; ++i)
      states_.push_back(std::make_unique<States>(history->services(), until_us));
  }

  // Reads the range; how far it came, with epochs.
  absl::StatusOr<ExportedRange> Read() {
    ExportedRange reached = range_;
    for (auto& [service, partitions] : reached.to) {
      for (auto& [partition, at] : partitions) at.epoch = BeginOf(service, partition).epoch;
    }
    absl::Mutex mutex;
    history::ScanOptions scanning;
    scanning.threads = options_.threads;
    scanning.progress = [this](int64_t done, int64_t all) { Progress("reading", done, all); };
    if (!options_.resources) scanning.from = from_;
    for (const auto& [service, partitions] : range_.to) {
      for (const auto& [partition, at] : partitions)
        scanning.to[service][partition] = at.next_offset;
    }
    scanning.ended = [&](size_t thread, const std::string& service, int partition,
                         const log::Progress& at) {
      failure_.Note(KeepStates(thread, service, partition));
      absl::MutexLock lock(&mutex);
      reached.to[service][partition] = at;
    };
    auto everything = history::Selection::Make({}, history_->services());
    if (!everything.ok()) return everything.status();
    std::atomic<int64_t> events = 0;
    absl::Status read = history_->Scan(
        *everything, scanning,
        [&](size_t thread, const std::string& service, const log::LoggedRecord& event) {
          if (options_.resources) states_[thread]->Fold(service, event);
          if (event.offset < BeginOf(service, event.partition).next_offset) return;
          ++events;
          failure_.Note(KeepEvent(thread, service, event));
        });
    read.Update(failure_.status());
    read.Update(spill_.Finish());
    if (!read.ok()) return read;
    reached.events = events;
    return reached;
  }

  // Writes every table; the files, in the order of their paths.
  absl::StatusOr<std::vector<ExportedFile>> Write() {
    std::vector<Shape> shapes = Shapes();
    int64_t all = 0, done = 0;
    for (const Shape& shape : shapes) all += SizeOf(shape.table).bytes;
    std::vector<ExportedFile> files(shapes.size());
    absl::Mutex mutex;
    cli::EachInParallel(shapes.size(), options_.threads, [&](size_t i) {
      if (!failure_.status().ok()) return;
      auto file = WriteTable(shapes[i], i);
      failure_.Note(file.status());
      if (!file.ok()) return;
      files[i] = *file;
      absl::MutexLock lock(&mutex);
      done += SizeOf(shapes[i].table).bytes;
      Progress("writing", done, all);
    });
    absl::Status failed = failure_.status();
    if (!failed.ok()) return failed;
    return files;
  }

 private:
  void Progress(const char* doing, int64_t done, int64_t all) {
    if (options_.progress != nullptr) options_.progress(doing, done, all);
  }

  log::Progress BeginOf(const std::string& service, int partition) const {
    return At(from_, service, partition);
  }

  Spill::Size SizeOf(const Table& table) const {
    auto size = spill_.tables().find(table);
    return size == spill_.tables().end() ? Spill::Size{} : size->second;
  }

  // A row of events is the offset, 8 bytes, and the record.
  absl::Status KeepEvent(size_t thread, const std::string& service,
                         const log::LoggedRecord& event) {
    std::string row(reinterpret_cast<const char*>(&event.offset), sizeof event.offset);
    event.record.AppendToString(&row);
    return spill_.Add(thread, {service, event.record.type(), "", DayOf(event.record.time_us())},
                      event.partition, row);
  }

  absl::Status KeepStates(size_t thread, const std::string& service, int partition) {
    return states_[thread]->Take(
        service, partition, [&](const std::string& collection, const std::string& resource) {
          return spill_.Add(thread, {service, "", collection, 0}, partition, resource);
        });
  }

  // What there are events of, and every kind of resource, of which there may be none.
  std::vector<Shape> Shapes() const {
    std::map<Table, const Message*> prototypes;
    for (const auto& [table, size] : spill_.tables()) {
      if (!table.is_resource()) prototypes[table] = runtime::PrototypeOf(table.type);
    }
    for (const auto& service : history_->services()) {
      if (!options_.resources || !range_.to.contains(service.name)) continue;
      for (const domain::Aggregate& aggregate : service.aggregates)
        prototypes[{service.name, "", aggregate.collection(), 0}] = &aggregate.prototype();
    }
    std::vector<Shape> shapes;
    for (const auto& [table, prototype] : prototypes) shapes.push_back({table, prototype});
    std::sort(shapes.begin(), shapes.end(),
              [](const Shape& a, const Shape& b) { return a.table.Path() < b.table.Path(); });
    return shapes;
  }

  // What was written by an export that was killed is taken as it is: it is the same. Nothing is
  // made durable before the manifest is: where the machine went down, nothing is taken
  // (unfinished.h).
  absl::StatusOr<ExportedFile> WriteTable(const Shape& shape, size_t number) {
    ExportedFile file;
    file.number = range_.number;
    file.rows = SizeOf(shape.table).rows;
    file.path = absl::StrFormat("%s/%06d.%s", shape.table.Path(), range_.number, format_.name());
    const std::filesystem::path path = std::filesystem::path(options_.directory) / file.path;
    if (!std::filesystem::exists(path)) {
      const std::string beside = absl::StrCat(unfinished_->directory(), "/table-", number);
      absl::Status written = WriteRows(shape, beside);
      std::error_code error;
      std::filesystem::create_directories(path.parent_path(), error);
      if (!written.ok()) return written;
      std::filesystem::rename(beside, path, error);
      if (error) return absl::UnavailableError(absl::StrCat("cannot write to ", path.string()));
    }
    auto sha256 = Sha256OfFile(path.string());
    if (!sha256.ok()) return sha256.status();
    std::tie(file.sha256, file.bytes) = *sha256;
    return file;
  }

  absl::Status WriteRows(const Shape& shape, const std::string& path) {
    auto file = format_.Create(path, shape);
    if (!file.ok()) return file.status();
    log::LoggedRecord event;
    std::unique_ptr<Message> message(shape.prototype == nullptr ? nullptr : shape.prototype->New());
    absl::Status added =
        spill_.EachRow(shape.table, [&](int partition, absl::string_view bytes) -> absl::Status {
          Row row;
          if (shape.table.is_resource()) {
            message->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
            row.message = message.get();
            return (*file)->Add(row);
          }
          event.partition = partition;
          std::memcpy(&event.offset, bytes.data(), sizeof event.offset);
          bytes.remove_prefix(sizeof event.offset);
          event.record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
          row.event = &event;
          if (message != nullptr && message->ParseFromString(event.record.data()))
            row.message = message.get();
          return (*file)->Add(row);
        });
    return added.ok() ? (*file)->Finish() : added;
  }

  history::History* const history_;
  const Format& format_;
  const ExportOptions& options_;
  Unfinished* const unfinished_;
  const ExportedRange range_;
  const Reached from_;
  Spill spill_;
  std::vector<std::unique_ptr<States>> states_;  // by thread
  Failure failure_;
};

absl::StatusOr<Manifest> ReadManifest(const ExportOptions& options, const std::string& format) {
  const std::filesystem::path directory = options.directory;
  auto json = ReadFile((directory / kManifest).string());
  std::error_code error;
  if (!json.ok()) {
    if (std::filesystem::exists(directory) && !std::filesystem::is_empty(directory, error) &&
        !Unfinished::IsIn(options.directory))
      return absl::FailedPreconditionError(
          absl::StrCat(options.directory, " holds something else than an export"));
    return Manifest{format, "", {}, {}};
  }
  auto manifest = Manifest::Parse(*json);
  if (!manifest.ok())
    return absl::FailedPreconditionError(
        absl::StrCat(options.directory, "/", kManifest, ": ", manifest.status().message()));
  if (manifest->format != format)
    return absl::FailedPreconditionError(absl::StrCat(options.directory, " holds an export in ",
                                                      manifest->format,
                                                      "; a directory holds one format"));
  return manifest;
}

// Where it is to end. Epochs are found by reading.
absl::StatusOr<Reached> EndOf(history::History* history, const ExportOptions& options) {
  if (options.to) return *options.to;
  auto ends = history->Ends();
  if (!ends.ok()) return ends.status();
  Reached to;
  for (const auto& [service, partitions] : *ends) {
    for (const auto& [partition, end] : partitions) to[service][partition] = {end, 0};
  }
  return to;
}

// Whether any partition of `a` ends before that of `b`.
bool IsShorter(const Reached& a, const Reached& b) {
  for (const auto& [service, partitions] : b) {
    for (const auto& [partition, at] : partitions) {
      if (At(a, service, partition).next_offset < at.next_offset) return true;
    }
  }
  return false;
}

// Of resources the newest are kept. Those that were there before.
std::vector<ExportedFile> TakeResources(std::vector<ExportedFile>* files) {
  auto resources = std::stable_partition(
      files->begin(), files->end(),
      [](const ExportedFile& file) { return !absl::StartsWith(file.path, "resources/"); });
  std::vector<ExportedFile> taken(resources, files->end());
  files->erase(resources, files->end());
  return taken;
}

}  // namespace

absl::StatusOr<Manifest> Export(history::History* history, const Format& format,
                                const ExportOptions& options) {
  auto manifest = ReadManifest(options, format.name());
  if (!manifest.ok()) return manifest.status();
  const std::string as_of =
      options.as_of ? absl::FormatTime(absl::RFC3339_full, *options.as_of, absl::UTCTimeZone())
                    : "";
  const Reached from = manifest->exports.empty() ? Reached{} : manifest->exports.back().to;
  auto to = EndOf(history, options);
  if (!to.ok()) return to.status();

  Manifest plan{format.name(), as_of, {}, {}};
  plan.exports.push_back({static_cast<int64_t>(manifest->exports.size()) + 1, 0, *to});
  auto unfinished = Unfinished::Begin(options.directory, &plan, *manifest,
                                      options.resources ? "with resources" : "events alone");
  if (!unfinished.ok()) return unfinished.status();
  if (IsShorter(plan.exports[0].to, from)) {
    (*unfinished)->End();
    return absl::FailedPreconditionError(
        absl::StrCat(options.directory, " holds more than that already"));
  }
  if (!manifest->exports.empty() && !IsShorter(from, plan.exports[0].to) &&
      as_of == manifest->as_of) {
    (*unfinished)->End();
    return manifest;
  }

  auto exporter = std::make_unique<Exporter>(history, format, options, unfinished->get(),
                                             plan.exports[0], from);
  auto reached = exporter->Read();
  if (!reached.ok()) return reached.status();
  auto files = exporter->Write();
  if (!files.ok()) return files.status();
  exporter = nullptr;  // rows on their way need not be made durable
  absl::Status durable = SyncAll(options.directory);
  if (!durable.ok()) return durable;
  std::vector<ExportedFile> forgotten;
  if (options.resources) {
    forgotten = TakeResources(&manifest->files);
    manifest->as_of = as_of;
  }
  manifest->exports.push_back(std::move(*reached));
  manifest->files.insert(manifest->files.end(), files->begin(), files->end());
  std::sort(manifest->files.begin(), manifest->files.end(),
            [](const ExportedFile& a, const ExportedFile& b) { return a.path < b.path; });
  absl::Status written =
      ReplaceFile(absl::StrCat(options.directory, "/", kManifest), manifest->ToJson());
  if (!written.ok()) return written;
  for (const ExportedFile& file : forgotten) {
    std::error_code ignored;
    std::filesystem::remove(std::filesystem::path(options.directory) / file.path, ignored);
  }
  (*unfinished)->End();
  return manifest;
}

}  // namespace leadstream::exporting
