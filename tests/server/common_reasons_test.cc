// The reasons that every service may give: each has a row here, one call that is refused with it,
// or the test that takes more than a call to bring it about.
#include <fstream>
#include <functional>
#include <map>
#include <sstream>

#include "leadstream/common/v1/error_reason.pb.h"
#include "leadstream/common/v1/node.pb.h"
#include "leadstream/lead/v1/lead_service.pb.h"
#include "leadstream/quoting/v1/quote_service.pb.h"
#include "tests/server/serving_leads.h"

namespace leadstream::testing {
namespace {

using common::v1::ExecuteCommandRequest;
using common::v1::ExecuteCommandResponse;
using common::v1::SkipRecordRequest;
using common::v1::SkipRecordResponse;
using lead::v1::GetLeadRequest;
using lead::v1::Lead;
using lead::v1::ListLeadsRequest;
using lead::v1::ListLeadsResponse;
using lead::v1::MarkLeadContactedRequest;
using quoting::v1::CreateQuoteRequest;
using quoting::v1::Quote;

// Where a reason is expected that no single call brings about.
const std::map<std::string, std::string>& Elsewhere() {
  static const auto* const files = new std::map<std::string, std::string>{
      {"QUEUE_FULL", "tests/runtime/service_test.cc"},
      {"WRITER_UNAVAILABLE", "tests/server/storage_test.cc"},
      {"STORAGE_UNAVAILABLE", "tests/server/storage_test.cc"},
      {"DEADLINE_PASSED", "tests/runtime/service_test.cc"},
      {"SHUTTING_DOWN", "tests/server/watch_test.cc"},
      {"PARKED_REACTION_NOT_OPEN", "tests/server/sale_test.cc"},
      {"OWNER_UNAVAILABLE", "tests/server/timeline_test.cc"},
      {"TOO_MANY_ROWS", "tests/server/import_test.cc"},
      {"NEEDS_CHANGED", "tests/runtime/needs_test.cc"},
      {"TOKEN_MISSING", "tests/server/authentication_test.cc"},
      {"TOKEN_INVALID", "tests/server/authentication_test.cc"},
      {"TOKEN_EXPIRED", "tests/server/authentication_test.cc"},
      {"METHOD_NOT_PERMITTED", "tests/server/authentication_test.cc"},
      {"ROW_NOT_PERMITTED", "tests/server/authentication_test.cc"},
      {"RATE_EXCEEDED", "tests/server/authentication_test.cc"},
  };
  return *files;
}

class CommonReasons : public ServingLeads {
 protected:
  std::map<std::string, std::function<grpc::Status()>> Rows() {
    const auto list = [this](const std::string& text) {
      return Call<ListLeadsResponse>(Of<ListLeadsRequest>(text)).status;
    };
    const auto get = [this](const std::string& text, const std::string& after = "") {
      // A server waits 10 s for a position.
      return Call<Lead>(Of<GetLeadRequest>(text), after, absl::Seconds(30)).status;
    };
    return {
        {"INVALID_FIELD", [this] { return CreateLead("Not An Id").status; }},
        {"RESOURCE_NOT_FOUND", [get] { return get("name: 'leads/nobody'"); }},
        {"RESOURCE_ALREADY_EXISTS", [this] { return CreateLead("anna").status; }},
        {"ETAG_MISMATCH",
         [this] {
           return Call<Lead>(Of<MarkLeadContactedRequest>("name: 'leads/anna' etag: '7'")).status;
         }},
        {"REQUEST_ID_REUSED",
         [this] {
           EXPECT_TRUE(CreateLead("bela", "request_id: 'one'").ok());
           return CreateLead("bela", "request_id: 'one' lead { need: 'another' }").status;
         }},
        {"PAGE_TOKEN_INVALID", [list] { return list("page_token: 'made up'"); }},
        {"FILTER_INVALID", [list] { return list("filter: 'state ='"); }},
        {"ORDER_BY_INVALID", [list] { return list("order_by: 'notes'"); }},
        {"REQUEST_MALFORMED",
         [this] { return CallRaw("/leadstream.lead.v1.LeadService/CreateLead", "\xff\xff\xff"); }},
        {"POSITION_NOT_REACHED", [get] { return get("name: 'leads/anna'", "lead/0:999999"); }},
        {"READ_OUT_OF_RANGE", [get] { return get("name: 'leads/anna' read_revision: 99"); }},
        {"METHOD_UNIMPLEMENTED",
         [this] {
           return Call<ExecuteCommandResponse>(
                      Of<ExecuteCommandRequest>("service: 'lead' name: 'leads/anna' request { "
                                                "type_url: 'newer.version/of.ARequest' }"))
               .status;
         }},
        {"RECORD_NOT_STOPPED_AT",
         [this] {
           return Call<SkipRecordResponse>(
                      Of<SkipRecordRequest>("position: 'lead/0:0' reason: 'none'"))
               .status;
         }},
        {"REFERENCE_NOT_FOUND",
         [this] {
           return Call<Quote>(Of<CreateQuoteRequest>("quote { opportunity: 'opportunities/none' }"))
               .status;
         }},
    };
  }
};

TEST_F(CommonReasons, AreEachGiven) {
  ASSERT_TRUE(CreateLead("anna").ok());
  const auto rows = Rows();
  const auto* reasons = common::v1::ErrorReason_descriptor();
  for (int i = 0; i < reasons->value_count(); ++i) {
    const std::string& reason = reasons->value(i)->name();
    if (reasons->value(i)->number() == 0) continue;
    SCOPED_TRACE(reason);
    if (auto row = rows.find(reason); row != rows.end()) {
      EXPECT_EQ(ReasonOf(row->second()), reason);
      continue;
    }
    auto file = Elsewhere().find(reason);
    ASSERT_NE(file, Elsewhere().end()) << "no call here is refused with it";
    std::ifstream in(absl::StrCat(LEADSTREAM_SOURCE_DIR, "/", file->second));
    std::stringstream text;
    text << in.rdbuf();
    EXPECT_NE(text.str().find(absl::StrCat("\"", reason, "\"")), std::string::npos)
        << file->second << " does not expect it";
  }
}

}  // namespace
}  // namespace leadstream::testing
