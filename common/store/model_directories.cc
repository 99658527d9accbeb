#include "common/store/model_directories.h"

#include <absl/strings/str_cat.h>
#include <rocksdb/env.h>

#include <filesystem>

#include "common/store/keys.h"

namespace leadstream::store {
namespace {

// Between the renames of a RollBack: what was the previous one.
std::string TurningDirectory(const std::string& directory) { return directory + ".turning"; }

absl::Status Rename(const std::string& from, const std::string& to) {
  std::error_code error;
  std::filesystem::rename(from, to, error);
  if (!error) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("cannot rename ", from, " to ", to, ": ", error.message()));
}

// What was there before is gone.
absl::Status Replace(const std::string& from, const std::string& to) {
  std::error_code error;
  std::filesystem::remove_all(to, error);
  if (!error) return Rename(from, to);
  return absl::UnavailableError(absl::StrCat("cannot remove ", to, ": ", error.message()));
}

absl::Status GoOnTurning(const std::string& directory) {
  const std::string turning = TurningDirectory(directory);
  if (!std::filesystem::exists(turning)) return absl::OkStatus();
  if (std::filesystem::exists(directory)) {
    absl::Status renamed = Rename(directory, PreviousDirectory(directory));
    if (!renamed.ok()) return renamed;
  }
  return Rename(turning, directory);
}

}  // namespace

std::string BuildingDirectory(const std::string& directory) {
  return absl::StrCat(directory, ".building-", kFormatVersion);
}
std::string NextDirectory(const std::string& directory) {
  return absl::StrCat(directory, ".next-", kFormatVersion);
}
std::string PreviousDirectory(const std::string& directory) { return directory + ".previous"; }

absl::Status SetAside(const std::string& directory) {
  return Replace(directory, directory + ".broken");
}

absl::Status MakeNext(const std::string& directory) {
  return Replace(BuildingDirectory(directory), NextDirectory(directory));
}

absl::StatusOr<bool> SwitchToNext(const std::string& directory) {
  absl::Status status = GoOnTurning(directory);
  if (!status.ok()) return status;
  if (!std::filesystem::exists(NextDirectory(directory))) return false;
  if (std::filesystem::exists(directory)) status = Replace(directory, PreviousDirectory(directory));
  if (status.ok()) status = Rename(NextDirectory(directory), directory);
  if (!status.ok()) return status;
  return true;
}

absl::Status RollBack(const std::string& directory) {
  const std::string previous = PreviousDirectory(directory);
  if (!std::filesystem::exists(previous))
    return absl::NotFoundError(absl::StrCat("there is no ", previous));
  if (std::filesystem::exists(directory)) {
    rocksdb::FileLock* lock = nullptr;
    rocksdb::Env* env = rocksdb::Env::Default();
    if (!env->LockFile(directory + "/LOCK", &lock).ok())
      return absl::FailedPreconditionError(
          absl::StrCat("a server has ", directory, " open: it is to be stopped first"));
    env->UnlockFile(lock).PermitUncheckedError();
  }
  absl::Status status = Rename(previous, TurningDirectory(directory));
  if (status.ok()) status = GoOnTurning(directory);
  return status;
}

}  // namespace leadstream::store
