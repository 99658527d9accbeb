#include "cli/export/spill.h"

#include <absl/strings/str_cat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace leadstream::exporting {

Spill::Spill(std::string directory, size_t threads, size_t bytes_max)
    : directory_(std::move(directory)), bytes_max_(bytes_max), threads_(threads) {
  for (size_t i = 0; i < threads; ++i) {
    const std::string path = absl::StrCat(directory_, "/rows-", i);
    threads_[i].file = std::fopen(path.c_str(), "w+b");
    ::unlink(path.c_str());  // gone when it is closed, however this process ends
  }
}

Spill::~Spill() {
  for (const Thread& thread : threads_) {
    if (thread.file != nullptr) std::fclose(thread.file);
  }
}

absl::Status Spill::Broken() const {
  return absl::UnavailableError(absl::StrCat("cannot write to ", directory_));
}

// A row is its length, 4 bytes, and itself.
absl::Status Spill::Add(size_t number, const Table& table, int partition, absl::string_view row) {
  Thread& thread = threads_[number];
  std::string& kept = thread.kept[{table, partition}];
  const uint32_t size = static_cast<uint32_t>(row.size());
  char length[sizeof size];
  std::memcpy(length, &size, sizeof size);
  kept.append(length, sizeof length).append(row.data(), row.size());
  thread.kept_bytes += sizeof length + row.size();
  Size& sum = thread.sizes[table];
  ++sum.rows;
  sum.bytes += static_cast<int64_t>(row.size());
  return thread.kept_bytes < bytes_max_ ? absl::OkStatus() : Write(number);
}

absl::Status Spill::Write(size_t number) {
  Thread& thread = threads_[number];
  if (thread.file == nullptr) return Broken();
  for (const auto& [of, rows] : thread.kept) {
    if (std::fwrite(rows.data(), 1, rows.size(), thread.file) != rows.size()) return Broken();
    thread.pieces[of.first].push_back({of.second, number, thread.end, rows.size()});
    thread.end += static_cast<int64_t>(rows.size());
  }
  thread.kept.clear();
  thread.kept_bytes = 0;
  return absl::OkStatus();
}

absl::Status Spill::Finish() {
  for (size_t i = 0; i < threads_.size(); ++i) {
    absl::Status written = Write(i);
    if (!written.ok()) return written;
    if (std::fflush(threads_[i].file) != 0) return Broken();
    for (const auto& [table, pieces] : threads_[i].pieces) {
      std::vector<Piece>& all = pieces_[table];
      all.insert(all.end(), pieces.begin(), pieces.end());
    }
    for (const auto& [table, size] : threads_[i].sizes) {
      sizes_[table].rows += size.rows;
      sizes_[table].bytes += size.bytes;
    }
  }
  for (auto& [table, pieces] : pieces_) {
    std::stable_sort(pieces.begin(), pieces.end(),
                     [](const Piece& a, const Piece& b) { return a.partition < b.partition; });
  }
  return absl::OkStatus();
}

absl::Status Spill::EachRow(
    const Table& table,
    absl::FunctionRef<absl::Status(int partition, absl::string_view row)> show) const {
  auto pieces = pieces_.find(table);
  if (pieces == pieces_.end()) return absl::OkStatus();
  std::string rows;
  for (const Piece& piece : pieces->second) {
    rows.resize(piece.bytes);
    size_t read = 0;
    while (read < piece.bytes) {
      const ssize_t now = ::pread(fileno(threads_[piece.thread].file), rows.data() + read,
                                  piece.bytes - read, piece.offset + static_cast<int64_t>(read));
      if (now <= 0) return absl::UnavailableError(absl::StrCat("cannot read ", directory_));
      read += static_cast<size_t>(now);
    }
    for (size_t at = 0; at < rows.size();) {
      uint32_t size = 0;
      std::memcpy(&size, rows.data() + at, sizeof size);
      at += sizeof size;
      absl::Status shown = show(piece.partition, absl::string_view(rows).substr(at, size));
      if (!shown.ok()) return shown;
      at += size;
    }
  }
  return absl::OkStatus();
}

}  // namespace leadstream::exporting
