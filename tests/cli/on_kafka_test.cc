// leadstream on Kafka, and the cluster that deploy/local-cluster starts.
#include <absl/strings/match.h>
#include <absl/synchronization/notification.h>
#include <absl/time/clock.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>

#include "cli/all_services.h"
#include "cli/client.h"
#include "common/log/fence.h"
#include "common/log/kafka_log.h"
#include "common/log/partitioner.h"
#include "common/log/position.h"
#include "common/server/server.h"
#include "leadstream/lead/v1/lead_service.pb.h"
#include "tests/cli/run_leadstream.h"
#include "tests/kafka_broker.h"

namespace leadstream::testing {
namespace {

using ::testing::Each;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// Each test has topics of its own.
std::string LogAt(const std::string& prefix) {
  return absl::StrCat("--log kafka://", kafka->address(), "/", prefix);
}

TEST(Topics, AreMadeOnceAndThenChecked) {
  const std::string log = absl::StrCat(LogAt("topics"), " --allow-weak-topics");
  const Ran made = Leadstream(absl::StrCat("topics create --partitions 3 ", log));
  EXPECT_EQ(made.exit_code, 0);
  EXPECT_THAT(made.lines(), SizeIs(5));
  EXPECT_THAT(made.lines(), Each(HasSubstr("  made, 3 partitions")));
  const Ran again = Leadstream(absl::StrCat("topics create ", log));
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_THAT(again.lines(), Each(HasSubstr("  there, checked, 3 partitions")));
  EXPECT_EQ(Leadstream(absl::StrCat("topics check ", log)).exit_code, 0);
  const Ran other_number = Leadstream(absl::StrCat("topics create --partitions 4 ", log));
  EXPECT_EQ(other_number.exit_code, 1);
  EXPECT_THAT(other_number.lines(), Each(HasSubstr("3 partitions, not 4")));
}

TEST(Topics, ThatMayLoseRecordsAreNamedWithTheReason) {
  const Ran made = Leadstream(absl::StrCat("topics create --replication-factor 1 ", LogAt("weak")));
  EXPECT_EQ(made.exit_code, 1);
  EXPECT_THAT(made.lines(), Each(HasSubstr("may lose records: min.insync.replicas is 1, below 2; "
                                           "the replication factor is 1, below 3")));
  EXPECT_EQ(Leadstream(absl::StrCat("topics check ", LogAt("weak"))).exit_code, 1);
}

TEST(Topics, ThatAreNotThereAreSaid) {
  const Ran missing = Leadstream(absl::StrCat("topics check ", LogAt("missing")));
  EXPECT_EQ(missing.exit_code, 1);
  EXPECT_THAT(missing.lines(), SizeIs(5));
  EXPECT_THAT(missing.lines(), Each(EndsWith("there is none")));
  const Ran too_many = Leadstream(absl::StrCat("topics create ", LogAt("missing")));
  EXPECT_EQ(too_many.exit_code, 1);
  EXPECT_THAT(too_many.output, HasSubstr("--allow-weak-topics"));
  EXPECT_THAT(Leadstream("topics check --log local").output, HasSubstr("topics are Kafka's"));
  EXPECT_THAT(Leadstream("topics check --log kafka://127.0.0.1:1").output,
              HasSubstr("Kafka at 127.0.0.1:1 does not answer"));
}

// The demo's story on Kafka, told once.
struct Story {
  TemporaryDirectory directory;
  std::string data = directory.path() + "/kafka";
  std::string command = absl::StrCat("demo --json --samples ", kSamples, " --data ", data,
                                     " --allow-weak-topics ", LogAt("story"));
  Ran ran = Leadstream(command);
};
const Story& ToldOnKafka() {
  static const Story story;
  return story;
}

TEST(Demo, TellsTheSameStoryOnKafka) {
  // Not what a broker that has just begun is warned of before it.
  auto told = [](const Ran& ran) {
    const size_t begins = ran.output.find("{\"inquiries\"");
    if (begins == std::string::npos) return ran.output;
    return ran.output.substr(begins, ran.output.find("\"events\"") - begins);
  };
  TemporaryDirectory directory;
  const Ran& ran = ToldOnKafka().ran;
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
  EXPECT_EQ(told(ran), told(Leadstream(absl::StrCat("demo --json --samples ", kSamples, " --data ",
                                                    directory.path(), "/local"))));

  const Ran again = Leadstream(ToldOnKafka().command);
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_THAT(again.output, HasSubstr("the demo begins on a clean log"));

  const Ran events = Leadstream(absl::StrCat("events cat ", LogAt("story")));
  EXPECT_EQ(events.exit_code, 0);
  ASSERT_GT(events.lines().size(), 1000u);
  constexpr size_t kTimeBytes = sizeof("2026-03-02 09:23:11.512") - 1;
  for (size_t i = 1; i < events.lines().size() && i < 100; ++i)
    ASSERT_LE(events.lines()[i - 1].substr(0, kTimeBytes), events.lines()[i].substr(0, kTimeBytes));
  const std::string lead(
      std::vector<std::string>(absl::StrSplit(events.lines()[0], absl::ByString("  ")))[1]);
  EXPECT_THAT(Leadstream(absl::StrCat("get ", lead, " --as-of 1 ", LogAt("story"))).output,
              HasSubstr(absl::StrCat("\"name\": \"", lead, "\"")));
  EXPECT_THAT(Leadstream(absl::StrCat("events cat ", lead, " ", LogAt("story"))).output,
              HasSubstr(absl::StrCat(lead, "  1  LeadCreated")));
  EXPECT_THAT(Leadstream(absl::StrCat("get leads/x ", LogAt("nothing"))).output,
              HasSubstr("there is no log of Leadstream at"));
}

TEST(History, OnKafkaIsCountedExportedVerifiedAndReplayed) {
  ASSERT_EQ(ToldOnKafka().ran.exit_code, 0) << ToldOnKafka().ran.output;
  const std::string log = LogAt("story");
  TemporaryDirectory directory;
  const auto counted = JsonOf(Leadstream("events count --json " + log));
  const double events = counted.fields().at("total").number_value();
  ASSERT_GT(events, 1000);

  const Ran verified = Leadstream("verify --json " + log);
  EXPECT_EQ(verified.exit_code, 0) << verified.output;
  EXPECT_EQ(JsonOf(verified).fields().at("events").number_value(), events);

  for (const char* threads : {"1", "4"}) {
    const Ran exported = Leadstream(absl::StrCat("export ndjson --json --threads ", threads, " ",
                                                 directory.path(), "/", threads, " ", log));
    EXPECT_EQ(exported.exit_code, 0) << exported.output;
    EXPECT_EQ(JsonOf(exported).fields().at("events").number_value(), events);
  }
  const Ran same = Shell(absl::StrCat("diff -r ", directory.path(), "/1 ", directory.path(), "/4"));
  EXPECT_EQ(same.exit_code, 0) << same.output;
  const Ran files = Leadstream(absl::StrCat("verify --export ", directory.path(), "/1"));
  EXPECT_EQ(files.exit_code, 0) << files.output;

  const Ran replayed = Leadstream(absl::StrCat("replay --against ", ToldOnKafka().data, " ", log));
  EXPECT_EQ(replayed.exit_code, 0) << replayed.output;
  EXPECT_THAT(replayed.lines(), SizeIs(5));
  EXPECT_THAT(replayed.lines(), Each(HasSubstr("  identical")));
}

// A backup of the story on Kafka, restored into other topics and into an embedded log.
// What a broker has that was killed and has come back is told once, and what came since is.
TEST(Events, AreFollowedOverTheDeathOfABroker) {
  log::KafkaLogOptions options;
  options.brokers = kafka->address();
  options.prefix = "follow.";
  options.replication_factor = 1;
  options.allow_weak_topics = true;
  options.report = [](int, const std::string&) {};
  auto opened = log::KafkaLog::Open(options);
  ASSERT_TRUE(opened.ok()) << opened.status();
  log::EventLog& log = **opened;
  for (const auto& service : cli::AllServices())
    ASSERT_TRUE(log.CreateTopic(log::TopicOf(service.name), 1).ok());
  log::Fence fence;
  auto append = [&](const log::Record& record) {
    absl::Notification done;
    absl::Status appended;
    log.Append("leadstream.lead", {{0, &record}}, [&](const log::AppendResult& result) {
      appended = result.status;
      done.Notify();
    });
    done.WaitForNotification();
    return appended;
  };
  auto create = [&](const std::string& id) {
    log::Record record;
    record.set_subject("leads/" + id);
    record.set_type("leadstream.lead.v1.LeadCreated");
    record.set_id(id);
    record.set_time_us(absl::ToUnixMicros(absl::Now()));
    record.set_revision(1);
    record.set_epoch(fence.epoch());
    record.set_actor("anna");
    return append(record);
  };
  const log::Record claim = fence.NextClaim("claim", {"node", "first", "here:1"}, 1);
  fence.Admit(claim);
  ASSERT_TRUE(append(claim).ok());
  ASSERT_TRUE(create("before").ok());

  TemporaryDirectory directory;
  const std::string told = directory.path() + "/told";
  Shell(absl::StrCat("timeout 120 ", LEADSTREAM_EXECUTABLE,
                     " events follow --json --from lead/0:0 ", LogAt("follow"), " > ", told,
                     " 2> /dev/null & echo"));
  auto await = [&told](const std::string& name) {
    std::string text;
    for (const absl::Time deadline = absl::Now() + absl::Seconds(60); absl::Now() < deadline;
         absl::SleepFor(absl::Milliseconds(50))) {
      std::ifstream in(told);
      text.assign(std::istreambuf_iterator<char>(in), {});
      if (absl::StrContains(text, name)) break;
    }
    return text;
  };
  EXPECT_THAT(await("leads/before"), HasSubstr("leads/before"));
  kafka->Do("kill 1");
  kafka->Do("revive 1");
  // An append that is under way meanwhile may fail: then its producer is made anew.
  for (int attempt = 0; attempt < 20 && !create("after").ok(); ++attempt)
    log.Recover().IgnoreError();
  const std::string text = await("leads/after");
  EXPECT_THAT(text, HasSubstr("leads/after"));
  EXPECT_EQ(text.find("\"leads/before\""), text.rfind("\"leads/before\"")) << text;
  Shell("pkill -f 'events follow --json --from lead/0:0'; true");
}

TEST(Backup, OnKafkaIsRestoredToTheSameModels) {
  ASSERT_EQ(ToldOnKafka().ran.exit_code, 0) << ToldOnKafka().ran.output;
  TemporaryDirectory directory;
  const std::string backup = directory.path() + "/backup", data = directory.path() + "/data";
  const Ran made = Leadstream(absl::StrCat("backup ", backup, " ", LogAt("story")));
  ASSERT_EQ(made.exit_code, 0) << made.output;
  const std::string restore = absl::StrCat("restore ", backup, " ");
  for (const std::string& to : {LogAt("restored"), absl::StrCat("--data ", data)}) {
    const Ran restored = Leadstream(absl::StrCat(restore, to, " --allow-weak-topics"));
    EXPECT_EQ(restored.exit_code, 0) << restored.output;
    const Ran replayed = Leadstream(absl::StrCat("replay --against ", ToldOnKafka().data, " ", to));
    EXPECT_EQ(replayed.exit_code, 0) << replayed.output;
    EXPECT_THAT(replayed.lines(), Each(HasSubstr("  identical")));
  }
  const Ran again = Leadstream(absl::StrCat(restore, LogAt("restored"), " --allow-weak-topics"));
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_THAT(again.output, HasSubstr("the topic leadstream.lead holds records"));
  EXPECT_EQ(Leadstream(absl::StrCat("backup ", backup, " ", LogAt("restored"))).exit_code, 0);
}

// What DuckDB's Python package makes of an export, as one JSON object.
constexpr char kAskDuckDb[] = R"(
import duckdb, json, sys
with duckdb.connect(sys.argv[1], read_only=True) as connection:
    def one(sql): return float(connection.execute(sql).fetchone()[0])
    kinds = connection.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'events'").fetchall()
    print(json.dumps({
        "events": sum(one(f'SELECT count(*) FROM events."{kind}"') for (kind,) in kinds),
        "orders": one("SELECT count(*) FROM orders"),
        "opportunities": one("SELECT count(*) FROM opportunities"),
        "paid_by_month": one("SELECT sum(paid) FROM revenue_by_month"),
        "paid_by_order": one("SELECT sum(paid) FROM quote_to_cash"),
    }))
)";

TEST(History, OnKafkaIsOpenedInDuckDb) {
  const std::string python = "PYTHONPATH=" LEADSTREAM_SOURCE_DIR "/.deps/python";
  if (!std::filesystem::exists(LEADSTREAM_BINARY_DIR "/leadstream-export") ||
      Shell(python + " python3 -c 'import duckdb'").exit_code != 0)
    GTEST_SKIP() << "SKIPPED: Arrow or DuckDB cannot be had here; deploy/setup fetches them";
  ASSERT_EQ(ToldOnKafka().ran.exit_code, 0) << ToldOnKafka().ran.output;
  const std::string log = LogAt("story");
  const auto counted = JsonOf(Leadstream("events count --json " + log));
  TemporaryDirectory directory;
  for (const char* threads : {"1", "4"}) {
    const Ran exported = Leadstream(absl::StrCat("export duckdb --threads ", threads, " ",
                                                 directory.path(), "/", threads, " ", log),
                                    python);
    ASSERT_EQ(exported.exit_code, 0) << exported.output;
  }
  // The views name the directory that they are in.
  const Ran same = Shell(absl::StrCat("diff -r -x views.sql -x leadstream.duckdb ",
                                      directory.path(), "/1 ", directory.path(), "/4"));
  EXPECT_EQ(same.exit_code, 0) << same.output;

  const std::string script = directory.path() + "/ask.py";
  std::ofstream(script) << kAskDuckDb;
  const Ran asked = Shell(
      absl::StrCat(python, " python3 ", script, " ", directory.path(), "/4/leadstream.duckdb"));
  ASSERT_EQ(asked.exit_code, 0) << asked.output;
  const auto answer = JsonOf(asked);
  auto answered = [&answer](const char* what) { return answer.fields().at(what).number_value(); };
  EXPECT_EQ(answered("events"), counted.fields().at("total").number_value());
  for (const char* what : {"orders", "opportunities"})
    EXPECT_THAT(ToldOnKafka().ran.output,
                HasSubstr(absl::StrCat("\"", what, "\": ", answered(what), ",")));
  EXPECT_GT(answered("paid_by_month"), 0);
  EXPECT_EQ(answered("paid_by_month"), answered("paid_by_order"));
}

TEST(Cluster, ShowsWhoWritesWhat) {
  TemporaryDirectory directory;
  server::Options options;
  options.listen = "127.0.0.1:0";
  options.data = directory.path() + "/data";
  options.log = absl::StrCat("kafka://", kafka->address(), "/cluster");
  options.allow_weak_topics = true;
  options.create_topics = true;
  options.partitions = 2;
  auto server = server::Server::Start(options, cli::AllServices());
  ASSERT_TRUE(server.ok()) << server.status();
  const std::string address = absl::StrCat("127.0.0.1:", (*server)->port());

  const Ran ran = Leadstream(absl::StrCat("cluster --server ", address));
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
  EXPECT_THAT(ran.output, HasSubstr("billing: 1 nodes, 2 partitions, 2 records, 0 parked"));
  EXPECT_THAT(ran.output, HasSubstr("ready, writes 2, 0 behind"));
  const auto json = JsonOf(Leadstream(absl::StrCat("cluster --json --server ", address)));
  const auto& services = json.fields().at("services").list_value();
  ASSERT_EQ(services.values_size(), 5);
  const auto& partition = services.values(0)
                              .struct_value()
                              .fields()
                              .at("partitions")
                              .list_value()
                              .values(1)
                              .struct_value()
                              .fields();
  EXPECT_EQ(partition.at("writer").string_value(), "node-1");
  EXPECT_EQ(partition.at("address").string_value(), address);
  EXPECT_EQ(partition.at("epoch").number_value(), 1);

  const Ran half = Leadstream(absl::StrCat("cluster --server ", address, ",127.0.0.1:1"));
  EXPECT_EQ(half.exit_code, 1);
  EXPECT_THAT(half.output, HasSubstr("127.0.0.1:1            unreachable"));
  EXPECT_THAT(Leadstream("cluster --server 127.0.0.1:1").output, HasSubstr("no node answers"));
  EXPECT_THAT(Leadstream("cluster --server shipping=127.0.0.1:1").output,
              HasSubstr("--server takes HOST:PORT"));
}

class LocalCluster : public ::testing::Test {
 protected:
  void SetUp() override {
    running_ = std::make_unique<RunningProgram>(Command("run --bin " LEADSTREAM_BINARY_DIR),
                                                directory_.path() + "/said");
    ASSERT_THAT(running_->said(), HasSubstr("10 nodes serve on 1 broker"));
    const std::string addresses = Do("address");
    for (const absl::string_view service :
         absl::StrSplit(addresses, absl::ByAnyChar(" \n"), absl::SkipEmpty())) {
      const std::pair<std::string, std::string> pair = absl::StrSplit(service, '=');
      addresses_[pair.first] = absl::StrSplit(pair.second, ',');
    }
  }
  void TearDown() override {
    running_ = nullptr;
    EXPECT_FALSE(std::filesystem::exists(directory_.path() + "/cluster"));
  }

