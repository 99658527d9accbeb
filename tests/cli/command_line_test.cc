// leadstream on the embedded log.
#include <gmock/gmock.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "cli/all_services.h"
#include "common/server/server.h"
#include "common/server/version.h"
#include "tests/cli/run_leadstream.h"
#include "tests/temporary_directory.h"

namespace leadstream::testing {
namespace {

using ::testing::HasSubstr;

double Figure(const google::protobuf::Struct& figures, const std::string& name) {
  auto at = figures.fields().find(name);
  EXPECT_NE(at, figures.fields().end()) << name;
  return at == figures.fields().end() ? -1 : at->second.number_value();
}

// A demo's data, made once for all tests that only look at it.
const std::string& DemoData() {
  static const auto* const directory = new TemporaryDirectory;
  static const auto* const data = [] {
    auto* path = new std::string(directory->path() + "/demo");
    const Ran ran = Leadstream(absl::StrCat("demo --data ", *path, " --samples ", kSamples));
    EXPECT_EQ(ran.exit_code, 0) << ran.output;
    for (const char* outlook :
         {"The pipeline, ", "The forecast, ", "\n  Develop ", "BEST_CASE", "CLOSED"})
      EXPECT_THAT(ran.output, HasSubstr(outlook));
    return path;
  }();
  return *data;
}

TEST(CommandLine, SaysItsVersion) {
  const Ran ran = Leadstream("--version");
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_EQ(ran.output, absl::StrCat(server::Version(), "\n"));
}

TEST(Demo, TakesTheSamplesFromInquiryToPayment) {
  TemporaryDirectory directory;
  const Ran ran = Leadstream(
      absl::StrCat("demo --json --data ", directory.path(), "/demo --samples ", kSamples));
  ASSERT_EQ(ran.exit_code, 0) << ran.output;
  google::protobuf::Struct figures;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(ran.output, &figures).ok()) << ran.output;
  EXPECT_EQ(Figure(figures, "inquiries"), 403);
  EXPECT_EQ(Figure(figures, "leads"), 400);
  EXPECT_EQ(Figure(figures, "rejected_rows"), 3);
  for (const char* at_least_one :
       {"possible_duplicates", "merged", "qualified", "opportunities", "lost_opportunities",
        "quotes", "revised_quotes", "approved_discounts", "orders", "partly_fulfilled_orders",
        "fulfilled_orders", "invoices", "paid_invoices", "deposits", "credit_notes", "seconds"}) {
    EXPECT_GT(Figure(figures, at_least_one), 0) << at_least_one;
  }
}

TEST(Demo, TellsTheSameStoriesEachTime) {
  auto told = [](const Ran& ran) { return ran.output.substr(0, ran.output.find("\"events\"")); };
  TemporaryDirectory directory;
  const std::string command =
      absl::StrCat("demo --json --data ", directory.path(), "/demo --samples ", kSamples);
  const Ran first = Leadstream(command);
  const Ran second = Leadstream(command);
  EXPECT_EQ(told(first), told(second));
}

TEST(Demo, DoesNotTouchADirectoryThatItDidNotMake) {
  TemporaryDirectory directory;
  std::ofstream(directory.path() + "/precious") << "keep";
  const Ran ran =
      Leadstream(absl::StrCat("demo --data ", directory.path(), " --samples ", kSamples));
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.output, HasSubstr("holds something else"));
  EXPECT_TRUE(std::filesystem::exists(directory.path() + "/precious"));
}

TEST(Events, AreToldInTheOrderOfTime) {
  const Ran ran = Leadstream(absl::StrCat("events cat --data ", DemoData()));
  ASSERT_EQ(ran.exit_code, 0);
  const std::vector<std::string> lines = ran.lines();
  ASSERT_GT(lines.size(), 1000u);
  constexpr size_t kTimeBytes = sizeof("2026-03-02 09:23:11.512") - 1;
  for (size_t i = 1; i < lines.size(); ++i)
    ASSERT_LE(lines[i - 1].substr(0, kTimeBytes), lines[i].substr(0, kTimeBytes));
}

TEST(Events, OfOneResourceAreItsStory) {
  const Ran all = Leadstream(absl::StrCat("events cat --json --data ", DemoData()));
  std::string qualified;
  for (const std::string& line : all.lines()) {
    google::protobuf::Struct event;
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(line, &event).ok()) << line;
    if (event.fields().at("type").string_value() == "leadstream.lead.v1.LeadQualified")
      qualified = event.fields().at("subject").string_value();
  }
  ASSERT_FALSE(qualified.empty());
  const Ran story = Leadstream(absl::StrCat("events cat ", qualified, " --data ", DemoData()));
  int revision = 0;
  for (const std::string& line : story.lines())
    EXPECT_THAT(line, HasSubstr(absl::StrCat("  ", qualified, "  ", ++revision, "  Lead")));
  EXPECT_GE(revision, 3);

  const Ran first = Leadstream(absl::StrCat("get ", qualified, " --as-of 1 --data ", DemoData()));
  EXPECT_THAT(first.output, HasSubstr("\"state\": \"OPEN\""));
  EXPECT_THAT(Leadstream(absl::StrCat("get ", qualified, " --data ", DemoData())).output,
              HasSubstr("\"state\": \"QUALIFIED\""));
  const Ran too_late =
      Leadstream(absl::StrCat("get ", qualified, " --as-of 999 --data ", DemoData()));
  EXPECT_EQ(too_late.exit_code, 1);
  EXPECT_THAT(too_late.output, HasSubstr("has no revision 999"));
  const Ran too_early =
      Leadstream(absl::StrCat("get ", qualified, " --as-of 2001-01-01 --data ", DemoData()));
  EXPECT_THAT(too_early.output, HasSubstr("did not exist then"));
}

