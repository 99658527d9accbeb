// History as CSV and JSON: what is exported, and that the same comes of the same.
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <random>
#include <string>

#include "cli/all_services.h"
#include "cli/export/export.h"
#include "cli/export/text_formats.h"
#include "leadstream/common/v1/document.pb.h"
#include "tests/cli/run_leadstream.h"
#include "tests/history/written.h"

namespace leadstream::testing {
namespace {

using exporting::Manifest;
using ::testing::HasSubstr;
using ::testing::Not;

// By path below the directory.
std::map<std::string, std::string> FilesOf(const std::string& directory) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file())
      files[std::filesystem::relative(entry.path(), directory).string()] =
          *exporting::ReadFile(entry.path().string());
  }
  return files;
}

Manifest ExportCsv(const WrittenLog& written, const std::string& directory, size_t threads = 2,
                   exporting::ExportOptions options = {}) {
  server::Options log;
  log.data = std::filesystem::path(written.directory()).parent_path().string();
  auto history = history::History::Open(log, cli::AllServices());
  EXPECT_TRUE(history.ok()) << history.status();
  options.directory = directory;
  options.threads = threads;
  auto manifest = exporting::Export(history->get(), *exporting::Csv(), options);
  EXPECT_TRUE(manifest.ok()) << manifest.status();
  return manifest.ok() ? *manifest : Manifest{};
}

constexpr char kFirst[] = "events/context=lead/type=LeadCreated/day=1970-01-01/000001.csv";
constexpr char kSecond[] = "events/context=lead/type=LeadCreated/day=1970-01-01/000002.csv";

TEST(Export, GivesTheSameBytesWhateverTheThreads) {
  WrittenLog written;
  TemporaryDirectory directory;
  written.Topic("lead", 4);
  for (int i = 0; i < 200; ++i) written.Lead(i % 4, absl::StrCat("lead-", i), i);
  ExportCsv(written, directory.path() + "/one", 1);
  ExportCsv(written, directory.path() + "/five", 5);
  const auto one = FilesOf(directory.path() + "/one");
  EXPECT_EQ(one, FilesOf(directory.path() + "/five"));
  EXPECT_THAT(one.at("resources/leads/000001.csv"), HasSubstr("leads/lead-199"));
}

TEST(Export, GoesOnWhereTheOneBeforeEnded) {
  WrittenLog written;
  TemporaryDirectory directory;
  written.Topic("lead", 2);
  written.Lead(0, "early", 10);
  const Manifest first = ExportCsv(written, directory.path() + "/out");
  EXPECT_EQ(first.exports[0].events, 1);
  written.Claim("lead", 0);
  written.Lead(0, "stale", 20, "", /*epoch_before=*/true);
  written.Lead(0, "late", 30);
  exporting::ExportOptions events_only;
  events_only.resources = false;
  const Manifest second = ExportCsv(written, directory.path() + "/out", 2, events_only);
  ASSERT_EQ(second.exports.size(), 2u);
  EXPECT_EQ(second.exports[1].events, 1);
  EXPECT_EQ(second.exports[1].to.at("lead").at(0).epoch, 2);
  const auto files = FilesOf(directory.path() + "/out");
  EXPECT_THAT(files.at(kFirst), HasSubstr("leads/early"));
  EXPECT_THAT(files.at(kSecond), HasSubstr("leads/late"));
  EXPECT_THAT(files.at(kSecond), Not(HasSubstr("leads/stale")));
  // Nothing new: nothing is written.
  EXPECT_EQ(ExportCsv(written, directory.path() + "/out", 2, events_only).exports.size(), 2u);
  EXPECT_EQ(FilesOf(directory.path() + "/out"), files);
}

TEST(Export, GoesAsFarAsAnotherOne) {
  WrittenLog written;
  TemporaryDirectory directory;
  written.Topic("lead", 2);
  written.Lead(0, "early", 10);
  exporting::ExportOptions as_before;
  as_before.to = ExportCsv(written, directory.path() + "/before").exports[0].to;
  written.Lead(1, "late", 20);
  ExportCsv(written, directory.path() + "/again", 2, as_before);
  EXPECT_EQ(FilesOf(directory.path() + "/before"), FilesOf(directory.path() + "/again"));
}

TEST(Export, HoldsResourcesAsTheyStood) {
  WrittenLog written;
  TemporaryDirectory directory;
  written.Topic("lead", 1);
  written.Lead(0, "early", 10);
  written.Lead(0, "late", 30);
  exporting::ExportOptions between;
  between.as_of = absl::FromUnixSeconds(20);
  ExportCsv(written, directory.path() + "/out", 1, between);
  const std::string leads = FilesOf(directory.path() + "/out").at("resources/leads/000001.csv");
  EXPECT_THAT(leads, HasSubstr("leads/early"));
  EXPECT_THAT(leads, Not(HasSubstr("leads/late")));
}

