// Reads over the wire: as it is, as it was.
#include <algorithm>

#include "leadstream/lead/v1/lead_service.pb.h"
#include "leadstream/quoting/v1/quote_service.pb.h"
#include "tests/server/serving_leads.h"

namespace leadstream::testing {
namespace {

using grpc::StatusCode;
using lead::v1::GetLeadRequest;
using lead::v1::Lead;
using lead::v1::ListLeadsRequest;
using lead::v1::ListLeadsResponse;

class Reads : public ServingLeads {
 protected:
  static GetLeadRequest Get(const std::string& name, int64_t revision = 0) {
    GetLeadRequest get;
    get.set_name(name);
    get.set_read_revision(revision);
    return get;
  }
};

TEST_F(Reads, ThePastIsReadByRevisionAndByTime) {
  const Lead created = CreateLead("one").reply;
  Assign("leads/one", "anna");
  EXPECT_EQ(Call<Lead>(Get("leads/one")).reply.owner(), "anna");
  EXPECT_EQ(Call<Lead>(Get("leads/one", 1)).reply.SerializeAsString(), created.SerializeAsString());
  GetLeadRequest then = Get("leads/one");
  *then.mutable_read_time() = created.create_time();
  EXPECT_EQ(Call<Lead>(then).reply.owner(), "");
  then.mutable_read_time()->set_seconds(created.create_time().seconds() - 60);
  EXPECT_EQ(Call<Lead>(then).code(), StatusCode::OUT_OF_RANGE);
  EXPECT_EQ(Call<Lead>(Get("leads/one", 3)).code(), StatusCode::OUT_OF_RANGE);
  EXPECT_EQ(Call<Lead>(Get("leads/one", -1)).fields(), "read_revision");
}

TEST_F(Reads, PagesTogetherHoldEachResourceOnce) {
  std::vector<std::string> open;
  for (int i = 0; i < 25; ++i) {
    const std::string source = i % 2 == 0 ? "WEB" : "EMAIL";
    open.push_back(CreateLead(absl::StrCat("l", i),
                              absl::StrCat("lead { source: ", source, " score: ", i % 7, " }"))
                       .reply.name());
  }
  ListLeadsRequest list;
  list.set_page_size(4);
  std::vector<std::string> newest_first(open.rbegin(), open.rend());
  EXPECT_EQ(NamesOf(list), newest_first);
  list.set_order_by("create_time");
  EXPECT_EQ(NamesOf(list), open);

  list.set_filter("source = WEB AND score >= 3");
  list.set_order_by("score desc");
  std::vector<std::string> listed = NamesOf(list), expected;
  for (int i = 0; i < 25; i += 2) {
    if (i % 7 >= 3) expected.push_back(absl::StrCat("leads/l", i));
  }
  std::sort(listed.begin(), listed.end());
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(listed, expected);
}

TEST_F(Reads, APageTokenIsForItsOwnListAlone) {
  for (int i = 0; i < 3; ++i) CreateLead(absl::StrCat("l", i));
  ListLeadsRequest list;
  list.set_page_size(1);
  const std::string token = Call<ListLeadsResponse>(list).reply.next_page_token();
  ASSERT_FALSE(token.empty());
  list.set_page_token(token);
  EXPECT_TRUE(Call<ListLeadsResponse>(list).ok());
  list.set_filter("state = OPEN");
  EXPECT_EQ(Call<ListLeadsResponse>(list).reason(), "PAGE_TOKEN_INVALID");
  list.clear_filter();
  list.set_page_token(token.substr(0, token.size() - 1));
  EXPECT_EQ(Call<ListLeadsResponse>(list).reason(), "PAGE_TOKEN_INVALID");
  Restart();
  list.set_page_token(token);
  EXPECT_TRUE(Call<ListLeadsResponse>(list).ok()) << "also after a restart";
}

TEST_F(Reads, AStoryTellsWhoDidWhatAndWhy) {
  CreateLead("one");
  Assign("leads/one", "anna");
  lead::v1::ListLeadEventsRequest list;
  list.set_name("leads/one");
  list.set_page_size(1);
  auto first = Call<lead::v1::ListLeadEventsResponse>(list);
  ASSERT_EQ(first.reply.events_size(), 1);
  EXPECT_EQ(first.reply.events(0).type(), "leadstream.lead.v1.LeadCreated");
  list.set_page_token(first.reply.next_page_token());
  auto second = Call<lead::v1::ListLeadEventsResponse>(list);
  ASSERT_EQ(second.reply.events_size(), 1);
  EXPECT_EQ(second.reply.events(0).revision(), 2);
  EXPECT_EQ(second.reply.events(0).actor(), "anonymous");
  EXPECT_TRUE(second.reply.next_page_token().empty());
}

}  // namespace
}  // namespace leadstream::testing
