#include "common/store/batch_file.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <rocksdb/sst_file_writer.h>

#include <atomic>
#include <filesystem>
#include <string>

#include "common/store/sorted_changes.h"

namespace leadstream::store {
namespace {

constexpr absl::string_view kPrefix = "batch-", kSuffix = ".sst";

}  // namespace

rocksdb::Status BatchFile::Write(const rocksdb::WriteBatch& batch, rocksdb::DB* db,
                                 std::unique_ptr<BatchFile>* file) {
  static std::atomic<int64_t> number{0};
  file->reset(new BatchFile(db, absl::StrCat(db->GetName(), "/", kPrefix, ++number, kSuffix)));
  // It lies where the first levels lie, and is rewritten soon.
  rocksdb::Options options = db->GetOptions();
  options.compression = options.compression_per_level.front();
  options.compression_per_level.clear();
  rocksdb::SstFileWriter writer(rocksdb::EnvOptions(), options);
  rocksdb::Status status = writer.Open((*file)->path_);
  if (!status.ok()) return status;
  status = InKeyOrder(batch, [&writer](const KeyChange& change) {
    return change.deletes ? writer.Delete(change.key) : writer.Put(change.key, change.value);
  });
  return status.ok() ? writer.Finish() : status;
}

BatchFile::~BatchFile() {
  if (!taken_in_) db_->GetEnv()->DeleteFile(path_).PermitUncheckedError();
}

rocksdb::Status BatchFile::TakeIn() {
  rocksdb::IngestExternalFileOptions options;
  options.move_files = true;
  rocksdb::Status status = db_->IngestExternalFile({path_}, options);
  taken_in_ = status.ok();
  return status;
}

void BatchFile::RemoveOld(const std::string& directory) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(directory, ignored)) {
    const std::string name = entry.path().filename();
    if (absl::StartsWith(name, kPrefix) && absl::EndsWith(name, kSuffix))
      std::filesystem::remove(entry.path(), ignored);
  }
}

}  // namespace leadstream::store