TEST(Export, KeepsTheBytesOfWhatItDoesNotKnow) {
  WrittenLog written;
  TemporaryDirectory directory;
  written.Topic("lead", 1);
  log::Record record;
  record.set_subject("leads/a");
  record.set_type("leadstream.lead.v2.LeadCloned");
  record.set_data("\x0a\x01x");
  record.set_id("event");
  record.set_revision(1);
  record.set_epoch(1);
  written.Append("lead", 0, record);
  record.set_subject("leads/b");
  record.set_type("leadstream.lead.v1.LeadContacted");
  record.set_data("\xfa\x3f\x01x");  // a field that this version does not know
  written.Append("lead", 0, record);
  ExportCsv(written, directory.path() + "/out");
  const auto files = FilesOf(directory.path() + "/out");
  EXPECT_THAT(files.at("events/context=lead/type=LeadCloned.v2/day=1970-01-01/000001.csv"),
              HasSubstr(",CgF4\n"));
  EXPECT_THAT(files.at("events/context=lead/type=LeadContacted/day=1970-01-01/000001.csv"),
              HasSubstr(",+j8BeA==\n"));
}

TEST(Export, DoesNotTouchADirectoryThatHoldsSomethingElse) {
  TemporaryDirectory directory;
  ASSERT_TRUE(exporting::ReplaceFile(directory.path() + "/precious", "keep").ok());
  const Ran ran = Leadstream(absl::StrCat("export csv ", directory.path(), " --data /nowhere"));
  EXPECT_EQ(ran.exit_code, 1);
  EXPECT_THAT(ran.output, HasSubstr("there is no log in /nowhere"));
  WrittenLog written;
  written.Topic("lead", 1);
  const Ran refused =
      Leadstream(absl::StrCat("export csv ", directory.path(), " --data ",
                              std::filesystem::path(written.directory()).parent_path().string()));
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.output, HasSubstr("holds something else than an export"));
}

// ndjson, of the demo: enough to be killed in.
TEST(Export, ThatIsKilledAndBegunAgainGivesTheSame) {
  TemporaryDirectory directory;
  const std::string data = directory.path() + "/demo", killed = directory.path() + "/killed",
                    whole = directory.path() + "/whole";
  ASSERT_EQ(Leadstream(absl::StrCat("demo --data ", data, " --samples ", kSamples)).exit_code, 0);
  const std::string arguments = absl::StrCat("export ndjson --data ", data, " ");
  ASSERT_EQ(Leadstream(arguments + whole).exit_code, 0);
  std::mt19937 random(6);  // NOLINT(cert-msc51-cpp): the same each time
  int kills = 0;
  for (int attempt = 0; attempt < 50 && kills < 3; ++attempt) {
    const int ms = std::uniform_int_distribution<int>(10, 250)(random);
    const Ran ran = Shell(absl::StrCat("timeout -s KILL 0.", absl::Dec(ms, absl::kZeroPad3), " ",
                                       LEADSTREAM_EXECUTABLE, " ", arguments, killed));
    if (ran.exit_code == 137) {
      ++kills;
    } else {
      ASSERT_EQ(ran.exit_code, 0) << ran.output;
      ASSERT_EQ(FilesOf(killed), FilesOf(whole));
      std::filesystem::remove_all(killed);
    }
  }
  EXPECT_EQ(kills, 3);
  ASSERT_EQ(Leadstream(arguments + killed).exit_code, 0);
  EXPECT_EQ(FilesOf(killed), FilesOf(whole));
}

TEST(ExportedColumns, SayWhatTheirMessageSays) {
  common::v1::Line line;
  line.mutable_quantity()->set_value("1.5e-3");
  line.mutable_net()->set_currency_code("HUF");
  line.mutable_net()->set_units(-3);
  line.mutable_net()->set_nanos(-250'000'000);
  std::map<std::string, std::string> decimals;
  for (const exporting::Column& column : exporting::ColumnsOf(*line.GetDescriptor())) {
    const exporting::Cell cell{line, column};
    if (!cell.IsSet() || column.kind == exporting::Kind::kText) continue;
    const bool money = column.kind == exporting::Kind::kMoney;
    decimals[column.name] = exporting::DecimalText(
        *cell.Unscaled(), money ? exporting::kMoneyScale : exporting::kDecimalScale);
  }
  EXPECT_EQ(decimals,
            (std::map<std::string, std::string>{{"quantity", "0.0015"}, {"net", "-3.25"}}));
  line.mutable_quantity()->set_value("0.00000000001");
  const auto columns = exporting::ColumnsOf(*line.GetDescriptor());
  for (const exporting::Column& column : columns) {
    if (column.name == "quantity") {
      EXPECT_FALSE((exporting::Cell{line, column}).Unscaled().ok());
    }
  }
}

}  // namespace
}  // namespace leadstream::testing
