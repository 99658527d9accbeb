#include "tests/bench/serve_process.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <grpcpp/grpcpp.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "common/server/grpc_peers.h"
#include "leadstream/lead/v1/lead_service.pb.h"

namespace leadstream::bench {
namespace {

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  return address;
}

bool Accepts(int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in address = Loopback(port);
  const bool accepted =
      connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(socket);
  return accepted;
}

// A port that was free a moment ago.
int FreePort() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof address;
  bind(socket, reinterpret_cast<sockaddr*>(&address), size);
  getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  close(socket);
  return ntohs(address.sin_port);
}

// Commands are what it takes last: this one is refused by a writer that serves, and by nobody else
// in this way.
bool Answers(grpc::Channel* channel) {
  const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
      "leadstream.lead.v1.LeadService");
  lead::v1::DisqualifyLeadRequest request;
  request.set_name("leads/nobody");
  request.set_reason(lead::v1::Lead::LOST);
  lead::v1::Lead reply;
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(1)));
  return server::Call(channel, service->FindMethodByName("DisqualifyLead"), &context, request,
                      &reply)
             .error_code() == grpc::StatusCode::NOT_FOUND;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ServeProcess>> ServeProcess::Start(const std::string& data,
                                                                  absl::Duration at_most) {
  const int port = FreePort();
  const std::string address = absl::StrCat("127.0.0.1:", port);
  const absl::Time began = absl::Now();
  const pid_t pid = fork();
  if (pid == 0) {
    const int log = open(absl::StrCat(data, ".log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(log, STDERR_FILENO);
    execl(LEADSTREAM_EXECUTABLE, "leadstream", "serve", "--data", data.c_str(), "--listen",
          address.c_str(), nullptr);
    _exit(127);
  }
  if (pid < 0) return absl::UnavailableError("cannot fork");
  auto process = std::unique_ptr<ServeProcess>(new ServeProcess(pid));
  process->address_ = address;
  // Only a socket that was accepted becomes a channel: one that was refused waits before it tries
  // again.
  std::shared_ptr<grpc::Channel> channel;
  for (;;) {
    if (channel == nullptr && Accepts(port))
      channel = grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
    if (channel != nullptr && Answers(channel.get())) break;
    if (waitpid(pid, nullptr, WNOHANG) == pid) {
      process->pid_ = 0;
      return absl::UnavailableError(absl::StrCat("`leadstream serve` ended; see ", data, ".log"));
    }
    if (absl::Now() - began > at_most)
      return absl::UnavailableError(
          absl::StrCat("`leadstream serve` does not answer after ", absl::FormatDuration(at_most)));
    absl::SleepFor(absl::Milliseconds(5));
  }
  process->start_up_ = absl::Now() - began;
  return process;
}

ServeProcess::~ServeProcess() { Kill(); }

absl::Duration ServeProcess::Stop() {
  const absl::Time began = absl::Now();
  if (pid_ > 0) kill(pid_, SIGTERM);
  Wait();
  return absl::Now() - began;
}

void ServeProcess::Kill() {
  if (pid_ > 0) kill(pid_, SIGKILL);
  Wait();
}

void ServeProcess::Wait() {
  if (pid_ > 0) waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

int64_t ServeProcess::Status(const std::string& field) const {
  std::ifstream status(absl::StrCat("/proc/", pid_, "/status"));
  for (std::string word; status >> word;) {
    int64_t kib = 0;
    if (word == field && status >> kib) return kib * 1024;
  }
  return 0;
}

}  // namespace leadstream::bench