  std::string Do(const std::string& command) {
    const Ran ran = Shell(Command(command));
    EXPECT_EQ(ran.exit_code, 0) << ran.output;
    return ran.output;
  }
  Ran Look() { return Leadstream(absl::StrCat("cluster --server '", Do("address"), "'")); }

  // Creates a lead of this id; OK, or why not.
  absl::Status CreateLead(cli::Client* client, const std::string& id) {
    lead::v1::CreateLeadRequest request;
    request.set_lead_id(id);
    request.mutable_lead()->set_topic("40 seats");
    request.mutable_lead()->add_emails(absl::StrCat(id, "@example.com"));
    return client->Call<lead::v1::Lead>(request).status();
  }

  std::map<std::string, std::vector<std::string>> addresses_;

 private:
  std::string Command(const std::string& command) {
    return absl::StrCat(LEADSTREAM_SOURCE_DIR "/deploy/local-cluster ", command, " --dir ",
                        directory_.path(), "/cluster");
  }

  TemporaryDirectory directory_;
  std::unique_ptr<RunningProgram> running_;
};

TEST_F(LocalCluster, AnyReplicaTakesAnyCommandAndGoesOnWithoutTheOther) {
  ASSERT_THAT(addresses_["lead"], SizeIs(2));
  std::map<std::string, std::unique_ptr<cli::Client>> clients;  // by node
  for (const char* node : {"lead-1", "lead-2"}) {
    auto client =
        cli::Client::Connect(absl::StrCat("lead=", addresses_["lead"][clients.size()]), "test");
    ASSERT_TRUE(client.ok()) << client.status();
    clients[node] = std::move(*client);
  }
  auto other = [](const std::string& node) { return node == "lead-1" ? "lead-2" : "lead-1"; };
  const auto json =
      JsonOf(Leadstream(absl::StrCat("cluster --json --server '", Do("address"), "'")));
  const auto& lead = json.fields().at("services").list_value().values(0).struct_value().fields();
  const auto& partitions = lead.at("partitions").list_value();
  auto writer_of = [&](int partition) {
    return partitions.values(partition).struct_value().fields().at("writer").string_value();
  };

  // Each command goes to the replica that does not write its partition.
  for (int i = 0; i < 24; ++i) {
    const std::string id = absl::StrCat("before-", i);
    const std::string writer =
        writer_of(log::PartitionOf(absl::StrCat("leads/", id), partitions.values_size()));
    absl::Status created = CreateLead(clients[other(writer)].get(), id);
    EXPECT_TRUE(created.ok()) << created;
  }

  const std::string killed = writer_of(0);
  Do(absl::StrCat("kill ", killed));
  EXPECT_THAT(Look().output, HasSubstr("unreachable"));
  for (int i = 0; i < 24; ++i) {
    absl::Status created = CreateLead(clients[other(killed)].get(), absl::StrCat("after-", i));
    EXPECT_TRUE(created.ok()) << created;
  }
  Do(absl::StrCat("restart ", killed));
  Ran look = Look();
  for (int i = 0; look.exit_code != 0 && i < 50; ++i, look = Look())
    absl::SleepFor(absl::Milliseconds(200));
  EXPECT_EQ(look.exit_code, 0) << look.output;
}

}  // namespace
}  // namespace leadstream::testing

int main(int argc, char** argv) { return leadstream::testing::RunTestsOnKafka(argc, argv); }
