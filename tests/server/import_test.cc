// ImportLeads over the wire: a stream of rows, and what became of each.
#include "common/server/intake.h"
#include "common/server/replicas.h"
#include "leadstream/lead/v1/lead_service.pb.h"
#include "tests/server/serving_leads.h"

namespace leadstream::testing {
namespace {

using namespace lead::v1;  // NOLINT(google-build-using-namespace): a page about these messages

class LeadImports : public ServingLeads {
 protected:
  grpc::Status Import(const std::vector<ImportLeadsRequest>& rows, ImportLeadsResponse* reply) {
    std::vector<const google::protobuf::Message*> requests;
    for (const ImportLeadsRequest& row : rows) requests.push_back(&row);
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(60)));
    return server::Upload(channel_.get(), runtime::MethodTaking(ImportLeadsRequest::descriptor()),
                          &context, requests, reply);
  }
  ImportLeadsResponse Imported(const std::vector<ImportLeadsRequest>& rows) {
    ImportLeadsResponse reply;
    const grpc::Status status = Import(rows, &reply);
    EXPECT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(reply.results_size(), static_cast<int>(rows.size()));
    return reply;
  }
  // "CREATED leads/a; REJECTED LEAD_INCOMPLETE"
  static std::string Outcomes(const ImportLeadsResponse& reply) {
    return absl::StrJoin(reply.results(), "; ", [](std::string* out, const auto& result) {
      absl::StrAppend(out, ImportLeadsResponse::Outcome_Name(result.outcome()), " ", result.lead(),
                      result.reason());
    });
  }
  std::vector<Lead> Leads() {
    auto page = Call<ListLeadsResponse>(Of<ListLeadsRequest>("page_size: 1000"));
    return {page.reply.leads().begin(), page.reply.leads().end()};
  }
  static ImportLeadsRequest Anna(const std::string& id, const std::string& more = "") {
    auto row = Of<ImportLeadsRequest>(
        "lead { topic: '40 seats' person { given_name: 'Anna' family_name: 'Kovács' } "
        "emails: 'anna@kovacs.example' }");
    row.MergeFrom(Of<ImportLeadsRequest>(more));
    row.set_lead_id(id);
    return row;
  }
};

TEST_F(LeadImports, ABadRowStopsNoOther) {
  const auto reply =
      Imported({Anna("a", "reference: 'f.csv:2'"),
                Of<ImportLeadsRequest>("reference: 'f.csv:3' lead { topic: 'x' }"),
                Of<ImportLeadsRequest>("reference: 'f.csv:4' lead { topic: 'x' emails: 'none' }"),
                Of<ImportLeadsRequest>("lead { topic: 'y' company: 'B Kft.' }")});
  EXPECT_EQ(reply.results(0).reference() + reply.results(2).reference(), "f.csv:2f.csv:4");
  EXPECT_EQ(reply.results(0).outcome(), ImportLeadsResponse::CREATED);
  EXPECT_EQ(reply.results(0).lead(), "leads/a");
  EXPECT_EQ(reply.results(1).reason(), "LEAD_INCOMPLETE");
  EXPECT_NE(reply.results(1).message().find("lead.person"), std::string::npos);
  EXPECT_EQ(reply.results(2).reason(), "INVALID_FIELD");
  EXPECT_NE(reply.results(2).message().find("lead.emails[0]"), std::string::npos);
  EXPECT_EQ(reply.results(3).outcome(), ImportLeadsResponse::CREATED);
  EXPECT_EQ(Leads().size(), 2u);
}

TEST_F(LeadImports, ARowThatComesAgainMakesOneLead) {
  const std::vector<ImportLeadsRequest> by_id = {Anna("a")};
  const std::vector<ImportLeadsRequest> by_request = {
      Of<ImportLeadsRequest>("lead { topic: 'y' company: 'B Kft.' } request_id: 'row-1'"),
      Of<ImportLeadsRequest>("lead { topic: 'z' company: 'C Kft.' } request_id: 'Row 2'")};
  EXPECT_EQ(Outcomes(Imported(by_id)), "CREATED leads/a");
  EXPECT_EQ(Outcomes(Imported(by_id)), "KNOWN leads/a");
  const std::string first = Outcomes(Imported(by_request));
  EXPECT_EQ(Outcomes(Imported(by_request)), first);
  EXPECT_EQ(first.substr(0, sizeof("CREATED leads/row-1") - 1), "CREATED leads/row-1");
  // The same row by another import: its lead is there.
  EXPECT_EQ(Outcomes(Imported({Anna("a", "request_id: 'another'")})), "KNOWN leads/a");
  EXPECT_EQ(Leads().size(), 3u);
}

