// The ops port of a server with all five services.
#include <gmock/gmock.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <fstream>
#include <set>

#include "common/log/local_log.h"
#include "common/ops/ops_port.h"
#include "leadstream/lead/v1/account_service.pb.h"
#include "leadstream/lead/v1/lead_service.pb.h"
#include "leadstream/opportunity/v1/opportunity_service.pb.h"
#include "tests/ops/http_call.h"
#include "tests/server/serving.h"

namespace leadstream::testing {
namespace {

using lead::v1::CreateLeadRequest;
using lead::v1::GetLeadRequest;
using lead::v1::Lead;
using lead::v1::QualifyLeadRequest;
using opportunity::v1::GetOpportunityRequest;
using opportunity::v1::Opportunity;
using ::testing::HasSubstr;
using ::testing::Not;

class OpsPortTest : public Serving {
 protected:
  void Configure(server::Options* options) override {
    options->ops = "127.0.0.1:0";
    options->configuration = "node: node-1\npage-token-key: \"***\"\n";
  }
  HttpAnswer Get(const std::string& path) { return Http(server_->ops_port(), "GET", path); }
  std::string Metrics() { return Get("/metrics").body; }
  // Until it is so: what others tell is up to a second old.
  void AwaitMetric(const std::string& line) {
    std::string metrics;
    EXPECT_TRUE(testing::Await([&] {
      metrics = Metrics();
      return metrics.find(line) != std::string::npos;
    })) << line
        << " is not in\n"
        << metrics;
  }
  void CreateAndQualify() {
    auto create = Of<CreateLeadRequest>(
        "lead_id: 'anna' request_id: 'r-1' lead { topic: '40 seats' company: 'Kovács Kft.' }");
    ASSERT_TRUE(Call<Lead>(create).ok());
    ASSERT_TRUE(Call<Lead>(create).ok()) << "repeated";
    create.clear_request_id();
    ASSERT_EQ(Call<Lead>(create).reason(), "RESOURCE_ALREADY_EXISTS");
    ASSERT_TRUE(Call<lead::v1::QualifyLeadResponse>(
                    Of<QualifyLeadRequest>("name: 'leads/anna' need: 'seats' "
                                           "budget { currency_code: 'EUR' units: 6000 }"))
                    .ok());
    Await<Opportunity>(Of<GetOpportunityRequest>("name: 'opportunities/anna'"),
                       [](const Opportunity&) { return true; });
  }
};

TEST_F(OpsPortTest, SaysThatItLivesHasStartedAndIsReady) {
  EXPECT_EQ(Get("/healthz").status, 200);
  EXPECT_EQ(Get("/startupz").status, 200);
  const HttpAnswer ready = Get("/readyz");
  EXPECT_EQ(ready.status, 200) << ready.body;
  EXPECT_EQ(ready.body, "{\"ready\":true}\n");
  EXPECT_EQ(Get("/nowhere").status, 404);
  EXPECT_EQ(Http(server_->ops_port(), "POST", "/metrics").status, 405);
}

TEST_F(OpsPortTest, IsNotReadyFromTheMomentThatItDrains) {
  server_->Drain(absl::Seconds(10));
  const HttpAnswer draining = Get("/readyz");
  EXPECT_EQ(draining.status, 503);
  EXPECT_THAT(draining.body, HasSubstr("draining"));
  EXPECT_EQ(Get("/healthz").status, 200) << "it is no reason to kill it";
}

TEST_F(OpsPortTest, CountsCallsAndCommands) {
  CreateAndQualify();
  ASSERT_FALSE(Call<Lead>(Of<GetLeadRequest>("name: 'leads/nobody'")).ok());
  const std::string metrics = Metrics();
  for (const char* line : {
           "leadstream_build_info{version=\"0.1.0\"} 1\n",
           "leadstream_rpc_duration_seconds_count{context=\"lead\",method=\"LeadService/"
           "CreateLead\","
           "code=\"OK\"} 2\n",
           "leadstream_rpc_duration_seconds_count{context=\"lead\",method=\"LeadService/"
           "CreateLead\","
           "code=\"ALREADY_EXISTS\"} 1\n",
           "leadstream_rpc_duration_seconds_count{context=\"lead\",method=\"LeadService/GetLead\","
           "code=\"NOT_FOUND\"} 1\n",
           "leadstream_rpc_in_flight{context=\"lead\"} 0\n",
           "leadstream_commands_total{context=\"lead\",outcome=\"repeated\"} 1\n",
           "leadstream_commands_total{context=\"lead\",outcome=\"refused\"} 1\n",
           "leadstream_commands_total{context=\"lead\",outcome=\"failed\"} 0\n",
           "leadstream_reactions_total{context=\"opportunity\",outcome=\"done\"} 1\n",
           "leadstream_partitions{context=\"lead\"} 4\n",
           "leadstream_partitions_written{context=\"lead\"} 4\n",
           "leadstream_claims_total{context=\"lead\"} 4\n",
           "leadstream_fences_total{context=\"lead\"} 0\n",
           "leadstream_caught_up{context=\"billing\"} 1\n",
           "leadstream_queue_depth_max{context=\"lead\"} 10000\n",
           "leadstream_rocksdb_background_errors_total{context=\"lead\"} 0\n",
           "# TYPE leadstream_append_duration_seconds histogram\n",
           "# TYPE process_cpu_seconds_total counter\n",
       })
    EXPECT_THAT(metrics, HasSubstr(line));
  EXPECT_THAT(metrics, Not(HasSubstr("leadstream_kafka"))) << "there is no Kafka here";
  AwaitMetric("leadstream_reaction_lag_events{context=\"opportunity\"} 0\n");
  AwaitMetric("leadstream_follower_lag_seconds{context=\"lead\"} 0\n");
  AwaitMetric("leadstream_partitions_without_writer{context=\"lead\"} 0\n");
}

TEST_F(OpsPortTest, SaysWhatItFoldedAgainAfterARestart) {
  CreateAndQualify();
  // What reactions have not done by now they would do after it.
  Await<lead::v1::Account>(Of<lead::v1::GetAccountRequest>("name: 'accounts/anna'"),
                           [](const lead::v1::Account&) { return true; });
  Await<Lead>(Of<GetLeadRequest>("name: 'leads/anna'"),
              [](const Lead& one) { return one.opportunity_state() == Lead::OPPORTUNITY_OPEN; });
  Restart();
  EXPECT_THAT(Metrics(), HasSubstr("leadstream_caught_up{context=\"lead\"} 1\n"));
  EXPECT_THAT(Metrics(),
              HasSubstr("leadstream_commands_total{context=\"lead\",outcome=\"accepted\"} 0"));
}

TEST_F(OpsPortTest, NamesNothingByAnIdInALabel) {
  CreateAndQualify();
  EXPECT_THAT(Metrics(), Not(HasSubstr("anna")));
}

TEST_F(OpsPortTest, ShowsPeopleHowTheNodeStands) {
  CreateAndQualify();
  const HttpAnswer page = Get("/statusz");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.head, HasSubstr("text/html"));
  EXPECT_THAT(page.body, HasSubstr("<h2>quoting</h2>"));
  EXPECT_THAT(page.body, HasSubstr("node-1 (this node)"));
  EXPECT_THAT(page.body, HasSubstr("Ready."));
  EXPECT_THAT(page.body, Not(HasSubstr("<script")));
}

TEST_F(OpsPortTest, ShowsTheConfiguration) {
  EXPECT_EQ(Get("/configz").body, "node: node-1\npage-token-key: \"***\"\n");
}

TEST_F(OpsPortTest, SetsTheLogLevelWhileItRuns) {
  const int port = server_->ops_port();
  const auto before = spdlog::get_level();
  EXPECT_EQ(Http(port, "PUT", "/loglevel", "debug\n").body, "debug\n");
  EXPECT_EQ(spdlog::get_level(), spdlog::level::debug);
  const HttpAnswer loud = Http(port, "PUT", "/loglevel", "loud");
  EXPECT_EQ(loud.status, 400);
  EXPECT_THAT(loud.body, HasSubstr("debug, info, warning, error"));
  EXPECT_EQ(Get("/loglevel").body, "debug\n");
  spdlog::set_level(before);
}

// Where promtool is (deploy/tools fetches one; Debian: package prometheus), it has the last word on
// names and format.
TEST_F(OpsPortTest, IsWhatPromtoolCallsClean) {
  const std::string find = "PATH=" LEADSTREAM_SOURCE_DIR "/.deps/tools:$PATH; ";
  if (std::system((find + "command -v promtool >/dev/null").c_str()) != 0)
    GTEST_SKIP() << "NOT TESTED: promtool check metrics, since there is no promtool here";
  CreateAndQualify();
  const std::string file = directory_.path() + "/metrics";
  std::ofstream(file) << Metrics();
  FILE* pipe = popen((find + "promtool check metrics <" + file + " 2>&1").c_str(), "r");
  std::string said;
  char buffer[1024];
  while (fgets(buffer, sizeof buffer, pipe) != nullptr) said += buffer;
  EXPECT_EQ(pclose(pipe), 0);
  EXPECT_EQ(said, "");
}

TEST(OpsPortBeforeTheLogIsOpen, IsAliveAndSaysWhatIsAwaited) {
  auto port = ops::OpsPort::Open({"127.0.0.1:0", "0.1.0", "", nullptr, nullptr, nullptr});
  ASSERT_TRUE(port.ok()) << port.status();
  EXPECT_EQ(Http((*port)->port(), "GET", "/healthz").status, 200);
  EXPECT_EQ(Http((*port)->port(), "GET", "/startupz").status, 503);
  const HttpAnswer ready = Http((*port)->port(), "GET", "/readyz");
  EXPECT_EQ(ready.status, 503);
  EXPECT_EQ(ready.body, "{\"ready\":false,\"awaited\":[\"the log is being opened\"]}\n");
  EXPECT_EQ(Http((*port)->port(), "GET", "/metrics").status, 200);
  EXPECT_EQ(Http((*port)->port(), "GET", "/statusz").status, 200);
}

}  // namespace
}  // namespace leadstream::testing
