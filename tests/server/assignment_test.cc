// New leads get an owner by rules, over the wire.
#include <google/protobuf/empty.pb.h>

#include <map>
#include <thread>

#include "leadstream/lead/v1/assignment_rule_service.pb.h"
#include "tests/server/serving_leads.h"
#include "tests/server/watching.h"

namespace leadstream::testing {
namespace {

using namespace lead::v1;  // NOLINT(google-build-using-namespace): a page about these messages

class Assignment : public ServingLeads {
 protected:
  void CreateRule(const std::string& id, const std::string& rule) {
    auto create = Of<CreateAssignmentRuleRequest>(
        "assignment_rule { display_name: 'r' enabled: "
        "true " +
        rule + " }");
    create.set_assignment_rule_id(id);
    auto answer = Call<AssignmentRule>(create);
    ASSERT_TRUE(answer.ok()) << answer.status.error_message();
  }
  std::string AwaitOwner(const std::string& lead) {
    GetLeadRequest get;
    get.set_name("leads/" + lead);
    return Await<Lead>(get, [](const Lead& now) { return !now.owner().empty(); }).owner();
  }
  int Owned(const std::string& filter) {
    ListLeadsRequest list;
    list.set_filter(filter);
    list.set_page_size(1000);
    return Call<ListLeadsResponse>(list).reply.leads_size();
  }
};

TEST_F(Assignment, RoundRobinKeepsItsPlaceOverARestart) {
  CreateRule("web",
             "method: ROUND_ROBIN filter: 'source = WEB' assignees { owner: 'anna' } "
             "assignees { owner: 'bela' }");
  ASSERT_TRUE(CreateLead("one", "lead { source: WEB }").ok());
  EXPECT_EQ(AwaitOwner("one"), "anna");
  Restart();
  ASSERT_TRUE(CreateLead("two", "lead { source: WEB }").ok());
  EXPECT_EQ(AwaitOwner("two"), "bela");
  ASSERT_TRUE(CreateLead("by-phone", "lead { source: PHONE }").ok());
  ASSERT_TRUE(CreateLead("hers", "lead { source: WEB owner: 'cili' }").ok());
  ASSERT_TRUE(CreateLead("three", "lead { source: WEB }").ok());
  EXPECT_EQ(AwaitOwner("three"), "anna");
  EXPECT_EQ(AwaitOwner("hers"), "cili");
  EXPECT_EQ(Owned("owner = \"\""), 1) << "nobody gets those that came by phone";
}

// However many come at once, nobody gets more than they can take.
TEST_F(Assignment, ByLoadNeverExceedsACapacity) {
  CreateRule("all",
             "method: LEAST_LOADED assignees { owner: 'anna' capacity: 10 } "
             "assignees { owner: 'bela' capacity: 5 }");
  std::vector<std::thread> clients;
  for (int client = 0; client < 4; ++client) {
    clients.emplace_back([this, client] {
      for (int i = 0; i < 5; ++i) EXPECT_TRUE(CreateLead(absl::StrCat("l", client, "-", i)).ok());
    });
  }
  for (std::thread& client : clients) client.join();
  Await<AssignmentRule>(Of<GetAssignmentRuleRequest>("name: 'assignmentRules/all'"),
                        [](const AssignmentRule& now) { return now.turns() == 20; });
  Await<ListLeadsResponse>(Of<ListLeadsRequest>("filter: 'owner = \"\"'"),
                           [](const auto& page) { return page.leads_size() == 5; });
  EXPECT_EQ(Owned("owner = anna"), 10);
  EXPECT_EQ(Owned("owner = bela"), 5);
}

TEST_F(Assignment, ARuleIsListedWatchedToldAndDeleted) {
  WatchAssignmentRulesRequest watch;
  watch.set_position("0");
  Watching<WatchAssignmentRulesRequest, WatchAssignmentRulesResponse> watching(channel_, watch);
  CreateRule("b", "rank: 2 method: ROUND_ROBIN assignees { owner: 'anna' }");
  CreateRule("a", "rank: 1 method: ROUND_ROBIN assignees { owner: 'bela' }");
  WatchAssignmentRulesResponse change;
  ASSERT_TRUE(watching.Next(&change));
  ASSERT_TRUE(change.has_assignment_rule());
  watching.Cancel();
  const auto rules =
      Call<ListAssignmentRulesResponse>(Of<ListAssignmentRulesRequest>("order_by: 'rank'"));
  ASSERT_EQ(rules.reply.assignment_rules_size(), 2);
  EXPECT_EQ(rules.reply.assignment_rules(0).name(), "assignmentRules/a");

  const auto remove = Of<DeleteAssignmentRuleRequest>("name: 'assignmentRules/a'");
  EXPECT_EQ(Call<google::protobuf::Empty>(remove).reason(), "ASSIGNMENT_RULE_IN_USE");
  ASSERT_TRUE(
      Call<AssignmentRule>(Of<UpdateAssignmentRuleRequest>(
                               "assignment_rule { name: 'assignmentRules/a' } update_mask { paths: "
                               "'enabled' }"))
          .ok());
  ASSERT_TRUE(Call<google::protobuf::Empty>(remove).ok());
  EXPECT_EQ(Call<ListAssignmentRuleEventsResponse>(
                Of<ListAssignmentRuleEventsRequest>("name: 'assignmentRules/a'"))
                .reply.events_size(),
            3);
  EXPECT_EQ(Call<AssignmentRule>(Of<CreateAssignmentRuleRequest>(
                                     "assignment_rule { display_name: 'r' method: ROUND_ROBIN "
                                     "assignees { owner: 'anna' } filter: 'sauce = WEB' }"))
                .fields(),
            "assignment_rule.filter");
}

}  // namespace
}  // namespace leadstream::testing
