#include "tests/abuse/rude_connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace leadstream::testing {
namespace {

constexpr size_t kReadBytes = 64 << 10;
constexpr size_t kMetadataBytesMax = 1 << 20;  // the library itself would send 64 KiB at most
constexpr size_t kMessageHeader = 5;           // not compressed, and its length

nghttp2_nv Header(const char* name, const std::string& value) {
  return {reinterpret_cast<uint8_t*>(const_cast<char*>(name)),
          reinterpret_cast<uint8_t*>(const_cast<char*>(value.data())), std::strlen(name),
          value.size(), NGHTTP2_NV_FLAG_NO_INDEX};
}

sockaddr_in AddressOf(const std::string& host, int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  inet_pton(AF_INET, host.c_str(), &address.sin_addr);
  return address;
}

}  // namespace

std::unique_ptr<RudeConnection> RudeConnection::Open(const std::string& from, int port) {
  const int opened = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (opened < 0) return nullptr;
  std::unique_ptr<RudeConnection> connection(new RudeConnection(opened));
  const int on = 1;
  setsockopt(opened, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  // The port is chosen when it is known where to: otherwise each could be used once.
  setsockopt(opened, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  const timeval patience{1, 0};
  setsockopt(opened, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  const sockaddr_in own = AddressOf(from, 0), there = AddressOf("127.0.0.1", port);
  if (bind(opened, reinterpret_cast<const sockaddr*>(&own), sizeof own) != 0 ||
      connect(opened, reinterpret_cast<const sockaddr*>(&there), sizeof there) != 0 ||
      !connection->Begin())
    return nullptr;
  return connection;
}

bool RudeConnection::Begin() {
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_session_callbacks_new(&callbacks);
  nghttp2_session_callbacks_set_on_stream_close_callback(
      callbacks, [](nghttp2_session*, int32_t stream, uint32_t, void* self) {
        static_cast<RudeConnection*>(self)->bodies_.erase(stream);
        return 0;
      });
  nghttp2_option* options = nullptr;
  nghttp2_option_new(&options);
  nghttp2_option_set_max_send_header_block_length(options, kMetadataBytesMax);
  const int begun = nghttp2_session_client_new2(&session_, callbacks, this, options);
  nghttp2_option_del(options);
  nghttp2_session_callbacks_del(callbacks);
  if (begun != 0) return false;
  nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, nullptr, 0);
  return Send();
}

ssize_t RudeConnection::ReadBody(nghttp2_session*, int32_t, uint8_t* out, size_t size,
                                 uint32_t* flags, nghttp2_data_source* source, void*) {
  auto* body = static_cast<Body*>(source->ptr);
  const size_t count = std::min(size, body->bytes.size() - body->sent);
  std::memcpy(out, body->bytes.data() + body->sent, count);
  body->sent += count;
  if (body->sent == body->bytes.size()) *flags |= NGHTTP2_DATA_FLAG_EOF;
  return static_cast<ssize_t>(count);
}

RudeConnection::~RudeConnection() {
  if (session_ != nullptr) nghttp2_session_del(session_);
  close(socket_);
}

int32_t RudeConnection::Call(const std::string& path, const std::string& message,
                             const std::string& metadata) {
  auto body = std::make_unique<Body>();
  body->bytes.reserve(kMessageHeader + message.size());
  body->bytes.push_back('\0');
  for (int shift = 24; shift >= 0; shift -= 8)
    body->bytes.push_back(static_cast<char>(message.size() >> shift & 0xFF));
  body->bytes += message;
  const std::string post = "POST", http = "http", grpc = "application/grpc", te = "trailers",
                    authority = "localhost";
  const std::array headers = {Header(":method", post),        Header(":scheme", http),
                              Header(":path", path),          Header(":authority", authority),
                              Header("content-type", grpc),   Header("te", te),
                              Header("x-of-caller", metadata)};
  nghttp2_data_provider provider{{.ptr = body.get()}, ReadBody};
  const int32_t stream =
      nghttp2_submit_request(session_, nullptr, headers.data(), headers.size(), &provider, nullptr);
  if (stream >= 0) bodies_[stream] = std::move(body);
  return stream;
}

void RudeConnection::Reset(int32_t stream) {
  nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, stream, NGHTTP2_CANCEL);
}

void RudeConnection::Ping() { nghttp2_submit_ping(session_, NGHTTP2_FLAG_NONE, nullptr); }

bool RudeConnection::Send() {
  for (;;) {
    const uint8_t* bytes = nullptr;
    ssize_t left = nghttp2_session_mem_send(session_, &bytes);
    if (left <= 0) return left == 0;
    while (left > 0) {
      const ssize_t sent = send(socket_, bytes, static_cast<size_t>(left), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes += sent;
      left -= sent;
    }
  }
}

bool RudeConnection::Receive() {
  std::array<uint8_t, kReadBytes> bytes;
  for (;;) {
    const ssize_t count = recv(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (count < 0) {
      const bool nothing_yet = errno == EAGAIN || errno == EWOULDBLOCK;
      // After its GOAWAY the server takes nothing more.
      return nothing_yet && nghttp2_session_check_request_allowed(session_) != 0;
    }
    if (count == 0) return false;
    if (nghttp2_session_mem_recv(session_, bytes.data(), static_cast<size_t>(count)) < 0)
      return false;
  }
}

}  // namespace leadstream::testing
