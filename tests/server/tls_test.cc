// TLS, mutual TLS, and certificates that are changed while calls go on.
#include "common/server/tls.h"

#include <gmock/gmock.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "leadstream/common/v1/node.pb.h"
#include "leadstream/lead/v1/lead_service.pb.h"
#include "tests/auth/certificates.h"
#include "tests/auth/signing.h"
#include "tests/server/serving.h"

namespace leadstream::testing {
namespace {

using ::testing::HasSubstr;

// What a caller needs to know.
server::SecurityOptions Trusting(const std::string& ca, const std::string& certificate = "",
                                 const std::string& key = "") {
  server::SecurityOptions options;
  options.tls_ca = ca;
  options.tls_certificate = certificate;
  options.tls_key = key;
  return options;
}

class Tls : public Serving {
 protected:
  std::string Path(const std::string& name) const { return directory_.path() + "/" + name; }
  void Configure(server::Options* options) override {
    authority_.WriteTo(Path("ca.pem"));
    authority_.Issue("localhost", Path("server.pem"), Path("server.key"));
    options->security.tls_certificate = Path("server.pem");
    options->security.tls_key = Path("server.key");
    options->security.tls_client_ca = Path("ca.pem");
    std::ofstream(Path("keys.json")) << KeySetOf({key_});
    std::ofstream(Path("policy.yaml"))
        << "nodes: ['*.nodes.example']\nroles:\n  all:\n  - methods: ['leadstream.*']\n";
    options->security.jwks = Path("keys.json");
    options->security.auth_policy = Path("policy.yaml");
    options->security.jwt_issuer = TestClaims().issuer;
    options->security.jwt_audience = TestClaims().audience;
  }
  std::shared_ptr<grpc::Channel> ChannelWith(const server::SecurityOptions& options) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel(absl::StrCat("localhost:", server_->port()),
                                     server::ChannelCredentials(options), arguments);
  }
  grpc::Status Ping(const std::shared_ptr<grpc::Channel>& channel) {
    common::v1::PingNodeRequest request;
    request.set_service("lead");
    common::v1::PingNodeResponse reply;
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(5)));
    return server::Call(channel.get(), runtime::MethodTaking(request.GetDescriptor()), &context,
                        request, &reply);
  }
  grpc::Status List(const std::shared_ptr<grpc::Channel>& channel) {
    lead::v1::ListLeadsRequest request;
    lead::v1::ListLeadsResponse reply;
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(5)));
    context.AddMetadata("authorization",
                        "Bearer " + key_.Sign(TestClaims{.roles = {"all"}}.Json()));
    return server::Call(channel.get(), runtime::MethodTaking(request.GetDescriptor()), &context,
                        request, &reply);
  }

  Authority authority_;
  const SigningKey key_{"k", "EdDSA"};
};

TEST_F(Tls, ACallerTrustsTheServerByItsAuthority) {
  EXPECT_TRUE(List(ChannelWith(Trusting(Path("ca.pem")))).ok());
  EXPECT_EQ(List(ChannelWith(Trusting(""))).error_code(),
            grpc::StatusCode::UNAVAILABLE);  // plain text
  Authority().WriteTo(Path("other.pem"));
  EXPECT_EQ(List(ChannelWith(Trusting(Path("other.pem")))).error_code(),
            grpc::StatusCode::UNAVAILABLE);
}

// A node is known by its certificate, and needs no token.
TEST_F(Tls, ANodeIsKnownByItsCertificate) {
  authority_.Issue("lead-0.nodes.example", Path("node.pem"), Path("node.key"));
  authority_.Issue("somebody.example", Path("guest.pem"), Path("guest.key"));
  const auto with = [this](const std::string& who) {
    return ChannelWith(Trusting(Path("ca.pem"), Path(who + ".pem"), Path(who + ".key")));
  };
  EXPECT_TRUE(Ping(with("node")).ok());
  EXPECT_EQ(ReasonOf(Ping(with("guest"))), "METHOD_NOT_PERMITTED");
  EXPECT_TRUE(List(with("guest")).ok());  // by its token
  // One that another authority made is not even listened to.
  Authority().Issue("lead-0.nodes.example", Path("forged.pem"), Path("forged.key"));
  EXPECT_EQ(Ping(with("forged")).error_code(), grpc::StatusCode::UNAVAILABLE);
}

// Old connections go on, new ones get the new certificate, and no call fails.
TEST_F(Tls, CertificatesAreChangedWhileCallsGoOn) {
  const server::SecurityOptions client = Trusting(Path("ca.pem"));
  std::atomic<bool> stop = false;
  std::atomic<int> calls = 0, failed = 0;
  std::vector<std::thread> callers;
  for (int i = 0; i < 2; ++i) {
    callers.emplace_back([&, i] {
      auto channel = ChannelWith(client);
      while (!stop) {
        if (i == 1 && calls % 20 == 0) channel = ChannelWith(client);
        failed += !List(channel).ok();
        ++calls;
        absl::SleepFor(absl::Milliseconds(10));
      }
    });
  }
  absl::SleepFor(absl::Seconds(1));
  for (int i = 0; i < 2; ++i) {
    authority_.Issue("localhost", Path("server.pem"), Path("server.key"));
    absl::SleepFor(absl::Seconds(7));
  }
  stop = true;
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(failed, 0);
  EXPECT_GT(calls, 100);
}

TEST(TlsFiles, ThatCannotServeAreNamed) {
  TemporaryDirectory directory;
  const auto path = [&](const std::string& name) { return directory.path() + "/" + name; };
  const Authority authority;
  authority.WriteTo(path("ca.pem"));
  authority.Issue("a.example", path("a.pem"), path("a.key"));
  authority.Issue("b.example", path("b.pem"), path("b.key"), -60);
  std::ofstream(path("empty")) << "";
  const auto problem = [&](const std::string& certificate, const std::string& key,
                           const std::string& ca) {
    server::SecurityOptions options = Trusting("", certificate, key);
    options.tls_client_ca = ca;
    return std::string(server::CheckTlsFiles(options).message());
  };
  EXPECT_EQ(problem(path("a.pem"), path("a.key"), path("ca.pem")), "");
  EXPECT_THAT(problem(path("a.pem"), path("b.key"), ""),
              HasSubstr("is not that of the certificate"));
  EXPECT_THAT(problem(path("b.pem"), path("b.key"), ""), HasSubstr("has expired"));
  EXPECT_THAT(problem(path("none"), path("a.key"), ""), HasSubstr("holds no certificate"));
  EXPECT_THAT(problem(path("a.pem"), path("empty"), ""), HasSubstr("holds no key"));
  EXPECT_THAT(problem(path("a.pem"), path("a.key"), path("empty")), HasSubstr("--tls-client-ca"));
}

}  // namespace
}  // namespace leadstream::testing
