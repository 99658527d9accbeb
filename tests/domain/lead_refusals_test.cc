// Every refusal of the lead service: a value of its ErrorReason that has no row here fails the
// test.
#include <functional>
#include <map>

#include "leadstream/lead/v1/activity_service.pb.h"
#include "leadstream/lead/v1/assignment_rule_service.pb.h"
#include "leadstream/lead/v1/scoring_rule_service.pb.h"
#include "services/lead/duplicates.h"
#include "services/lead/relations.h"
#include "services/lead/timeline.h"
#include "tests/domain/known.h"
#include "tests/domain/lead_examples.h"
#include "tests/domain/owners.h"

namespace leadstream::lead {
namespace {

struct Refused {
  absl::StatusCode code;
  std::function<domain::Refusal()> example;
};

domain::Refusal RefusalIn(const Story& story) {
  EXPECT_FALSE(story.decision().accepted());
  return story.decision().refusal();
}

// An account or a contact of its own, to be merged into another.
template <typename Merge>
Story Merging(const std::string& into) {
  constexpr bool kAccounts = std::is_same_v<Merge, MergeAccountsRequest>;
  Story story(kAccounts ? AccountAggregate() : ContactAggregate());
  story.Knows("accounts/test", Account())
      .Knows("contacts/test", Contact())
      .Knows("accounts/merged", Of<Account>("merged_into: 'accounts/x'"))
      .Knows("contacts/merged", Of<Contact>("merged_into: 'contacts/x'"));
  if (kAccounts) story.Given(Of<CreateAccountRequest>("account { display_name: 'A' }"));
  if (!kAccounts) story.Given(Of<CreateContactRequest>("contact { emails: 'a@a.example' }"));
  story.When(Of<Merge>("into: '" + into + "'"));
  return story;
}

Story Planned(const std::string& more = "") {
  Story story(ActivityAggregate());
  story.Given(
      Of<CreateActivityRequest>("activity { regarding: 'quotes/q' subject: 's' " + more + " }"));
  return story;
}

Story Unwanted(const std::string& type) {
  Story story(ActivityAggregate());
  story.Knows("leads/l", Of<Lead>("consents { do_not_call: true do_not_email: true }"))
      .When(Of<CreateActivityRequest>("activity { regarding: 'leads/l' type: " + type + " }"));
  return story;
}

Story Scoring(const std::string& rule) {
  Story story(ScoringRuleAggregate());
  story.When(Of<CreateScoringRuleRequest>("scoring_rule { " + rule + " }"));
  return story;
}

Story Assigning(const std::string& rule) {
  Story story(AssignmentRuleAggregate());
  story.When(Of<CreateAssignmentRuleRequest>("assignment_rule { " + rule + " }"));
  return story;
}

std::map<ErrorReason, Refused> Table() {
  constexpr auto kPrecondition = absl::StatusCode::kFailedPrecondition;
  constexpr auto kArgument = absl::StatusCode::kInvalidArgument;
  return {
      {LEAD_NOT_OPEN,
       {kPrecondition, [] { return RefusalIn(QualifiedLead().When(QualifyLead())); }}},
      {LEAD_ALREADY_OPEN,
       {kPrecondition, [] { return RefusalIn(OpenLead().When(ReactivateLeadRequest())); }}},
      {LEAD_INCOMPLETE, {kArgument, [] { return RefusalIn(NoLead().When(CreateLeadRequest())); }}},
      {LEAD_INTEREST_UNKNOWN,
       {kPrecondition, [] { return RefusalIn(OpenLead().When(QualifyLeadRequest())); }}},
      {LEAD_BUDGET_UNKNOWN,
       {kPrecondition,
        [] {
          return RefusalIn(OpenLead().When(Of<QualifyLeadRequest>("need: 'plan' currency: 'HUF'")));
        }}},
      {LEAD_CURRENCY_UNKNOWN,
       {kPrecondition,
        [] {
          return RefusalIn(
              OpenLead().When(Of<QualifyLeadRequest>("need: 'plan' decision_maker: 'Anna'")));
        }}},
      {LEAD_CURRENCY_CONFLICT,
       {kArgument, [] { return RefusalIn(OpenLead().When(QualifyLead("currency: 'EUR'"))); }}},
      {LEAD_HAS_OPPORTUNITY,
       {kPrecondition, [] { return RefusalIn(QualifiedLead().When(ReactivateLeadRequest())); }}},
      {LEAD_OPPORTUNITY_NOT_OPEN,
       {kPrecondition,
        [] {
          return RefusalIn(
              OpenLead()
                  .Knows("opportunities/o", OpportunityThatIs(opportunity::v1::Opportunity::LOST))
                  .When(QualifyLead("opportunity { existing: 'opportunities/o' }")));
        }}},
      {LEAD_DISQUALIFICATION_REASON_INVALID,
       {kArgument, [] { return RefusalIn(OpenLead().When(DisqualifyLead("NEW"))); }}},
      {LEAD_MERGED_INTO_ITSELF,
       {kArgument,
        [] {
          return RefusalIn(OpenLead().Knows("leads/anna", Lead()).When(MergeInto("leads/anna")));
        }}},
      {LEAD_SURVIVOR_DISQUALIFIED,
       {kPrecondition,
        [] {
          return RefusalIn(
              OpenLead()
                  .Knows("leads/gone", Of<Lead>("state: DISQUALIFIED merged_into: 'leads/x'"))
                  .When(MergeInto("leads/gone")));
        }}},
      {LEAD_CONTACT_TIME_IN_FUTURE,
       {kArgument,
        [] {
          return RefusalIn(OpenLead().When(
              Of<MarkLeadContactedRequest>("contact_time { seconds: 9999999999 }")));
        }}},
      {LEAD_NOTHING_TO_COMPARE,
       {kArgument,
        [] {
          FindDuplicatesResponse response;
          return FindDuplicates(FindDuplicatesRequest(), testing::Known(), &response).value();
        }}},
      {ACTIVITY_REMINDER_NOT_DUE,
       {kPrecondition, [] { return RefusalIn(Planned().When(RemindOfActivityRequest())); }}},
      {TIMELINE_TOO_WIDE,
       {kPrecondition,
        [] {
          testing::Owners owners;
          owners.Add("accounts/a", Account());
          for (size_t i = 0; i <= kRelatedMax; ++i)
            owners.Add(absl::StrCat("contacts/", i), Of<Contact>("account: 'accounts/a'"));
          ListTimelineResponse response;
          return ListTimeline(
                     Of<ListTimelineRequest>("regarding: 'accounts/a' include_related: true"),
                     owners, &response)
              .value();
        }}},
      {ACCOUNT_INCOMPLETE,
       {kArgument,
        [] { return RefusalIn(Story(AccountAggregate()).When(CreateAccountRequest())); }}},
      {CONTACT_INCOMPLETE,
       {kArgument,
        [] { return RefusalIn(Story(ContactAggregate()).When(CreateContactRequest())); }}},
      {ACCOUNT_MERGED,
       {kPrecondition, [] { return RefusalIn(Merging<MergeAccountsRequest>("accounts/merged")); }}},
      {ACCOUNT_MERGED_INTO_ITSELF,
       {kArgument, [] { return RefusalIn(Merging<MergeAccountsRequest>("accounts/test")); }}},
      {CONTACT_MERGED,
       {kPrecondition, [] { return RefusalIn(Merging<MergeContactsRequest>("contacts/merged")); }}},
      {CONTACT_MERGED_INTO_ITSELF,
       {kArgument, [] { return RefusalIn(Merging<MergeContactsRequest>("contacts/test")); }}},
      {ACTIVITY_NOT_PLANNED,
       {kPrecondition,
        [] { return RefusalIn(Planned("done_time {}").When(CompleteActivityRequest())); }}},
      {ACTIVITY_CANCELED,
       {kPrecondition,
        [] {
          return RefusalIn(Planned().Given(CancelActivityRequest()).When(UpdateActivityRequest()));
        }}},
      {ACTIVITY_TIMES_OUT_OF_ORDER,
       {kArgument,
        [] {
          return RefusalIn(
              Planned().When(Of<CompleteActivityRequest>("done_time { seconds: 9999999999 }")));
        }}},
      {ACTIVITY_NOTE_PLANNED,
       {kArgument,
        [] {
          return RefusalIn(
              Story(ActivityAggregate())
                  .When(Of<CreateActivityRequest>("activity { type: NOTE due_time {} }")));
        }}},
      {ACTIVITY_DONE_TIME_FIXED,
       {kArgument,
        [] {
          return RefusalIn(Planned().When(Of<UpdateActivityRequest>("activity { done_time {} }")));
        }}},
      {RULE_FILTER_INVALID, {kArgument, [] { return RefusalIn(Scoring("filter: '('")); }}},
      {SCORING_RULE_WITHOUT_EFFECT, {kArgument, [] { return RefusalIn(Scoring("")); }}},
      {SCORING_RULE_IN_USE,
       {kPrecondition,
        [] {
          Story story = Scoring("points: 1 enabled: true");
          story.When(DeleteScoringRuleRequest());
          return RefusalIn(story);
        }}},
      {ASSIGNMENT_RULE_INVALID, {kArgument, [] { return RefusalIn(Assigning("")); }}},
      {ASSIGNMENT_RULE_IN_USE,
       {kPrecondition,
        [] {
          Story story = Assigning("assignees { owner: 'anna' } enabled: true");
          story.When(DeleteAssignmentRuleRequest());
          return RefusalIn(story);
        }}},
      {ACTIVITY_DO_NOT_CALL, {kPrecondition, [] { return RefusalIn(Unwanted("CALL")); }}},
      {ACTIVITY_DO_NOT_EMAIL, {kPrecondition, [] { return RefusalIn(Unwanted("EMAIL")); }}},
  };
}

TEST(LeadRefusals, HaveEachARowAndTheCodeTheyPromise) {
  const auto table = Table();
  const auto* reasons = ErrorReason_descriptor();
  for (int i = 0; i < reasons->value_count(); ++i) {
    const auto& value = *reasons->value(i);
    if (value.number() == ERROR_REASON_UNSPECIFIED) continue;
    SCOPED_TRACE(value.name());
    const auto row = table.find(static_cast<ErrorReason>(value.number()));
    ASSERT_NE(row, table.end()) << "has no row";
    const domain::Refusal refusal = row->second.example();
    EXPECT_EQ(refusal.reason, value.name());
    EXPECT_EQ(refusal.code, row->second.code);
    EXPECT_FALSE(refusal.message.empty());
    EXPECT_EQ(refusal.fields.empty(),
              refusal.code != absl::StatusCode::kInvalidArgument &&
                  refusal.message.find("give what is missing") == std::string::npos)
        << "a bad argument names its fields";
  }
}

}  // namespace
}  // namespace leadstream::lead