TEST_F(LeadImports, ADuplicateIsCreatedFilledOrSkipped) {
  ASSERT_TRUE(CreateLead("first", "lead { emails: 'anna@kovacs.example' notes: 'first' }").ok());
  EXPECT_EQ(Outcomes(Imported({Anna("a", "on_duplicate: SKIP")})), "SKIPPED leads/first");
  const auto fill =
      Anna("a", "on_duplicate: FILL lead { notes: 'second' website: 'https://kovacs.example' }");
  const auto filled = Imported({fill});
  EXPECT_EQ(Outcomes(filled), "FILLED leads/first");
  EXPECT_EQ(absl::StrJoin(filled.results(0).filled().paths(), ","), "person,website");
  auto lead = Call<Lead>(Of<GetLeadRequest>("name: 'leads/first'")).reply;
  EXPECT_EQ(lead.notes() + ", " + lead.company() + ", " + lead.website(),
            "first, Kovács Kft., https://kovacs.example");
  // Again, there is nothing left to take.
  const int64_t records = Records();
  EXPECT_EQ(Imported({fill}).results(0).filled().paths_size(), 0);
  EXPECT_EQ(Records(), records);

  const auto created = Imported({Anna("b", "on_duplicate: CREATE")});
  EXPECT_EQ(Outcomes(created), "CREATED leads/b");
  EXPECT_EQ(absl::StrJoin(created.results(0).possible_duplicates(), ","), "leads/first");
}

TEST_F(LeadImports, WhoComesBackAfterALeadWasClosedIsANewOne) {
  ASSERT_TRUE(CreateLead("old", "lead { emails: 'anna@kovacs.example' }").ok());
  ASSERT_TRUE(
      Call<Lead>(Of<DisqualifyLeadRequest>("name: 'leads/old' reason: NO_LONGER_INTERESTED")).ok());
  const auto filling = Imported({Anna("fill", "on_duplicate: FILL")});
  EXPECT_EQ(Outcomes(filling), "CREATED leads/fill");
  EXPECT_EQ(absl::StrJoin(filling.results(0).possible_duplicates(), ","), "leads/old");
  EXPECT_EQ(Outcomes(Imported({Anna("skip", "on_duplicate: SKIP")})), "SKIPPED leads/fill");
}

// Thousands at once, each person twenty times: whichever comes first is created, and the others
// know it.
TEST_F(LeadImports, RowsThatAreAlikeKnowEachOther) {
  constexpr int kPeople = 50;
  constexpr int kRows = 1000;
  std::vector<ImportLeadsRequest> rows;
  for (int i = 0; i < kRows; ++i) {
    auto row = Of<ImportLeadsRequest>("lead { topic: 'seats' } on_duplicate: FILL");
    row.mutable_lead()->add_emails(absl::StrCat("p", i % kPeople, "@x.example"));
    row.set_lead_id(absl::StrCat("row-", i));
    rows.push_back(std::move(row));
  }
  const auto reply = Imported(rows);
  for (int i = 0; i < reply.results_size(); ++i) {
    EXPECT_EQ(reply.results(i).outcome(),
              i < kPeople ? ImportLeadsResponse::CREATED : ImportLeadsResponse::FILLED);
    EXPECT_EQ(reply.results(i).lead(), absl::StrCat("leads/row-", i % kPeople));
  }
  EXPECT_EQ(Leads().size(), static_cast<size_t>(kPeople));
}

TEST_F(LeadImports, ACallTakesSoManyRowsAndNoMore) {
  std::vector<ImportLeadsRequest> rows(server::kIntakeRowsMax);
  ImportLeadsResponse reply;
  EXPECT_TRUE(Import(rows, &reply).ok());
  EXPECT_EQ(reply.results(0).reason(), "INVALID_FIELD");
  rows.emplace_back();
  EXPECT_EQ(ReasonOf(Import(rows, &reply)), "TOO_MANY_ROWS");
  EXPECT_EQ(Outcomes(Imported({})), "");
}

}  // namespace
}  // namespace leadstream::testing
