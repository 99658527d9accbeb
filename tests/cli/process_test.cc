// Processes as files, and the sums over opportunities, at the command line.
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "cli/processes/definition_file.h"
#include "tests/cli/run_leadstream.h"
#include "tests/serving_process.h"
#include "tests/temporary_directory.h"

namespace leadstream::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::string kShipped = LEADSTREAM_SOURCE_DIR "/deploy/processes/";

class ProcessFile : public ::testing::Test {
 protected:
  std::string Write(const std::string& text) {
    const std::string path = directory_.path() + "/process.yaml";
    std::ofstream(path) << text;
    return path;
  }
  // What is wrong with it, without the file's name.
  std::string Problems(const std::string& text) {
    const std::string path = Write(text);
    auto read = cli::ReadDefinition(path);
    std::string problems;
    for (absl::string_view line : absl::StrSplit(read.status().message(), '\n'))
      absl::StrAppend(&problems, absl::StartsWith(line, path) ? line.substr(path.size() + 1) : line,
                      "\n");
    return problems;
  }
  TemporaryDirectory directory_;
};

TEST_F(ProcessFile, ThatIsShippedIsReadAndWrittenTheSame) {
  for (const char* name : {"sale", "consumer-sale", "tender"}) {
    auto read = cli::ReadDefinition(absl::StrCat(kShipped, name, ".yaml"));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->name(), absl::StrCat("processDefinitions/", name));
    for (const auto& stage : read->stages()) {
      ASSERT_EQ(stage.labels_size(), 2) << stage.stage();
      EXPECT_EQ(stage.labels(0).language(), "en");
      EXPECT_EQ(stage.labels(1).language(), "hu");
    }
    const std::string yaml = cli::ToYaml(*read);
    auto again = cli::ReadDefinition(Write(yaml));
    ASSERT_TRUE(again.ok()) << again.status() << "\n" << yaml;
    EXPECT_EQ(again->DebugString(), read->DebugString());
  }
}

TEST_F(ProcessFile, SaysInWhichLinesItIsWrong) {
  EXPECT_EQ(Problems("process: p\n"
                     "labels: {en: P}\n"
                     "colour: red\n"
                     "rank: high\n"
                     "stages:\n"
                     "  - stage: a\n"
                     "    forecast_category: MAYBE\n"),
            "3: there is no \"colour\" here\n"
            "4: is not a whole number\n"
            "7: is one of PIPELINE, BEST_CASE, COMMITTED and OMITTED\n");
  // By the service's own rules.
  EXPECT_EQ(Problems("process: p\n"
                     "labels: {en: P}\n"
                     "stages:\n"
                     "  - stage: a\n"
                     "    probability: 101\n"
                     "  - stage: a\n"
                     "    required_fields:\n"
                     "      - need\n"
                     "      - neeed\n"),
            "5: stages[0].probability is from 0 to 100\n"
            "6: stages[1].stage is there twice\n"
            "9: stages[1].required_fields[1] opportunities have no field \"neeed\"\n");
  EXPECT_THAT(Problems("process: Not An Id\nlabels: {en: P}\nstages: [{stage: a}]\n"),
              HasSubstr("1: process "));
  EXPECT_THAT(Problems("labels: {en: P}\nstages: [{stage: a}]\n"),
              HasSubstr("1: `process: ID` is missing"));
  EXPECT_THAT(Problems("process: p\nlabels: {en: [\n"), HasSubstr("3: "));
}

TEST_F(ProcessFile, DiffersInItsLines) {
  EXPECT_EQ(cli::Difference("a\nb\nc\n", "a\nx\nc\nd\n"), "  a\n- b\n+ x\n  c\n+ d\n");
  EXPECT_EQ(cli::Difference("", "a\n"), "+ a\n");
  EXPECT_EQ(cli::Difference("a\n", "a\n"), "");
}

