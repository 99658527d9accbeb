#include "cli/replay/replay.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <filesystem>
#include <utility>

#include "common/log/no_info_log.h"
#include "common/log/position.h"
#include "common/runtime/catch_up.h"
#include "common/store/keys.h"
#include "common/store/values.h"

namespace leadstream::replay {
namespace {

using Difference = OtherModel::Difference;

// A server may remove files of its model while they are being opened; then it is tried again.
constexpr int kOpenAttempts = 5;

absl::Status ToStatus(const rocksdb::Status& status, const std::string& doing) {
  if (status.ok()) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat(doing, ": ", status.ToString()));
}

absl::string_view View(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

// What a key is of, by the grammar of common/store/keys.h.
Difference WhatIs(absl::string_view key) {
  const absl::string_view rest = key.substr(1);
  switch (key[0]) {
    case 's':
      return {"the resource", std::string(rest)};
    case 'h': {
      const absl::string_view name = rest.substr(0, rest.find('\0'));
      return {absl::StrCat("its story at revision ",
                           store::ReadBigEndian64(rest.substr(name.size() + 1))),
              std::string(name)};
    }
    case 'r':
      return {absl::StrCat("what is remembered of request ", rest), ""};
    case 'f':
      return {absl::StrCat("the fact ", rest.substr(4)), ""};
    case 'i':
      return {"an entry of an index", ""};
    case 'q':
      return {"when a request is forgotten", ""};
    case 't':
      return {"what is due by itself", ""};
    default:
      return {"how far it was folded", ""};
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<store::ReadModel>> Fold(ReadOnlyLog* log, const std::string& service,
                                                       const store::Schema* schema,
                                                       const log::Positions& to,
                                                       const ReplayOptions& options) {
  const std::string topic = log::TopicOf(service);
  auto ends = log->Ends(topic);
  if (!ends.ok()) return ends.status();
  for (const auto& [partition, offset] : to) {
    auto end = ends->find(partition);
    if (end == ends->end() || end->second < offset)
      return absl::OutOfRangeError(
          absl::StrCat("the log ends before ", log::ToString({service, partition, offset})));
  }
  store::ReadModelOptions model_options;
  model_options.directory = options.directory;
  model_options.partitions = static_cast<int>(ends->size());
  model_options.memory = store::SharedMemory::Make();
  auto model = store::ReadModel::Open(model_options, schema);
  if (!model.ok()) return model;
  for (const auto& [partition, offset] : to) {
    if ((*model)->NextOffset(partition) > offset)
      return absl::FailedPreconditionError(
          absl::StrCat("the model in ", model_options.directory, " has been folded beyond ",
                       log::ToString({service, partition, offset})));
  }
  runtime::CatchUpOptions catching_up;
  catching_up.threads = options.threads;
  catching_up.until_us = absl::ToUnixMicros(options.until);
  catching_up.progress = options.progress;
  absl::Status folded = runtime::CatchUp(log, topic, model->get(), catching_up).Run(to);
  if (folded.ok()) folded = (*model)->Flush();
  if (!folded.ok()) return folded;
  return model;
}

absl::StatusOr<std::unique_ptr<OtherModel>> OtherModel::Open(const std::string& directory) {
  if (!std::filesystem::exists(directory))
    return absl::NotFoundError(absl::StrCat("there is no read model in ", directory));
  rocksdb::Options options;
  options.info_log = log::NewNoInfoLog();
  rocksdb::Status status;
  rocksdb::DB* opened = nullptr;
  for (int attempt = 0; attempt < kOpenAttempts; ++attempt) {
    status = rocksdb::DB::OpenForReadOnly(options, directory, &opened);
    if (status.ok()) break;
    absl::SleepFor(absl::Milliseconds(50));
  }
  if (!status.ok()) return ToStatus(status, absl::StrCat("opening ", directory));
  std::unique_ptr<OtherModel> other(new OtherModel(std::unique_ptr<rocksdb::DB>(opened)));
  std::string format;
  status = other->db_->Get({}, store::FormatKey(), &format);
  if (!status.ok() || format != store::kFormatVersion)
    return absl::FailedPreconditionError(absl::StrCat("the read model in ", directory,
                                                      " has format '", format, "', not ",
                                                      store::kFormatVersion));
  return other;
}

absl::StatusOr<log::Positions> OtherModel::Reached(int partitions) const {
  log::Positions reached;
  for (int partition = 0; partition < partitions; ++partition) {
    std::string stored;
    const rocksdb::Status status = db_->Get({}, store::PartitionKey(partition), &stored);
    if (status.IsNotFound()) continue;
    if (!status.ok()) return ToStatus(status, "reading the read model");
    log::Fence fence;
    absl::Status decoded = store::DecodePartition(stored, &reached[partition], &fence);
    if (!decoded.ok()) return decoded;
  }
  return reached;
}

absl::StatusOr<std::optional<Difference>> OtherModel::FirstDifference(
    const store::ReadModel& model) const {
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  const std::unique_ptr<rocksdb::Iterator> ours(model.db()->NewIterator(options));
  const std::unique_ptr<rocksdb::Iterator> other(db_->NewIterator(options));
  ours->SeekToFirst();
  other->SeekToFirst();
  for (; ours->Valid() && other->Valid(); ours->Next(), other->Next()) {
    const int order = ours->key().compare(other->key());
    if (order == 0 && ours->value() == other->value()) continue;
    Difference difference = WhatIs(View(order <= 0 ? ours->key() : other->key()));
    absl::StrAppend(&difference.what, order == 0  ? " differs"
                                      : order < 0 ? " is missing there"
                                                  : " does not follow from the log");
    return std::optional(difference);
  }
  for (const rocksdb::Iterator* it : {ours.get(), other.get()}) {
    if (!it->status().ok()) return ToStatus(it->status(), "reading the read model");
  }
  if (!ours->Valid() && !other->Valid()) return std::optional<Difference>();
  Difference difference = WhatIs(View(ours->Valid() ? ours->key() : other->key()));
  difference.what += ours->Valid() ? " is missing there" : " does not follow from the log";
  return std::optional(difference);
}

}  // namespace leadstream::replay