TEST(Events, AreSelectedAndCounted) {
  const Ran issued = Leadstream(absl::StrCat(
      "events cat --type InvoiceIssued --filter 'invoice.currency = HUF' --json --data ",
      DemoData()));
  const Ran counted = Leadstream(absl::StrCat(
      "events count --type InvoiceIssued --filter 'invoice.currency = HUF' --json --data ",
      DemoData()));
  ASSERT_EQ(counted.exit_code, 0) << counted.output;
  EXPECT_GT(issued.lines().size(), 5u);
  EXPECT_EQ(counted.output, absl::StrCat("{\"total\":", issued.lines().size(),
                                         ",\"counts\":{\"leadstream.billing.v1.InvoiceIssued\":",
                                         issued.lines().size(), "}}\n"));
  const Ran all = Leadstream(absl::StrCat("events cat --data ", DemoData()));
  const Ran by_context = Leadstream(absl::StrCat("events count --by context --data ", DemoData()));
  EXPECT_THAT(by_context.output, HasSubstr(absl::StrCat(all.lines().size(), "  in all")));
  const Ran wrong = Leadstream(absl::StrCat("events count --type Nothing --data ", DemoData()));
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_THAT(wrong.output, HasSubstr("there is no event 'Nothing'"));
}

TEST(Get, SaysWhatIsWrong) {
  EXPECT_THAT(Leadstream(absl::StrCat("get leads/nobody --data ", DemoData())).output,
              HasSubstr("there is no leads/nobody"));
  EXPECT_THAT(Leadstream(absl::StrCat("get nonsense --data ", DemoData())).output,
              HasSubstr("'nonsense' is no name of a resource"));
  EXPECT_THAT(Leadstream(absl::StrCat("get leads/x --as-of yesterday --data ", DemoData())).output,
              HasSubstr("'yesterday' is neither a revision"));
  EXPECT_THAT(Leadstream("get leads/x --data /nowhere").output,
              HasSubstr("there is no log in /nowhere"));
}

class ImportTest : public ::testing::Test {
 protected:
  void SetUp() override {
    server::Options options;
    options.listen = "127.0.0.1:0";
    options.data = directory_.path() + "/data";
    auto server = server::Server::Start(options, cli::AllServices());
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = std::move(*server);
  }
  Ran Import(const std::string& arguments) {
    return Leadstream(absl::StrCat("import ", arguments, " --server 127.0.0.1:", server_->port()));
  }
  std::string Write(const std::string& name, const std::string& text) {
    const std::string path = absl::StrCat(directory_.path(), "/", name);
    std::ofstream(path) << text;
    return path;
  }

  TemporaryDirectory directory_;
  std::unique_ptr<server::Server> server_;
};

TEST_F(ImportTest, TheSameFileTwiceCreatesNothingTwice) {
  const Ran first = Import(kSamples + "/web_signups.csv");
  EXPECT_EQ(first.exit_code, 0) << first.output;
  EXPECT_THAT(first.output, HasSubstr("    200 leads created"));
  EXPECT_THAT(first.output, HasSubstr("      3 rows rejected"));
  EXPECT_THAT(first.output, HasSubstr("/samples/web_signups.csv:224  too few columns"));
  const Ran second = Import(kSamples + "/web_signups.csv");
  EXPECT_THAT(second.output, HasSubstr("      0 leads created"));
  EXPECT_THAT(second.output, HasSubstr("    200 known already"));
}

TEST_F(ImportTest, SaysOfWhomALeadMayBeADuplicate) {
  const std::string first =
      Write("first.csv", "name,company,email\nAnna Kovács,Kovács Kft.,anna@kovacs.example\n");
  const std::string second =
      Write("second.csv", "name,company,email\nKovács Anna,KOVÁCS Kft,ANNA@kovacs.example\n");
  EXPECT_THAT(Import(first).output, HasSubstr("      0 possible duplicates"));
  const Ran ran = Import(second);
  EXPECT_THAT(ran.output, HasSubstr("      1 possible duplicates"));
  EXPECT_THAT(ran.output, HasSubstr("second.csv:2"));
  EXPECT_THAT(ran.output, HasSubstr("same e-mail anna@kovacs.example"));
}

