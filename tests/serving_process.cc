#include "tests/serving_process.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>

namespace leadstream::testing {
namespace {

constexpr absl::Duration kLook = absl::Milliseconds(2);

// Binds a socket to a free port and never listens on it. A server that sets SO_REUSEADDR, as gRPC's
// do, can still listen there; the kernel gives the port to nobody who asks for any, not even to a
// client that connects while the server is down.
int Reserve(std::string* where) {
  const int reservation = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(reservation, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  bind(reservation, reinterpret_cast<sockaddr*>(&address), size);
  getsockname(reservation, reinterpret_cast<sockaddr*>(&address), &size);
  *where = absl::StrCat("127.0.0.1:", ntohs(address.sin_port));
  return reservation;
}

std::string Contents(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

std::string HowItEnded(int wait_status) {
  return WIFEXITED(wait_status) ? absl::StrCat("ended with exit code ", WEXITSTATUS(wait_status))
                                : absl::StrCat("was ended by ", strsignal(WTERMSIG(wait_status)));
}

}  // namespace

ServingProcess::ServingProcess(std::string executable, std::string log_stem)
    : command_{std::move(executable)},
      log_stem_(std::move(log_stem)),
      reservation_(Reserve(&address_)) {}

ServingProcess::ServingProcess(std::vector<std::string> wrapper, std::string executable,
                               std::string log_stem, std::string address)
    : command_([&] {
        wrapper.push_back(std::move(executable));
        return std::move(wrapper);
      }()),
      log_stem_(std::move(log_stem)),
      address_(std::move(address)),
      reservation_(-1) {}

ServingProcess::~ServingProcess() {
  Kill().IgnoreError();  // it may have ended
  if (reservation_ >= 0) close(reservation_);
}

std::string ServingProcess::LogPath(int start) const {
  return absl::StrCat(log_stem_, "-", start, ".log");
}

absl::Status ServingProcess::Start(const std::vector<std::string>& arguments) {
  if (pid_ > 0) return absl::FailedPreconditionError("it was started already");
  const std::string log = LogPath(++starts_);
  std::vector<const char*> argv;
  for (const std::string& word : command_) argv.push_back(word.c_str());
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  for (const char* argument : {"--listen", address_.c_str(), static_cast<const char*>(nullptr)})
    argv.push_back(argument);
  started_ = absl::Now();
  start_up_ = absl::ZeroDuration();
  pid_ = fork();
  if (pid_ < 0) {
    pid_ = 0;
    return absl::ErrnoToStatus(errno, "cannot fork");
  }
  if (pid_ > 0) return absl::OkStatus();
  // The child of a process with threads: nothing but system calls until exec.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int out = open(log.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_APPEND, 0644);
  dup2(out, STDOUT_FILENO);
  dup2(out, STDERR_FILENO);
  execv(argv[0], const_cast<char* const*>(argv.data()));
  _exit(127);
}

bool ServingProcess::serving() const {
  return absl::StrContains(Contents(log_path()), "serving on port");
}

absl::Status ServingProcess::WaitUntilServing(absl::Duration at_most) {
  for (const absl::Time deadline = absl::Now() + at_most; !serving(); absl::SleepFor(kLook)) {
    if (pid_ == 0 || HasEnded()) {
      return absl::UnavailableError(absl::StrCat(command_.back(), " ", how_it_ended()));
    }
    if (absl::Now() > deadline) {
      return absl::UnavailableError(absl::StrCat(command_.back(), " does not serve after ",
                                                 absl::FormatDuration(at_most), ":\n",
                                                 Contents(log_path())));
    }
  }
  start_up_ = absl::Now() - started_;
  return absl::OkStatus();
}

bool ServingProcess::HasEnded() {
  if (waitpid(pid_, &wait_status_, WNOHANG) == 0) return false;
  pid_ = 0;
  return true;
}

absl::Status ServingProcess::Kill() {
  if (pid_ == 0) return absl::FailedPreconditionError("it is not running");
  kill(pid_, SIGKILL);
  waitpid(pid_, &wait_status_, 0);
  pid_ = 0;
  if (WIFSIGNALED(wait_status_) && WTERMSIG(wait_status_) == SIGKILL) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "it ", HowItEnded(wait_status_), " before it was killed:\n", Contents(log_path())));
}

int ServingProcess::Stop(absl::Duration at_most) {
  if (pid_ == 0) return -1;
  kill(pid_, SIGTERM);
  for (const absl::Time deadline = absl::Now() + at_most; !HasEnded(); absl::SleepFor(kLook)) {
    if (absl::Now() > deadline) return -1;
  }
  return WIFEXITED(wait_status_) ? WEXITSTATUS(wait_status_) : -1;
}

std::string ServingProcess::how_it_ended() const {
  return absl::StrCat(pid_ == 0 ? HowItEnded(wait_status_) : "runs", ":\n", Contents(log_path()));
}

absl::Status ServingProcess::Pause() {
  if (pid_ == 0) return absl::FailedPreconditionError("it is not running");
  kill(pid_, SIGSTOP);
  int status = 0;
  waitpid(pid_, &status, WUNTRACED);
  if (WIFSTOPPED(status)) return absl::OkStatus();
  wait_status_ = status;
  pid_ = 0;
  return absl::FailedPreconditionError(absl::StrCat("it ", HowItEnded(status)));
}

absl::Status ServingProcess::Resume() {
  if (pid_ == 0) return absl::FailedPreconditionError("it is not running");
  kill(pid_, SIGCONT);
  return absl::OkStatus();
}

int64_t ServingProcess::ResidentBytes() const { return FieldOfStatus("VmRSS:"); }
int64_t ServingProcess::ResidentBytesMax() const { return FieldOfStatus("VmHWM:"); }

int64_t ServingProcess::FieldOfStatus(const std::string& name) const {
  if (pid_ == 0) return 0;
  std::ifstream status(absl::StrCat("/proc/", pid_, "/status"));
  for (std::string word; status >> word;) {
    int64_t kib = 0;
    if (word == name && status >> kib) return kib * 1024;
  }
  return 0;
}

absl::Duration ServingProcess::ProcessorTime() const {
  if (pid_ == 0) return absl::ZeroDuration();
  std::ifstream stat(absl::StrCat("/proc/", pid_, "/stat"));
  std::string text;
  std::getline(stat, text);
  // Behind the name, which may hold anything: the state is the first field, then 14 and 15 of all.
  std::istringstream fields(text.substr(text.rfind(')') + 1));
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  int64_t user = 0, system = 0;
  fields >> user >> system;
  return absl::Seconds(1) * (user + system) / sysconf(_SC_CLK_TCK);
}

std::vector<std::string> ServingProcess::Errors() const {
  std::vector<std::string> errors;
  for (int start = 1; start <= starts_; ++start) {
    std::ifstream in(LogPath(start));
    for (std::string line; std::getline(in, line);) {
      if (absl::StrContains(line, "\"level\":\"error\""))
        errors.push_back(absl::StrCat("start ", start, ": ", line));
    }
  }
  return errors;
}

}  // namespace leadstream::testing
