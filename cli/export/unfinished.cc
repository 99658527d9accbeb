#include "cli/export/unfinished.h"

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <fcntl.h>
#include <google/protobuf/descriptor.h>
#include <openssl/sha.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <set>
#include <vector>

#include "common/runtime/resource_types.h"

namespace leadstream::exporting {
namespace {

constexpr char kName[] = ".unfinished";
// Another one: files written by an earlier version are not gone on with.
constexpr int kVersion = 3;
// Another one whenever this machine has started.
constexpr char kBootId[] = "/proc/sys/kernel/random/boot_id";

// What the files of an export depend on beside the log.
std::string IdentityOf(const Manifest& plan, const Manifest& manifest, const std::string& what) {
  std::string text = absl::StrCat(kVersion, "\n", plan.format, "\n", plan.as_of, "\n", what, "\n",
                                  manifest.exports.size(), "\n", ReadFile(kBootId).value_or(""));
  std::set<const google::protobuf::FileDescriptor*> seen;
  std::vector<const google::protobuf::FileDescriptor*> files;
  for (const runtime::ResourceType& type : runtime::ResourceTypes())
    files.push_back(type.resource->file());
  for (size_t i = 0; i < files.size(); ++i) {
    if (!seen.insert(files[i]).second) continue;
    absl::StrAppend(&text, files[i]->DebugString());
    for (int d = 0; d < files[i]->dependency_count(); ++d) files.push_back(files[i]->dependency(d));
  }
  std::array<unsigned char, SHA256_DIGEST_LENGTH> hash;
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), hash.data());
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(hash.data()), size_t{8}));
}

void RemoveFilesOf(int64_t number, const std::string& directory, const Manifest& manifest) {
  std::set<std::string> kept;
  for (const ExportedFile& file : manifest.files) kept.insert(file.path);
  const std::string stem = absl::StrFormat("%06d", number);
  std::error_code error;
  std::vector<std::filesystem::path> left;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory, error)) {
    if (!entry.is_regular_file() || entry.path().stem() != stem) continue;
    if (!kept.contains(std::filesystem::relative(entry.path(), directory).generic_string()))
      left.push_back(entry.path());
  }
  for (const auto& path : left) std::filesystem::remove(path, error);
}

}  // namespace

bool Unfinished::IsIn(const std::string& directory) {
  return std::filesystem::exists(std::filesystem::path(directory) / kName);
}

absl::StatusOr<std::unique_ptr<Unfinished>> Unfinished::Begin(const std::string& directory,
                                                              Manifest* plan,
                                                              const Manifest& manifest,
                                                              const std::string& what) {
  const std::string path = (std::filesystem::path(directory) / kName).string();
  std::error_code error;
  std::filesystem::create_directories(path, error);
  const int lock = ::open((path + "/lock").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0644);
  if (lock < 0) return absl::UnavailableError(absl::StrCat("cannot write to ", directory));
  std::unique_ptr<Unfinished> unfinished(new Unfinished(path, lock));
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0)
    return absl::FailedPreconditionError(
        absl::StrCat("another export is being written to ", directory));

  const std::string file = absl::StrCat(path, "/plan-", IdentityOf(*plan, manifest, what), ".json");
  auto killed = ReadFile(file);
  auto planned = killed.ok() ? Manifest::Parse(*killed) : killed.status();
  if (planned.ok()) {
    plan->exports = planned->exports;
  } else {
    RemoveFilesOf(plan->exports[0].number, directory, manifest);
  }
  for (const auto& entry : std::filesystem::directory_iterator(path, error)) {
    const std::string name = entry.path().filename().string();
    if (name != "lock" && (!planned.ok() || entry.path() != file))
      std::filesystem::remove_all(entry.path(), error);
  }
  absl::Status written = planned.ok() ? absl::OkStatus() : ReplaceFile(file, plan->ToJson());
  if (!written.ok()) return written;
  return unfinished;
}

Unfinished::~Unfinished() { ::close(lock_); }

void Unfinished::End() {
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

}  // namespace leadstream::exporting