TEST_F(ImportTest, ADuplicateCanBeFilledOrSkipped) {
  Import(Write("first.csv", "name,company,email\nAnna Kovács,Kovács Kft.,anna@kovacs.example\n"));
  const std::string second = Write(
      "second.csv", "name,company,email,phone\nAnna Kovács,,anna@kovacs.example,+36 20 123 4567\n");
  const Ran skipped = Import(second + " --on-duplicate skip");
  EXPECT_EQ(skipped.exit_code, 0);
  EXPECT_THAT(skipped.output, HasSubstr("      0 leads created"));
  EXPECT_THAT(skipped.output, HasSubstr("      1 skipped"));
  const Ran filled = Import(second + " --on-duplicate fill");
  EXPECT_THAT(filled.output, HasSubstr("second.csv:2  Anna Kovács  may be leads/"));
  EXPECT_THAT(filled.output, HasSubstr("phones"));
  EXPECT_THAT(filled.output, HasSubstr("      1 open leads filled"));
  EXPECT_THAT(Import(second).output, HasSubstr("      1 leads created"));
  EXPECT_NE(Import(second + " --on-duplicate merge").exit_code, 0);
}

TEST_F(ImportTest, ColumnsWithoutAKnownHeadingCanBeMapped) {
  const std::string file = Write("odd.csv", "wer;wo\nAnna Kovács;anna@kovacs.example\n");
  EXPECT_THAT(Import(file).output, HasSubstr("      0 leads created"));
  EXPECT_THAT(Import(absl::StrCat(file, " --map wer=name --map wo=email")).output,
              HasSubstr("      1 leads created"));
  EXPECT_THAT(Import(absl::StrCat(file, " --map wer=shoe_size")).output, HasSubstr("shoe_size"));
}

TEST_F(ImportTest, AFileThatIsNoInquiryStopsNoOther) {
  const std::string picture = Write("picture.png", std::string("\x89PNG\r\n\x1a\n\0\0\0", 11));
  const std::string good = Write("good.csv", "name,email\nAnna Kovács,anna@kovacs.example\n");
  const Ran ran = Import(absl::StrCat(picture, " ", good));
  EXPECT_EQ(ran.exit_code, 0);
  EXPECT_THAT(ran.output, HasSubstr("picture.png"));
  EXPECT_THAT(ran.output, HasSubstr("      1 leads created"));
  EXPECT_THAT(ran.output, HasSubstr("      1 rows rejected"));
}

TEST_F(ImportTest, ALeadHasATimelineAndItsOwnerReminders) {
  Import(Write("one.csv", "name,email\nAnna Kovács,anna@kovacs.example\n"));
  const std::string server = absl::StrCat(" --server 127.0.0.1:", server_->port());
  const std::string found = Leadstream("find anna@kovacs.example --only leads" + server).output;
  const std::string lead = found.substr(0, found.find('\n'));
  Leadstream(absl::StrCat("call UpdateLead lead.name=", lead, " lead.need=seats", server));
  Leadstream(absl::StrCat("call CreateActivity activity_id=call activity.type=CALL ",
                          "activity.subject=Call activity.owner=bela activity.regarding=", lead,
                          " activity.remind_time=2026-03-02T09:00:00Z", server));
  const std::string story = Leadstream("timeline --oldest-first " + lead + server).output;
  EXPECT_LT(story.find("lead created"), story.find("lead updated"));
  EXPECT_THAT(story, HasSubstr("need  – → seats"));
  EXPECT_THAT(story, HasSubstr("bela  call planned: Call"));
  EXPECT_LT(Leadstream("timeline " + lead + server).output.find("lead updated"), story.size());
  EXPECT_THAT(Leadstream("timeline --json " + lead + server).output,
              HasSubstr("\"summary\":\"lead created\""));
  EXPECT_EQ(Leadstream("timeline leads/none" + server).exit_code, 1);
  // The timer looks every second.
  std::string due;
  for (int i = 0; i < 100 && due.empty(); ++i) {
    absl::SleepFor(absl::Milliseconds(100));
    due = Leadstream("reminders --owner bela" + server).output;
  }
  EXPECT_THAT(due, HasSubstr("2026-03-02 09:00  CALL"));
  EXPECT_EQ(Leadstream("reminders --owner nobody" + server).output, "");
}

TEST_F(ImportTest, ARecordIsSkippedOnlyWhereAPartitionStandsStill) {
  const Ran ran = Leadstream(absl::StrCat(
      "call SkipRecord position=lead/0:1 reason=none --server 127.0.0.1:", server_->port()));
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.output, HasSubstr("RECORD_NOT_STOPPED_AT: this node does not stand still at "
                                    "lead/0:1"));
}

TEST_F(ImportTest, HistoryCanBeReadWhileTheServerWrites) {
  Import(kSamples + "/cards");
  const Ran story = Leadstream(absl::StrCat("events cat --data ", directory_.path(), "/data"));
  EXPECT_EQ(story.exit_code, 0) << story.output;
  EXPECT_GE(story.lines().size(), 40u);
}

}  // namespace
}  // namespace leadstream::testing
