// What `leadstream verify` finds: nothing in a log that is whole, and each kind of corruption in
// one that is not; those of sales are in sale_corruptions_test.cc.
#include <absl/strings/str_cat.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "leadstream/lead/v1/events.pb.h"
#include "leadstream/ordering/v1/events.pb.h"
#include "tests/cli/demo_data.h"
#include "tests/cli/run_leadstream.h"
#include "tests/history/written.h"
#include "tests/verify/corruption.h"

namespace leadstream::testing {
namespace {

using lead::v1::LeadContacted;
using log::Record;
using ordering::v1::OrderPlaced;
using ::testing::HasSubstr;

constexpr int64_t kTwoDaysUs = int64_t{2} * 24 * 3600 * 1'000'000;

bool IsEvent(const Record& record) { return !record.subject().empty(); }

// Of a lead's event.
Corruption OfRecord(const char* check, const std::function<bool(Record*)>& change,
                    const std::string& service = "lead") {
  return {check, [change, service](TamperedLog* log) {
            log->Change(service,
                        [&](Record* record) { return IsEvent(*record) && change(record); });
          }};
}

std::vector<Corruption> OfPartitions() {
  return {
      {"offset-gap",
       [](TamperedLog* log) {
         log->Remove("lead", [](const Record& record) { return record.revision() == 2; });
       }},
      {"claim-unreadable",
       [](TamperedLog* log) {
         log->Change("lead", [](Record* record) {
           record->set_data("\xff");
           return !IsEvent(*record);
         });
       }},
      {"epoch-skipped",
       [](TamperedLog* log) {
         log->Change("lead", [](Record* record) {
           record->set_epoch(3);
           return !IsEvent(*record);
         });
       }},
      OfRecord("epoch-unclaimed", [](Record* record) { return record->set_epoch(99), true; }),
      OfRecord("type-unknown",
               [](Record* record) {
                 return record->set_type("leadstream.lead.v1.LeadTeleported"), true;
               }),
      OfRecord("payload-unreadable",
               [](Record* record) { return record->set_data("\x0a\xff"), true; }),
      OfRecord("payload-not-canonical",
               [](Record* record) {
                 record->mutable_data()->append("\x12\x00", 2);  // a note of no letter
                 return record->type() == LeadContacted::descriptor()->full_name();
               }),
      OfRecord("subject-unknown",
               [](Record* record) { return record->set_subject("lamps/1"), true; }),
      OfRecord("type-of-other-resource",
               [](Record* record) {
                 record->set_data("");
                 record->set_type("leadstream.lead.v1.AccountCreated");
                 return record->subject().rfind("leads/", 0) == 0;
               }),
      OfRecord("revision-gap", [](Record* record) { return record->set_revision(7), true; }),
      OfRecord("event-id-missing", [](Record* record) { return record->clear_id(), true; }),
      OfRecord("actor-missing", [](Record* record) { return record->clear_actor(), true; }),
      OfRecord("time-invalid", [](Record* record) { return record->set_time_us(0), true; }),
      OfRecord("time-backwards",
               [](Record* record) {
                 record->set_time_us(record->time_us() - kTwoDaysUs);
                 return record->revision() > 1;
               }),
      OfRecord("request-hash-missing",
               [](Record* record) {
                 record->clear_request_hash();
                 return !record->request_id().empty();
               }),
      {"request-id-reused",
       [](TamperedLog* log) {
         std::string first;
         log->Change("lead", [&first](Record* record) {
           if (record->request_id().empty()) return false;
           if (first.empty()) {
             first = record->request_id();
             return false;
           }
           record->set_request_id(first);
           return true;
         });
       }},
      {"partition-wrong",
       [](TamperedLog* log) {
         Record lead;
         lead.set_subject("leads/strayed");
         lead.set_type("leadstream.lead.v1.LeadCreated");
         lead.set_id("strayed");
         lead.set_actor("nobody");
         lead.set_time_us(1);
         lead.set_revision(1);
         lead.set_epoch(1);
         log->Append("lead", lead, /*partitions_off=*/1);
       }},
      {"event-after-deletion",
       [](TamperedLog* log) {
         Record quote;
         quote.set_subject("quotes/gone");
         quote.set_id("1");
         quote.set_actor("nobody");
         quote.set_time_us(1);
         quote.set_epoch(1);
         for (const char* type : {"QuoteCreated", "QuoteDeleted", "QuoteUpdated"}) {
           quote.set_type(absl::StrCat("leadstream.quoting.v1.", type));
           quote.set_revision(quote.revision() + 1);
           log->Append("quoting", quote);
         }
       }},
  };
}

std::vector<Corruption> OfFlows() {
  return {
      {"event-id-doubled",
       [](TamperedLog* log) {
         std::string first;
         log->Change("lead", [&first](Record* record) {
           if (!IsEvent(*record)) return false;
           record->set_id(first.empty() ? record->id() : first);
           return !std::exchange(first, record->id()).empty();
         });
       }},
      OfRecord(
          "cause-missing",
          [](Record* record) {
            const bool caused = !record->causation_id().empty();
            return record->set_causation_id("nothing"), caused;
          },
          "ordering"),
      OfRecord(
          "cause-later",
          [](Record* record) {
            record->set_time_us(record->time_us() - kTwoDaysUs);
            return !record->causation_id().empty();
          },
          "ordering"),
      OfRecord(
          "flow-differs",
          [](Record* record) {
            record->set_correlation_id("another");
            return !record->causation_id().empty();
          },
          "ordering"),
  };
}

TEST(Verify, FindsNothingInALogThatIsWhole) {
  EXPECT_EQ(Verified(DemoData()), (std::map<std::string, int64_t>{}));
  const Ran ran = Leadstream(absl::StrCat("verify --data ", DemoData()));
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
  EXPECT_THAT(ran.output, HasSubstr(" events, 0 findings\n"));
}

TEST(Verify, FindsWhatIsWrongInPartitions) { ExpectEachFound(OfPartitions()); }
TEST(Verify, FindsWhatIsWrongInFlows) { ExpectEachFound(OfFlows()); }
TEST(Verify, SaysWhereAndTellsTheStory) {
  TamperedLog log(DemoData());
  std::string order;
  log.ChangeEvent<OrderPlaced>([&order](Record* record, OrderPlaced* placed) {
    order = record->subject();
    return placed->mutable_order()->set_quote("quotes/none"), true;
  });
  log.Close();
  const Ran ran = Leadstream(absl::StrCat("verify --grace 0 --data ", log.data()));
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.output, HasSubstr("order-without-quote: 1\n"));
  EXPECT_THAT(ran.output, HasSubstr(absl::StrCat(order, "  quotes/none was not accepted\n")));
  EXPECT_THAT(ran.output, HasSubstr("OrderPlaced  by reactions/"));
  const auto json = JsonOf(Leadstream(absl::StrCat("verify --grace 0 --json --data ", log.data())));
  EXPECT_EQ(json.fields().at("findings").number_value(), 2);  // and its quote has none
}

TEST(Verify, ReadsAnExportToo) {
  TemporaryDirectory directory;
  const std::string out = directory.path() + "/out";
  ASSERT_EQ(Leadstream(absl::StrCat("export ndjson ", out, " --data ", DemoData())).exit_code, 0);
  const Ran whole = Leadstream(absl::StrCat("verify --grace 0 --export ", out));
  EXPECT_EQ(whole.exit_code, 0) << whole.output;
  EXPECT_EQ(Leadstream(absl::StrCat("verify --data ", DemoData())).output, whole.output);
  const Ran edited = Shell(absl::StrCat(
      "sed -i '1s/\"revision\":1/\"revision\":4/' ", out,
      "/events/context=ordering/type=OrderPlaced/*/*.ndjson && rm ", out,
      "/resources/leads/*.ndjson && ", LEADSTREAM_EXECUTABLE, " verify --json --export ", out));
  EXPECT_EQ(edited.exit_code, 2);
  for (const char* check : {"file-differs", "file-missing", "revision-gap"})
    EXPECT_THAT(edited.output, HasSubstr(check));
}

TEST(Verify, ReadsABackupToo) {
  TemporaryDirectory directory;
  const std::string copy = directory.path() + "/copy", verify = "verify --backup " + copy;
  ASSERT_EQ(Leadstream(absl::StrCat("backup ", copy, " --data ", DemoData())).exit_code, 0);
  const Ran whole = Leadstream(verify);
  EXPECT_EQ(whole.exit_code, 0) << whole.output;
  EXPECT_THAT(whole.output, HasSubstr(" events, 0 findings"));

  TamperedLog tampered(DemoData());
  tampered.Change("lead",
                  [](Record* record) { return IsEvent(*record) && (record->clear_actor(), true); });
  tampered.Close();
  const std::string other = directory.path() + "/other";
  ASSERT_EQ(Leadstream(absl::StrCat("backup ", other, " --data ", tampered.data())).exit_code, 0);
  const Ran wrong = Leadstream("verify --backup " + other);
  EXPECT_EQ(wrong.exit_code, 2) << wrong.output;
  EXPECT_THAT(wrong.output, HasSubstr("actor-missing: 1"));

  for (const auto& file : std::filesystem::recursive_directory_iterator(copy)) {
    if (file.path().extension() != ".records") continue;
    std::ofstream(file.path(), std::ios::app) << "more";
    break;
  }
  const Ran broken = Leadstream(verify);
  EXPECT_EQ(broken.exit_code, 1) << broken.output;
}

TEST(Verify, LeavesOutWhatAnOperatorHasDecidedToSkip) {
  WrittenLog written;
  written.Topic("lead", 1);
  written.UnreadableLead(0, "broken", 1);
  const std::string verify = absl::StrCat(
      "verify --data ", std::filesystem::path(written.directory()).parent_path().string());
  EXPECT_THAT(Leadstream(verify).output, HasSubstr("payload-unreadable"));
  written.Append("lead", 0, log::Fence(1).Skip("decision", "bela", 1, "a broken disk", 2));
  const Ran ran = Leadstream(verify);
  EXPECT_EQ(ran.exit_code, 0) << ran.output;
}

}  // namespace
}  // namespace leadstream::testing
