// An HTTP/2 connection that keeps to the protocol's form, and to nothing else that is decent. Not
// thread-safe.
#pragma once

#include <nghttp2/nghttp2.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace leadstream::testing {

class RudeConnection {
 public:
  // From an address of this machine ("127.0.0.2"), as if it were another one. Null: it was not
  // taken.
  static std::unique_ptr<RudeConnection> Open(const std::string& from, int port);
  ~RudeConnection();
  RudeConnection(const RudeConnection&) = delete;
  RudeConnection& operator=(const RudeConnection&) = delete;

  // What follows is gathered, and sent by Send.
  //
  // A unary gRPC call; `metadata` is the value of a header of its own. Its stream, or a negative
  // number: no call can be made here any more.
  int32_t Call(const std::string& path, const std::string& message, const std::string& metadata);
  void Reset(int32_t stream);
  void Ping();

  // False: the server has closed the connection, or takes nothing for a second.
  bool Send();
  // Takes what has come, without waiting for more. False: the server has closed the connection, or
  // says that it will.
  bool Receive();
  size_t calls_open() const { return bodies_.size(); }

 private:
  explicit RudeConnection(int socket) : socket_(socket) {}
  bool Begin();

  struct Body {
    std::string bytes;
    size_t sent = 0;
  };
  static ssize_t ReadBody(nghttp2_session*, int32_t stream, uint8_t* out, size_t size,
                          uint32_t* flags, nghttp2_data_source* source, void* self);

  const int socket_;
  nghttp2_session* session_ = nullptr;
  std::map<int32_t, std::unique_ptr<Body>> bodies_;  // of the calls that are open, by stream
};

}  // namespace leadstream::testing
