// The ops port's HTTP: what it answers, and what nobody can make it hold.
#include "common/ops/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <vector>

#include "tests/ops/http_call.h"

namespace leadstream::ops {
namespace {

using leadstream::testing::Http;
using leadstream::testing::HttpAnswer;
using leadstream::testing::Wire;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class HttpServerTest : public ::testing::Test {
 protected:
  void Open(HttpLimits limits) {
    auto opened = HttpServer::Open(
        "127.0.0.1:0",
        [this](const HttpRequest& request) {
          ++asked_;
          return HttpResponse{200, "text/plain",
                              request.method + " " + request.path + " " + request.body};
        },
        limits);
    ASSERT_TRUE(opened.ok()) << opened.status();
    server_ = std::move(*opened);
  }
  std::atomic<int> asked_{0};
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, Answers) {
  Open({});
  const HttpAnswer answer = Http(server_->port(), "PUT", "/loglevel?x=1", "debug");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "PUT /loglevel debug");
  EXPECT_THAT(answer.head, HasSubstr("X-Content-Type-Options: nosniff"));
}

TEST_F(HttpServerTest, AnswersManyOnOneConnection) {
  Open({});
  Wire wire(server_->port());
  wire.Send(
      "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
      "HEAD /b HTTP/1.1\r\nHost: x\r\n\r\n"
      "GET /c HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string all = wire.ReadAll();
  EXPECT_THAT(all, HasSubstr("GET /a"));
  EXPECT_THAT(all, ::testing::Not(HasSubstr("HEAD /b"))) << "a head has no body";
  EXPECT_THAT(all, HasSubstr("GET /c"));
}

TEST_F(HttpServerTest, TakesNoMoreThanItSays) {
  Open({});
  EXPECT_EQ(Http(server_->port(), "PUT", "/", std::string(5'000, 'x')).status, 413);
  EXPECT_EQ(Http(server_->port(), "GET", "/" + std::string(10'000, 'x')).status, 431);
  Wire wire(server_->port());
  wire.Send("\x16\x03\x01 this is no HTTP\r\n\r\n");
  EXPECT_THAT(wire.ReadAll(), StartsWith("HTTP/1.1 400"));
  EXPECT_EQ(asked_, 0);
  EXPECT_EQ(Http(server_->port(), "GET", "/").status, 200) << "and goes on";
}

TEST_F(HttpServerTest, WaitsForNobodyForLong) {
  HttpLimits limits;
  limits.timeout = absl::Milliseconds(200);
  Open(limits);
  Wire silent(server_->port()), half(server_->port());
  half.Send("GET / HTTP/1.1\r\nHost:");
  EXPECT_EQ(silent.ReadAll(), "") << "it was hung up on";
  EXPECT_EQ(half.ReadAll(), "");
}

TEST_F(HttpServerTest, HoldsSoManyConnectionsAndTakesOthersWhenTheyHaveGone) {
  HttpLimits limits;
  limits.connections_max = 3;
  Open(limits);
  std::vector<std::unique_ptr<Wire>> held;
  for (int i = 0; i < 3; ++i) {
    held.push_back(std::make_unique<Wire>(server_->port()));
    held.back()->Send("GET / HTTP/1.1\r\n");
  }
  EXPECT_EQ(Http(server_->port(), "GET", "/").status, 0) << "one more is closed as it comes";
  held.clear();
  int status = 0;
  for (int i = 0; i < 1'000 && status != 200; ++i)
    status = Http(server_->port(), "GET", "/").status;
  EXPECT_EQ(status, 200);
}

TEST(HttpServer, SaysWhereItCannotListen) {
  auto handler = [](const HttpRequest&) { return HttpResponse(); };
  for (const char* address : {"here", "127.0.0.1:", "127.0.0.1:70000", "127.0.0.1:-1"})
    EXPECT_TRUE(absl::IsInvalidArgument(HttpServer::Open(address, handler).status())) << address;
  auto first = HttpServer::Open("127.0.0.1:0", handler);
  ASSERT_TRUE(first.ok());
  auto elsewhere = HttpServer::Open("192.0.2.1:9464", handler);
  EXPECT_THAT(std::string(elsewhere.status().message()), HasSubstr("192.0.2.1:9464"));
}

}  // namespace
}  // namespace leadstream::ops
