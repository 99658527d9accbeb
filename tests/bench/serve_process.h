// `leadstream serve` as a process of its own, on a free port.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <sys/types.h>

#include <memory>
#include <string>

namespace leadstream::bench {

class ServeProcess {
 public:
  // Returns when it answers calls. Unavailable: it ended, or did not answer in time.
  static absl::StatusOr<std::unique_ptr<ServeProcess>> Start(const std::string& data,
                                                             absl::Duration at_most);
  // Kills it if it still runs.
  ~ServeProcess();

  const std::string& address() const { return address_; }
  // From the process's beginning until it said that it serves.
  absl::Duration start_up() const { return start_up_; }
  // What it has in memory now, and had at most (VmRSS, VmHWM).
  int64_t ResidentBytes() const { return Status("VmRSS:"); }
  int64_t ResidentBytesMax() const { return Status("VmHWM:"); }
  // SIGTERM, until it has ended; the time that took.
  absl::Duration Stop();
  // kill -9.
  void Kill();

 private:
  explicit ServeProcess(pid_t pid) : pid_(pid) {}
  int64_t Status(const std::string& field) const;
  void Wait();

  pid_t pid_;
  std::string address_;
  absl::Duration start_up_;
};

}  // namespace leadstream::bench
