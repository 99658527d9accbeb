// A server as a process of its own, on a port of its own: started, paused, killed, started again.
//
//   ServingProcess server(LEADSTREAM_EXECUTABLE, directory + "/serve");
//   absl::Status started = server.Start({"serve", "--data", directory + "/data"});
//   if (started.ok()) started = server.WaitUntilServing(absl::Seconds(60));
//
// It is killed with this object, and with the thread that started it, however those end.
#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>
#include <sys/types.h>

#include <string>
#include <vector>

namespace leadstream::testing {

class ServingProcess {
 public:
  // What its first life logs goes to `<log_stem>-1.log`, what the second does to
  // `<log_stem>-2.log`.
  ServingProcess(std::string executable, std::string log_stem);
  // One that is started by another program, `wrapper... executable arguments...`, and answers at an
  // address that is free for it: in a network of its own, for instance.
  ServingProcess(std::vector<std::string> wrapper, std::string executable, std::string log_stem,
                 std::string address);
  ~ServingProcess();
  ServingProcess(const ServingProcess&) = delete;
  ServingProcess& operator=(const ServingProcess&) = delete;

  // Where every life of it answers. Nobody else is given the port meanwhile.
  const std::string& address() const { return address_; }

  // Runs `executable arguments... --listen address()`. Returns at once. FailedPrecondition: it was
  // started already.
  absl::Status Start(const std::vector<std::string>& arguments);
  // It has said that it takes calls.
  bool serving() const;
  // Unavailable: it ended, or took too long; the message holds its log.
  absl::Status WaitUntilServing(absl::Duration at_most);
  // From Start until WaitUntilServing saw that it serves.
  absl::Duration start_up() const { return start_up_; }

  // SIGKILL. The process is gone when this returns. FailedPrecondition: it had ended by itself, or
  // was not started.
  absl::Status Kill();
  // SIGTERM. Its exit code; -1 if it is not running, was ended by a signal, or did not end in time:
  // then it still runs.
  int Stop(absl::Duration at_most);
  // "runs", or "was ended by Segmentation fault", with the log of that life.
  std::string how_it_ended() const;
  // SIGSTOP. None of its threads runs when this returns. FailedPrecondition: it is not running.
  absl::Status Pause();
  // SIGCONT.
  absl::Status Resume();

  // What it has in memory now, and had at most (VmRSS, VmHWM); 0 if it is not running.
  int64_t ResidentBytes() const;
  int64_t ResidentBytesMax() const;
  // What it has taken of processors so far, in this life.
  absl::Duration ProcessorTime() const;
  // The log of its present or last life.
  std::string log_path() const { return LogPath(starts_); }
  // Everything that any of its lives logged at level "error".
  std::vector<std::string> Errors() const;

 private:
  std::string LogPath(int start) const;
  // Notes that it has ended, if it has. A process of which this is not asked is a zombie.
  bool HasEnded();
  int64_t FieldOfStatus(const std::string& name) const;

  const std::vector<std::string> command_;
  const std::string log_stem_;
  std::string address_;
  const int reservation_;  // a socket bound to the port; -1: there is none
  pid_t pid_ = 0;          // 0: not running
  int starts_ = 0;
  int wait_status_ = 0;  // of the last life that ended
  absl::Time started_;
  absl::Duration start_up_;
};

}  // namespace leadstream::testing
