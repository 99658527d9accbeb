// Which events are wanted, and how they are written.
#include "cli/history/selection.h"

#include <gmock/gmock.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "cli/all_services.h"
#include "cli/history/cloud_event.h"
#include "leadstream/billing/v1/events.pb.h"
#include "leadstream/lead/v1/events.pb.h"

namespace leadstream::testing {
namespace {

using history::Selection;
using history::SelectionOptions;
using ::testing::HasSubstr;

template <typename Event>
log::LoggedRecord Happened(const std::string& subject, const Event& event) {
  log::LoggedRecord logged;
  logged.partition = 3;
  logged.offset = 100;
  logged.record.set_subject(subject);
  logged.record.set_type(Event::descriptor()->full_name());
  logged.record.set_data(event.SerializeAsString());
  logged.record.set_id("0199");
  logged.record.set_time_us(1'772'443'391'512'345);  // 2026-03-02T09:23:11.512345Z
  logged.record.set_revision(2);
  logged.record.set_epoch(7);
  logged.record.set_actor("anna");
  logged.record.set_correlation_id("flow-1");
  return logged;
}

log::LoggedRecord Created(const std::string& company) {
  lead::v1::LeadCreated created;
  created.mutable_lead()->set_company(company);
  created.mutable_lead()->set_source(lead::v1::Lead::WEB);
  return Happened("leads/4711", created);
}

bool Wants(const SelectionOptions& options, const log::LoggedRecord& event,
           const std::string& service = "lead") {
  auto selection = Selection::Make(options, cli::AllServices());
  EXPECT_TRUE(selection.ok()) << selection.status();
  return selection.ok() && selection->Wants(service, event);
}

std::string Wrong(const SelectionOptions& options) {
  return std::string(Selection::Make(options, cli::AllServices()).status().message());
}

absl::Time At(const char* text) {
  absl::Time time;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, nullptr));
  return time;
}

TEST(Selection, OfNothingWantsAll) { EXPECT_TRUE(Wants({}, Created("Acme"))); }

TEST(Selection, IsByEachThingThatARecordSays) {
  const log::LoggedRecord created = Created("Acme");
  EXPECT_TRUE(Wants({.services = {"lead"}}, created));
  EXPECT_FALSE(Wants({.services = {"billing"}}, created));
  EXPECT_TRUE(Wants({.types = {"LeadCreated"}}, created));
  EXPECT_TRUE(Wants({.types = {"LeadUpdated", "leadstream.lead.v1.LeadCreated"}}, created));
  EXPECT_FALSE(Wants({.types = {"LeadUpdated"}}, created));
  EXPECT_TRUE(Wants({.resource = "leads/4711"}, created));
  EXPECT_FALSE(Wants({.resource = "leads/47"}, created));
  EXPECT_TRUE(Wants({.resource = "leads/-"}, created));
  EXPECT_FALSE(Wants({.resource = "accounts/-"}, created));
  EXPECT_TRUE(Wants({.actor = "anna"}, created));
  EXPECT_FALSE(Wants({.actor = "ann"}, created));
  EXPECT_TRUE(Wants({.correlation_id = "flow-1"}, created));
  EXPECT_FALSE(Wants({.correlation_id = "flow-2"}, created));
}

TEST(Selection, OfATimeHoldsItsBeginningAndNotItsEnd) {
  const log::LoggedRecord created = Created("Acme");
  const absl::Time recorded = At("2026-03-02T09:23:11.512345Z");
  EXPECT_TRUE(Wants({.since = recorded}, created));
  EXPECT_FALSE(Wants({.since = recorded + absl::Microseconds(1)}, created));
  EXPECT_FALSE(Wants({.until = recorded}, created));
  EXPECT_TRUE(Wants({.until = recorded + absl::Microseconds(1)}, created));
}

TEST(Selection, OfPositionsReadsTheirPartitionsAlone) {
  const log::LoggedRecord created = Created("Acme");  // lead/3:100
  EXPECT_TRUE(Wants({.from = {{"lead", 3, 100}}}, created));
  EXPECT_FALSE(Wants({.from = {{"lead", 3, 101}}}, created));
  EXPECT_FALSE(Wants({.to = {{"lead", 3, 100}}}, created));
  EXPECT_TRUE(Wants({.from = {{"lead", 3, 7}}, .to = {{"lead", 3, 101}}}, created));
  EXPECT_FALSE(Wants({.from = {{"lead", 4, 0}}}, created));
  EXPECT_FALSE(Wants({.from = {{"billing", 3, 0}}}, created));
  auto selection = Selection::Make({.from = {{"lead", 3, 7}}}, cli::AllServices());
  EXPECT_TRUE(selection->Reads("lead", 3));
  EXPECT_FALSE(selection->Reads("lead", 4));
  EXPECT_FALSE(selection->Reads("billing"));
}

// Kinds of event that lack a field of the filter are not wanted; no kind at all is an error.
TEST(Selection, AFilterIsOverTheEventsOwnFields) {
  EXPECT_TRUE(Wants({.filter = "lead.source = WEB AND lead.company = \"Ac*\""}, Created("Acme")));
  EXPECT_FALSE(Wants({.filter = "lead.source = EMAIL"}, Created("Acme")));
  EXPECT_FALSE(Wants({.filter = "invoice.currency = EUR"}, Created("Acme")));
  billing::v1::InvoiceIssued issued;
  issued.mutable_invoice()->set_currency("EUR");
  EXPECT_TRUE(
      Wants({.filter = "invoice.currency = EUR"}, Happened("invoices/1", issued), "billing"));
  EXPECT_THAT(Wrong({.filter = "nothing.like.it = 1"}),
              HasSubstr("no event has the fields that the filter names"));
  EXPECT_THAT(Wrong({.types = {"LeadCreated"}, .filter = "lead.sourc = WEB"}),
              HasSubstr("did you mean"));
}

TEST(Selection, SaysWhatThereIsNot) {
  EXPECT_EQ(
      Wrong({.services = {"shipping"}}),
      "there is no context 'shipping'; there are lead, opportunity, quoting, ordering, billing");
  EXPECT_THAT(Wrong({.types = {"LeadLoved"}}), HasSubstr("there is no event 'LeadLoved'"));
  EXPECT_THAT(Wrong({.services = {"billing"}, .types = {"LeadCreated"}}),
              HasSubstr("there is no event 'LeadCreated'"));
  EXPECT_THAT(Wrong({.resource = "4711"}), HasSubstr("'4711' is no name of a resource"));
}

TEST(CloudEvent, IsInTheJsonFormatOfTheStandard) {
  google::protobuf::Struct written, expected;
  const std::string json = history::ToCloudEvent("lead", Created("Kovács \"és\" fia\n"));
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(json, &written).ok()) << json;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(R"({
      "specversion": "1.0", "id": "0199", "source": "/leadstream.lead",
      "type": "leadstream.lead.v1.LeadCreated", "subject": "leads/4711",
      "time": "2026-03-02T09:23:11.512345Z",
      "dataschema": "https://type.googleapis.com/leadstream.lead.v1.LeadCreated",
      "revision": 2, "epoch": 7, "actor": "anna", "correlationid": "flow-1",
      "position": "lead/3:100", "datacontenttype": "application/json",
      "data": {"lead": {"company": "Kovács \"és\" fia\n", "source": "WEB"}}})",
                                                          &expected)
                  .ok());
  EXPECT_EQ(written.DebugString(), expected.DebugString());
}

TEST(CloudEvent, OfAnotherVersionKeepsItsBytes) {
  log::LoggedRecord unknown = Created("Acme");
  unknown.record.set_type("leadstream.lead.v9.LeadCloned");
  unknown.record.set_data("\x01\x02\xff");
  EXPECT_THAT(history::ToCloudEvent("lead", unknown), HasSubstr("\"data_base64\":\"AQL/\""));
}

}  // namespace
}  // namespace leadstream::testing