class Processes : public ProcessFile {
 protected:
  void SetUp() override {
    server_ = std::make_unique<ServingProcess>(LEADSTREAM_EXECUTABLE, directory_.path() + "/serve");
    absl::Status serves = server_->Start({"serve", "--data", directory_.path() + "/data"});
    if (serves.ok()) serves = server_->WaitUntilServing(absl::Seconds(60));
    ASSERT_TRUE(serves.ok()) << serves;
  }
  Ran Run(const std::string& arguments) {
    return Leadstream(arguments, absl::StrCat("LEADSTREAM_SERVER=", server_->address()));
  }
  std::string Done(const std::string& arguments) {
    const Ran ran = Run(arguments);
    EXPECT_EQ(ran.exit_code, 0) << arguments << "\n" << ran.output;
    return ran.output;
  }
  std::unique_ptr<ServingProcess> server_;
};

TEST_F(Processes, AreAppliedOnceTheirDifferenceWasShown) {
  const std::string shipped = absl::StrCat(kShipped, "*.yaml");
  EXPECT_THAT(Done("process apply " + shipped),
              AllOf(HasSubstr("processDefinitions/tender: new"), HasSubstr("+ process: tender"),
                    HasSubstr("nothing is applied yet")));
  EXPECT_EQ(Run("process show tender").exit_code, 1);
  EXPECT_THAT(Done("process apply --yes " + shipped),
              HasSubstr("processDefinitions/sale: applied"));
  EXPECT_THAT(Done("process apply --yes " + shipped),
              AllOf(HasSubstr("processDefinitions/sale: as it is"), Not(HasSubstr("applied"))));
  EXPECT_THAT(Done("process show"), AllOf(HasSubstr("consumer-sale"), HasSubstr("6 stages")));

  std::string sale = Done("process show sale");
  sale.replace(sale.find("probability: 40"), 15, "probability: 45");
  const std::string edited = Write(sale);
  EXPECT_THAT(Done("process apply " + edited),
              AllOf(HasSubstr("-     probability: 40\n+     probability: 45\n"),
                    HasSubstr("differs from revision 1")));
  Done("process apply --yes " + edited);
  EXPECT_THAT(Done("process show sale"), HasSubstr("probability: 45"));
}

TEST_F(Processes, AreFollowedMigratedAndAddedUp) {
  Done(absl::StrCat("process apply --yes ", kShipped, "sale.yaml"));
  Done("call CreateAccount account_id=acme account.display_name=Acme");
  Done(
      "call CreateOpportunity opportunity.display_name=Desks opportunity.account=accounts/acme "
      "opportunity.currency=EUR opportunity.estimated_revenue='EUR 5000' "
      "opportunity.estimated_close_date=2030-05-02 opportunity_id=desks");
  EXPECT_EQ(Done("pipeline"),
            "processDefinitions/sale\n"
            "  stage    count           sum      weighted\n"
            "  Qualify      1  EUR 5,000.00  EUR 1,000.00\n");
  EXPECT_THAT(Done("pipeline --language hu"), HasSubstr("Minősítés"));
  EXPECT_THAT(
      Done("pipeline --json"),
      HasSubstr("{\"process_definition\":\"processDefinitions/sale\",\"answer\":{\"rows\":"));
  EXPECT_EQ(Done("forecast --from 2030-01"),
            "  month    category  count           sum      weighted\n"
            "  2030-05  PIPELINE      1  EUR 5,000.00  EUR 1,000.00\n");
  EXPECT_THAT(Done("forecast --to 2029-12"), Not(HasSubstr("PIPELINE")));
  EXPECT_THAT(Run("forecast --from soon").output, HasSubstr("soon is no month"));
  EXPECT_THAT(Done("funnel"), HasSubstr("  Qualify     1        0  0 %     0\n"));

  std::string sale = Done("process show sale");
  sale.replace(sale.find("stage: qualify"), 14, "stage: meet");
  Done("process apply --yes " + Write(sale));
  EXPECT_THAT(Done("process migrate sale --stage qualify=meet"),
              AllOf(HasSubstr("1 from qualify to meet"), HasSubstr("--yes migrates them")));
  EXPECT_THAT(Run("process migrate sale --yes").output, HasSubstr("stays as it is"));
  EXPECT_THAT(Done("process migrate sale --stage qualify=meet --yes"),
              HasSubstr("1 of 1 opportunities follow processDefinitions/sale in revision 2"));
  EXPECT_THAT(Done("call GetOpportunity name=opportunities/desks"),
              AllOf(HasSubstr("\"stage\": \"meet\""), HasSubstr("\"process_revision\": \"2\"")));
}

}  // namespace
}  // namespace leadstream::testing
