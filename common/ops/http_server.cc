#include "common/ops/http_server.h"

#include <absl/strings/str_cat.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include "common/domain/formats.h"

namespace leadstream::ops {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using Error = boost::system::error_code;

// One connection: requests one after the other, until its caller goes or is silent for too long.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(tcp::socket socket, const HttpServer::Handler& handler, const HttpLimits& limits,
             int* connections)
      : stream_(std::move(socket)), handler_(handler), limits_(limits), connections_(connections) {
    ++*connections_;
  }
  ~Connection() { --*connections_; }

  void Read() {
    parser_.emplace();
    parser_->header_limit(static_cast<uint32_t>(limits_.header_bytes_max));
    parser_->body_limit(limits_.body_bytes_max);
    stream_.expires_after(absl::ToChronoMilliseconds(limits_.timeout));
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](Error error, size_t) { self->HasRead(error); });
  }

 private:
  void HasRead(Error error) {
    if (error == http::error::body_limit) return Answer({413, "text/plain", "too much\n"}, false);
    if (error == http::error::header_limit) return Answer({431, "text/plain", "too much\n"}, false);
    if (error == http::error::end_of_stream || error == beast::error::timeout ||
        error == asio::error::operation_aborted || error == asio::error::connection_reset)
      return;
    if (error) return Answer({400, "text/plain", "that is no HTTP\n"}, false);
    const auto& request = parser_->get();
    const std::string target(request.target());
    HttpRequest asked{std::string(request.method_string()), target.substr(0, target.find('?')),
                      request.body()};
    Answer(handler_(asked), request.keep_alive(), request.method() == http::verb::head);
  }

  void Answer(HttpResponse response, bool keep_alive, bool head_only = false) {
    answer_ = {};
    answer_.version(11);
    answer_.result(static_cast<unsigned>(response.status));
    answer_.set(http::field::content_type, response.content_type);
    answer_.set(http::field::cache_control, "no-store");
    answer_.set("X-Content-Type-Options", "nosniff");
    answer_.set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
    answer_.keep_alive(keep_alive);
    answer_.content_length(response.body.size());
    if (!head_only) answer_.body() = std::move(response.body);
    stream_.expires_after(absl::ToChronoMilliseconds(limits_.timeout));
    serializer_.emplace(answer_);
    auto done = [self = shared_from_this(), keep_alive](Error error, size_t) {
      if (!error && keep_alive) return self->Read();
      self->stream_.socket().shutdown(tcp::socket::shutdown_send, error);
    };
    if (head_only) {
      http::async_write_header(stream_, *serializer_, std::move(done));
    } else {
      http::async_write(stream_, *serializer_, std::move(done));
    }
  }

  beast::tcp_stream stream_;
  const HttpServer::Handler& handler_;
  const HttpLimits& limits_;
  int* const connections_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::string_body> answer_;
  std::optional<http::response_serializer<http::string_body>> serializer_;
};

class BeastServer : public HttpServer {
 public:
  BeastServer(Handler handler, HttpLimits limits)
      : handler_(std::move(handler)), limits_(limits), acceptor_(context_) {}
  ~BeastServer() override {
    context_.stop();
    if (thread_.joinable()) thread_.join();
  }

  absl::Status Listen(const std::string& address) {
    if (!domain::IsAddress(address)) {
      return absl::InvalidArgumentError(
          absl::StrCat("--ops takes HOST:PORT, the port from 0 to 65535, not ", address));
    }
    const size_t colon = address.rfind(':');
    Error error;
    const auto found = tcp::resolver(context_).resolve(
        address.substr(0, colon), address.substr(colon + 1), tcp::resolver::passive, error);
    if (!error) {
      const tcp::endpoint endpoint = found.begin()->endpoint();
      acceptor_.open(endpoint.protocol(), error);
      if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
      if (!error) acceptor_.bind(endpoint, error);
      if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    }
    if (error) {
      return absl::UnavailableError(
          absl::StrCat("the ops port cannot listen on ", address, ": ", error.message()));
    }
    port_ = acceptor_.local_endpoint().port();
    Accept();
    thread_ = std::thread([this] { context_.run(); });
    return absl::OkStatus();
  }
  int port() const override { return port_; }

 private:
  void Accept() {
    acceptor_.async_accept([this](Error error, tcp::socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (!error && connections_ < limits_.connections_max) {
        std::make_shared<Connection>(std::move(socket), handler_, limits_, &connections_)->Read();
      }
      if (!error) return Accept();
      // Out of file descriptors, most likely: the next attempt would be refused at once as well.
      pause_.expires_after(std::chrono::milliseconds(100));
      pause_.async_wait([this](Error) { Accept(); });
    });
  }

  const Handler handler_;
  const HttpLimits limits_;
  int connections_ = 0;  // the thread's own; ends after the context, which holds connections
  asio::io_context context_{1};
  tcp::acceptor acceptor_;
  asio::steady_timer pause_{context_};
  int port_ = 0;
  std::thread thread_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Open(const std::string& address,
                                                             Handler handler, HttpLimits limits) {
  auto server = std::make_unique<BeastServer>(std::move(handler), limits);
  absl::Status listens = server->Listen(address);
  if (!listens.ok()) return listens;
  return server;
}

}  // namespace leadstream::ops
