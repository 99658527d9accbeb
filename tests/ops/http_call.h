// What an HTTP server answers, to a request as it is written.
#pragma once

#include <absl/strings/str_cat.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <utility>

namespace leadstream::testing {

// A connection to a port of this machine.
class Wire {
 public:
  explicit Wire(int port) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~Wire() { close(socket_); }
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  bool connected() const { return connected_; }
  void Send(const std::string& bytes) {
    for (size_t sent = 0; sent < bytes.size();) {
      const ssize_t more = send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (more <= 0) return;
      sent += static_cast<size_t>(more);
    }
  }
  // All that comes until the other side has said its last.
  std::string ReadAll() {
    std::string all;
    char buffer[4096];
    for (ssize_t got; (got = recv(socket_, buffer, sizeof buffer, 0)) > 0;)
      all.append(buffer, static_cast<size_t>(got));
    return all;
  }

 private:
  const int socket_;
  bool connected_ = false;
};

struct HttpAnswer {
  int status = 0;
  std::string head, body;
};

inline HttpAnswer Http(int port, const std::string& method, const std::string& path,
                       const std::string& body = "") {
  Wire wire(port);
  wire.Send(absl::StrCat(method, " ", path, " HTTP/1.1\r\nHost: here\r\nConnection: close\r\n",
                         "Content-Length: ", body.size(), "\r\n\r\n", body));
  const std::string all = wire.ReadAll();
  HttpAnswer answer;
  const size_t end = all.find("\r\n\r\n");
  if (end == std::string::npos) return answer;
  answer.head = all.substr(0, end);
  answer.body = all.substr(end + 4);
  answer.status = std::atoi(answer.head.c_str() + answer.head.find(' ') + 1);
  return answer;
}

}  // namespace leadstream::testing
