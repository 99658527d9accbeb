// A small HTTP/1.1 server for operators and their machines: one thread, bounded in all that a
// caller could make it hold, on Boost.Beast (which is header-only, comes with the Boost that is
// needed anyway, bounds headers and bodies while it parses them, and has a client as well).
//
//   auto server = HttpServer::Open("0.0.0.0:9464", [](const HttpRequest& request) { ... });
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <functional>
#include <memory>
#include <string>

namespace leadstream::ops {

struct HttpRequest {
  std::string method;  // "GET"
  std::string path;    // without the query
  std::string body;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

struct HttpLimits {
  int connections_max = 64;  // one more is closed as it comes
  size_t header_bytes_max = 8 << 10;
  size_t body_bytes_max = 4 << 10;
  // For a request to come, and for its answer to be taken; an idle connection ends after it.
  absl::Duration timeout = absl::Seconds(10);
};

class HttpServer {
 public:
  // Asked on the server's own thread, one request at a time, so it waits for nobody.
  using Handler = std::function<HttpResponse(const HttpRequest&)>;

  // HOST:PORT; port 0 is any. InvalidArgument, Unavailable: it cannot listen there.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Open(const std::string& address,
                                                          Handler handler, HttpLimits limits = {});
  virtual ~HttpServer() = default;
  virtual int port() const = 0;
};

}  // namespace leadstream::ops
