#include "tests/crash/serving_process.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

namespace leadstream::testing {
namespace {

int FreePort() {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  bind(listener, reinterpret_cast<sockaddr*>(&address), size);
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  close(listener);
  return ntohs(address.sin_port);
}

std::string Contents(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

}  // namespace

ServingProcess::ServingProcess(std::string directory)
    : directory_(std::move(directory)), port_(FreePort()) {}

ServingProcess::~ServingProcess() { Kill(); }

std::string ServingProcess::address() const { return absl::StrCat("127.0.0.1:", port_); }
std::string ServingProcess::LogPath(int start) const {
  return absl::StrCat(directory_, "/serve-", start, ".log");
}

void ServingProcess::Start() {
  const std::string log = LogPath(++starts_), listen = address(), data = this->data();
  const char* const arguments[] = {
      LEADSTREAM_EXECUTABLE, "serve", "--listen", listen.c_str(), "--data", data.c_str(), nullptr};
  pid_ = fork();
  ASSERT_GE(pid_, 0);
  if (pid_ > 0) return;
  // The child of a process with threads: nothing but system calls until exec.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int out = open(log.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0644);
  dup2(out, STDOUT_FILENO);
  dup2(out, STDERR_FILENO);
  execv(LEADSTREAM_EXECUTABLE, const_cast<char* const*>(arguments));
  _exit(127);
}

bool ServingProcess::serving() const {
  return absl::StrContains(Contents(LogPath(starts_)), "serving on port");
}

bool ServingProcess::WaitUntilServing(absl::Duration at_most) const {
  for (const absl::Time deadline = absl::Now() + at_most; absl::Now() < deadline;
       absl::SleepFor(absl::Milliseconds(2))) {
    if (serving()) return true;
  }
  ADD_FAILURE() << "it does not serve after " << at_most << ":\n" << Contents(LogPath(starts_));
  return false;
}

void ServingProcess::Kill() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

int ServingProcess::Stop(absl::Duration at_most) {
  kill(pid_, SIGTERM);
  int status = 0;
  for (const absl::Time deadline = absl::Now() + at_most; waitpid(pid_, &status, WNOHANG) == 0;
       absl::SleepFor(absl::Milliseconds(2))) {
    if (absl::Now() > deadline) return -1;
  }
  pid_ = 0;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
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
