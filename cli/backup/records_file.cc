#include "cli/backup/records_file.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <google/protobuf/io/coded_stream.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <utility>

#include "cli/export/manifest.h"

namespace leadstream::backup {
namespace {

constexpr size_t kBufferBytes = 1 << 20;

absl::Status CannotWrite(const std::string& path) {
  return absl::UnavailableError(absl::StrCat("cannot write to ", path));
}

}  // namespace

RecordsWriter::RecordsWriter(std::string directory, PartitionName partition, int64_t bytes_max)
    : directory_(std::move(directory)), partition_(std::move(partition)), bytes_max_(bytes_max) {}

RecordsWriter::~RecordsWriter() {
  if (out_ != nullptr) std::fclose(out_);
}

absl::Status RecordsWriter::Add(int64_t offset, const common::v1::Record& record) {
  if (out_ == nullptr) {
    BackupFile& file = files_.emplace_back();
    file.set_path(
        absl::StrFormat("%s/%04d/%012d.records", partition_.first, partition_.second, offset));
    file.set_service(partition_.first);
    file.set_partition(partition_.second);
    file.set_offset(offset);
    const std::filesystem::path path = std::filesystem::path(directory_) / file.path();
    std::error_code error;
    std::filesystem::create_directories(path.parent_path(), error);
    out_ = std::fopen((path.string() + ".new").c_str(), "we");
    if (out_ == nullptr) return CannotWrite(path.string());
    hash_ = exporting::Sha256();
  }
  const size_t before = buffer_.size();
  std::array<uint8_t, 10> length;
  const uint8_t* end = google::protobuf::io::CodedOutputStream::WriteVarint64ToArray(
      record.ByteSizeLong(), length.data());
  buffer_.append(reinterpret_cast<const char*>(length.data()),
                 static_cast<size_t>(end - length.data()));
  record.AppendToString(&buffer_);
  BackupFile& file = files_.back();
  file.set_records(file.records() + 1);
  file.set_bytes(file.bytes() + static_cast<int64_t>(buffer_.size() - before));
  if (file.bytes() >= bytes_max_) return CloseFile();
  return buffer_.size() < kBufferBytes ? absl::OkStatus() : Flush();
}

absl::Status RecordsWriter::Flush() {
  hash_.Add(buffer_);
  const bool written = std::fwrite(buffer_.data(), 1, buffer_.size(), out_) == buffer_.size() &&
                       std::fflush(out_) == 0;
  buffer_.clear();
  return written ? absl::OkStatus() : CannotWrite(directory_);
}

absl::Status RecordsWriter::CloseFile() {
  absl::Status flushed = Flush();
  std::fclose(std::exchange(out_, nullptr));
  if (!flushed.ok()) return flushed;
  BackupFile& file = files_.back();
  file.set_sha256(hash_.Hex());
  const std::string path = (std::filesystem::path(directory_) / file.path()).string();
  return exporting::MoveIntoPlace(path + ".new", path);
}

absl::StatusOr<std::vector<BackupFile>> RecordsWriter::Finish() {
  absl::Status closed = out_ == nullptr ? absl::OkStatus() : CloseFile();
  if (!closed.ok()) return closed;
  return std::move(files_);
}

absl::Status EachRecord(
    const std::string& directory, const BackupFile& file,
    absl::FunctionRef<absl::Status(int64_t offset, const common::v1::Record& record)> show) {
  const std::string path = (std::filesystem::path(directory) / file.path()).string();
  // At most as large as a file was let grow, and one record.
  auto bytes = exporting::ReadFile(path);
  if (!bytes.ok()) return absl::DataLossError(bytes.status().message());
  exporting::Sha256 hash;
  hash.Add(*bytes);
  if (static_cast<int64_t>(bytes->size()) != file.bytes() || hash.Hex() != file.sha256())
    return absl::DataLossError(absl::StrCat(path, " is not as the manifest says: it was changed"));
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(bytes->data()),
                                            static_cast<int>(bytes->size()));
  common::v1::Record record;
  int64_t offset = file.offset();
  for (uint32_t length = 0; in.ReadVarint32(&length); ++offset) {
    const auto limit = in.PushLimit(static_cast<int>(length));
    if (!record.ParseFromCodedStream(&in) || !in.ConsumedEntireMessage())
      return absl::DataLossError(absl::StrCat(path, ": there is no record at offset ", offset));
    in.PopLimit(limit);
    absl::Status shown = show(offset, record);
    if (!shown.ok()) return shown;
  }
  if (offset != file.offset() + file.records())
    return absl::DataLossError(absl::StrCat(path, " holds another number of records"));
  return absl::OkStatus();
}

}  // namespace leadstream::backup
