// Activities, and merges that they follow, over the wire.
#include "leadstream/lead/v1/account_service.pb.h"
#include "leadstream/lead/v1/activity_service.pb.h"
#include "leadstream/lead/v1/contact_service.pb.h"
#include "tests/server/serving_leads.h"
#include "tests/server/watching.h"

namespace leadstream::testing {
namespace {

using namespace lead::v1;  // NOLINT(google-build-using-namespace): a page about these messages

class Activities : public ServingLeads {
 protected:
  Answer<Activity> Plan(const std::string& id, const std::string& more) {
    auto create = Of<CreateActivityRequest>("activity { type: CALL subject: 'Call Anna' }");
    create.mutable_activity()->MergeFrom(Of<Activity>(more));
    create.set_activity_id(id);
    return Call<Activity>(create);
  }
  std::string Listed(const std::string& filter, const std::string& order_by = "") {
    ListActivitiesRequest list;
    list.set_filter(filter);
    list.set_order_by(order_by);
    auto page = Call<ListActivitiesResponse>(list);
    EXPECT_TRUE(page.ok()) << page.status.error_message();
    return absl::StrJoin(page.reply.activities(), " ",
                         [](std::string* out, const Activity& activity) {
                           absl::StrAppend(out, activity.name().substr(sizeof("activities")));
                         });
  }
  void AwaitRegarding(const std::string& activity, const std::string& regarding) {
    GetActivityRequest get;
    get.set_name(activity);
    Await<Activity>(get, [&](const Activity& now) { return now.regarding() == regarding; });
  }
  template <typename Request>
  void Do(const std::string& text) {
    auto answer = Call<
        std::conditional_t<std::is_same_v<Request, MergeLeadsRequest>, Lead,
                           std::conditional_t<std::is_same_v<Request, MergeAccountsRequest> ||
                                                  std::is_same_v<Request, CreateAccountRequest>,
                                              Account, Contact>>>(Of<Request>(text));
    ASSERT_TRUE(answer.ok()) << answer.status.error_message();
  }
};

TEST_F(Activities, ArePlannedFoundAndDone) {
  ASSERT_TRUE(CreateLead("anna").ok());
  ASSERT_TRUE(
      Plan("later", "regarding: 'leads/anna' owner: 'bela' due_time { seconds: 200 }").ok());
  ASSERT_TRUE(Plan("sooner",
                   "regarding: 'leads/anna' owner: 'bela' due_time { seconds: 100 } "
                   "remind_time { seconds: 50 }")
                  .ok());
  ASSERT_TRUE(Plan("hers", "regarding: 'orders/o' owner: 'cili' remind_time { seconds: 60 }").ok());
  EXPECT_EQ(Listed("state = PLANNED AND owner = bela", "due_time"), "sooner later");
  EXPECT_EQ(Listed("regarding = \"orders/o\""), "hers");
  EXPECT_EQ(Listed("state = PLANNED AND remind_time <= \"1970-01-01T00:00:55Z\" AND remind_time:*"),
            "sooner");

  auto done = Call<Activity>(
      Of<CompleteActivityRequest>("name: 'activities/sooner' outcome: 'wants 40 seats'"));
  ASSERT_TRUE(done.ok()) << done.status.error_message();
  EXPECT_EQ(done.reply.state(), Activity::DONE);
  auto updated = Call<Activity>(Of<UpdateActivityRequest>(
      "activity { name: 'activities/sooner' body: 'by May' } update_mask { paths: 'body' }"));
  ASSERT_TRUE(updated.ok()) << updated.status.error_message();
  EXPECT_EQ(updated.reply.outcome() + ", " + updated.reply.body(), "wants 40 seats, by May");
  ASSERT_TRUE(Call<Activity>(Of<CancelActivityRequest>("name: 'activities/later'")).ok());
  EXPECT_EQ(Listed("state = PLANNED AND owner = bela"), "");
  const auto story =
      Call<ListActivityEventsResponse>(Of<ListActivityEventsRequest>("name: 'activities/sooner'"));
  EXPECT_EQ(story.reply.events_size(), 3);
}

TEST_F(Activities, AreAboutSomethingThatIsThere) {
  EXPECT_EQ(Plan("", "regarding: 'leads/none'").reason(), "REFERENCE_NOT_FOUND");
  EXPECT_EQ(Plan("", "regarding: 'nothing'").reason(), "INVALID_FIELD");
  ASSERT_TRUE(CreateLead("silent", "lead { consents { do_not_call: true } }").ok());
  EXPECT_EQ(Plan("", "regarding: 'leads/silent'").reason(), "ACTIVITY_DO_NOT_CALL");
  EXPECT_EQ(Plan("", "type: EMAIL regarding: 'leads/silent'").reason(), "accepted");
}

TEST_F(Activities, AreWatched) {
  WatchActivitiesRequest watch;
  watch.set_position("0");
  watch.set_filter("state = DONE");
  Watching<WatchActivitiesRequest, WatchActivitiesResponse> watching(channel_, watch);
  ASSERT_TRUE(Plan("planned", "regarding: 'quotes/q'").ok());
  ASSERT_TRUE(Plan("noted", "type: NOTE regarding: 'quotes/q'").ok());
  WatchActivitiesResponse change;
  ASSERT_TRUE(watching.Next(&change));
  EXPECT_EQ(change.activity().name(), "activities/noted");
  watching.Cancel();
}

TEST_F(Activities, FollowTheLeadThatLivesOn) {
  ASSERT_TRUE(CreateLead("a").ok());
  ASSERT_TRUE(CreateLead("b").ok());
  ASSERT_TRUE(Plan("before", "regarding: 'leads/a'").ok());
  Do<MergeLeadsRequest>("name: 'leads/a' into: 'leads/b'");
  AwaitRegarding("activities/before", "leads/b");
  ASSERT_TRUE(Plan("after", "regarding: 'leads/a'").ok());
  AwaitRegarding("activities/after", "leads/b");
}

TEST_F(Activities, AndContactsFollowTheAccountThatLivesOn) {
  Do<CreateAccountRequest>("account_id: 'a' account { display_name: 'A' tax_id: '1' }");
  Do<CreateAccountRequest>("account_id: 'b' account { display_name: 'B' }");
  Do<CreateContactRequest>(
      "contact_id: 'c' contact { emails: 'c@a.example' account: 'accounts/a' }");
  Do<CreateContactRequest>(
      "contact_id: 'd' contact { emails: 'd@a.example' account: 'accounts/a' }");
  ASSERT_TRUE(Plan("call", "regarding: 'accounts/a' contacts: 'contacts/c'").ok());
  Do<MergeAccountsRequest>("name: 'accounts/a' into: 'accounts/b'");
  for (const char* contact : {"contacts/c", "contacts/d"}) {
    GetContactRequest get;
    get.set_name(contact);
    Await<Contact>(get, [](const Contact& now) { return now.account() == "accounts/b"; });
  }
  AwaitRegarding("activities/call", "accounts/b");
  const auto survivor =
      Await<Account>(Of<GetAccountRequest>("name: 'accounts/b'"),
                     [](const Account& now) { return now.merged_accounts_size() == 1; });
  EXPECT_EQ(survivor.display_name() + " " + survivor.tax_id(), "B 1");
  EXPECT_EQ(
      Call<Account>(Of<UpdateAccountRequest>("account { name: 'accounts/a' notes: 'n' }")).reason(),
      "ACCOUNT_MERGED");

  Do<MergeContactsRequest>("name: 'contacts/c' into: 'contacts/d'");
  Await<Activity>(Of<GetActivityRequest>("name: 'activities/call'"), [](const Activity& now) {
    return now.contacts_size() == 1 && now.contacts(0) == "contacts/d";
  });
  const auto contact =
      Await<Contact>(Of<GetContactRequest>("name: 'contacts/d'"),
                     [](const Contact& now) { return now.merged_contacts_size() == 1; });
  EXPECT_EQ(contact.emails_size(), 2);
}

TEST_F(Activities, ALeadThatIsGivenUpCanLeaveItsAccount) {
  ASSERT_TRUE(CreateLead("anna", "lead { emails: 'anna@kovacs.example' }").ok());
  auto lead =
      Call<Lead>(Of<DisqualifyLeadRequest>("name: 'leads/anna' reason: LOST keep_customer: true"));
  ASSERT_TRUE(lead.ok()) << lead.status.error_message();
  EXPECT_EQ(lead.reply.account(), "accounts/anna");
  const auto contact =
      Await<Contact>(Of<GetContactRequest>("name: 'contacts/anna'"),
                     [](const Contact& now) { return now.account() == "accounts/anna"; });
  EXPECT_EQ(contact.emails(0), "anna@kovacs.example");
  Await<Account>(Of<GetAccountRequest>("name: 'accounts/anna'"),
                 [](const Account& now) { return now.display_name() == "Kovács Kft."; });
}

}  // namespace
}  // namespace leadstream::testing
