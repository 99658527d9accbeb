#include <absl/strings/str_cat.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/export/manifest.h"
#include "cli/export/sha256.h"

namespace leadstream::exporting {
namespace {

absl::Status Sync(const std::string& path, int flags) {
  const int file = ::open(path.c_str(), flags);
  const bool synced = file >= 0 && ::fsync(file) == 0;
  if (file >= 0) ::close(file);
  return synced ? absl::OkStatus() : absl::UnavailableError(absl::StrCat("cannot write to ", path));
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return absl::NotFoundError(absl::StrCat("there is no ", path));
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

absl::Status ReplaceFile(const std::string& path, const std::string& text) {
  const std::string beside = path + ".new";
  std::ofstream out(beside, std::ios::binary);
  out << text << std::flush;
  if (!out) return absl::UnavailableError(absl::StrCat("cannot write to ", beside));
  out.close();
  return MoveIntoPlace(beside, path);
}

absl::Status MoveIntoPlace(const std::string& from, const std::string& to) {
  absl::Status synced = Sync(from, O_RDONLY);
  if (!synced.ok()) return synced;
  std::error_code error;
  std::filesystem::rename(from, to, error);
  if (error) return absl::UnavailableError(absl::StrCat("cannot write to ", to));
  return Sync(std::filesystem::path(to).parent_path().string(), O_RDONLY | O_DIRECTORY);
}

absl::Status SyncAll(const std::string& directory) {
  const int file = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY);
  const bool synced = file >= 0 && ::syncfs(file) == 0;
  if (file >= 0) ::close(file);
  return synced ? absl::OkStatus()
                : absl::UnavailableError(absl::StrCat("cannot write to ", directory));
}

absl::StatusOr<std::pair<std::string, int64_t>> Sha256OfFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return absl::NotFoundError(absl::StrCat("there is no ", path));
  Sha256 hash;
  std::array<char, 1 << 16> buffer;
  int64_t bytes = 0;
  while (in.read(buffer.data(), buffer.size()), in.gcount() > 0) {
    hash.Add({buffer.data(), static_cast<size_t>(in.gcount())});
    bytes += in.gcount();
  }
  return std::pair(hash.Hex(), bytes);
}

}  // namespace leadstream::exporting
