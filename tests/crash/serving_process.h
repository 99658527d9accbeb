// `leadstream serve` as a process of its own, on data that outlive it. Killed when the test ends,
// however it ends.
#pragma once

#include <absl/time/time.h>
#include <sys/types.h>

#include <string>
#include <vector>

namespace leadstream::testing {

class ServingProcess {
 public:
  // Its data go to `<directory>/data`, what it logs to `<directory>/serve-<start>.log`.
  explicit ServingProcess(std::string directory);
  ~ServingProcess();
  ServingProcess(const ServingProcess&) = delete;
  ServingProcess& operator=(const ServingProcess&) = delete;

  // Starts it, on the same data and the same port each time. Returns at once.
  void Start();
  // It says that all services take calls.
  bool serving() const;
  bool WaitUntilServing(absl::Duration at_most) const;
  // SIGKILL. The process is gone when this returns.
  void Kill();
  // SIGTERM. Its exit code; -1 if it did not stop in time, or was killed by a signal.
  int Stop(absl::Duration at_most);

  std::string address() const;
  std::string data() const { return directory_ + "/data"; }
  // Everything that any of its lives logged at level "error".
  std::vector<std::string> Errors() const;

 private:
  std::string LogPath(int start) const;

  const std::string directory_;
  const int port_;
  pid_t pid_ = 0;
  int starts_ = 0;
};

}  // namespace leadstream::testing
