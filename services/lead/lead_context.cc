#include "services/lead/lead_context.h"

#include "services/lead/account_rules.h"
#include "services/lead/activity_rules.h"
#include "services/lead/assignment_rules.h"
#include "services/lead/contact_rules.h"
#include "services/lead/duplicates.h"
#include "services/lead/lead_import.h"
#include "services/lead/lead_reactions.h"
#include "services/lead/lead_rules.h"
#include "services/lead/scoring_rules.h"
#include "services/lead/timeline.h"

namespace leadstream::lead {

using namespace v1;  // NOLINT(google-build-using-namespace): a table of these messages
using domain::Aggregate;
using domain::AggregateOf;

Aggregate LeadAggregate() {
  return AggregateOf<Lead>("leads")
      .Creates<CreateLeadRequest>(Decide)
      .On<UpdateLeadRequest>(Decide)
      .On<MarkLeadContactedRequest>(Decide)
      .On<AssignLeadRequest>(Decide)
      .On<QualifyLeadRequest>(Decide, Needs)
      .On<DisqualifyLeadRequest>(Decide, Needs)
      .On<ReactivateLeadRequest>(Decide, Needs)
      .On<MergeLeadsRequest>(Decide, Needs)
      .On<ScoreLeadRequest>(Decide, Needs)
      .On<AbsorbLeadRequest>(Decide)
      .On<RecordOpportunityStateRequest>(Decide)
      .Answers<QualifyLeadRequest, QualifyLeadResponse>(Answer)
      .Folds<LeadCreated>(Evolve)
      .Folds<LeadUpdated>(Evolve)
      .Folds<LeadContacted>(Evolve)
      .Folds<LeadAssigned>(Evolve)
      .Folds<LeadQualified>(Evolve)
      .Folds<LeadDisqualified>(Evolve)
      .Folds<LeadReactivated>(Evolve)
      .Folds<LeadMerged>(Evolve)
      .Folds<LeadAbsorbed>(Evolve)
      .Folds<LeadOpportunityRecorded>(Evolve)
      .Folds<LeadScored>(Evolve)
      // Every index is one more entry for each lead. `status` has none: its state narrows a list
      // enough.
      .MatchedBy("state")
      .MatchedBy("source")
      .MatchedBy("owner")
      .SortedBy("score")
      .KeyedBy(kDuplicatesIndex, MatchKeys)
      .KeyedBy(kOpenIndex, WhetherOpen);
}

Aggregate AccountAggregate() {
  return AggregateOf<Account>("accounts")
      .Creates<CreateAccountRequest>(Decide, Needs)
      .On<UpdateAccountRequest>(Decide)
      .On<MergeAccountsRequest>(Decide, Needs)
      .On<FillAccountRequest>(Decide)
      .Folds<AccountCreated>(Evolve)
      .Folds<AccountUpdated>(Evolve)
      .Folds<AccountFilled>(Evolve)
      .Folds<AccountMerged>(Evolve)
      .SortedBy("display_name")
      .MatchedBy("owner");
}

Aggregate ContactAggregate() {
  return AggregateOf<Contact>("contacts")
      .Creates<CreateContactRequest>(Decide, Needs)
      .On<UpdateContactRequest>(Decide, Needs)
      .On<MergeContactsRequest>(Decide, Needs)
      .On<FillContactRequest>(Decide)
      .On<MoveContactRequest>(Decide)
      .Folds<ContactCreated>(Evolve)
      .Folds<ContactUpdated>(Evolve)
      .Folds<ContactFilled>(Evolve)
      .Folds<ContactMerged>(Evolve)
      .Folds<ContactMoved>(Evolve)
      .MatchedBy("account")
      .MatchedBy("owner")
      .KeyedBy(kOfAccountIndex, AccountOf);
}

Aggregate ActivityAggregate() {
  return AggregateOf<Activity>("activities")
      .Creates<CreateActivityRequest>(Decide, Needs)
      .On<UpdateActivityRequest>(Decide, Needs)
      .On<CompleteActivityRequest>(Decide)
      .On<CancelActivityRequest>(Decide)
      .On<MoveActivityRequest>(Decide)
      .On<RemindOfActivityRequest>(Decide)
      .Folds<ActivityCreated>(Evolve)
      .Folds<ActivityUpdated>(Evolve)
      .Folds<ActivityCompleted>(Evolve)
      .Folds<ActivityCanceled>(Evolve)
      .Folds<ActivityMoved>(Evolve)
      .Folds<ActivityReminded>(Evolve)
      .MatchedBy("state")
      .MatchedBy("owner")
      .MatchedBy("regarding")
      .SortedBy("due_time")
      .SortedBy("remind_time")
      .KeyedBy(kConcernsIndex, ConcernedBy)
      .MatchedBy("reminder_due")
      .WhenDue<RemindOfActivityRequest>("reminder", ReminderOf);
}

Aggregate ScoringRuleAggregate() {
  return AggregateOf<ScoringRule>("scoringRules")
      .Creates<CreateScoringRuleRequest>(Decide)
      .On<UpdateScoringRuleRequest>(Decide)
      .On<DeleteScoringRuleRequest>(Decide)
      .On<ApplyScoringRuleRequest>(Decide)
      .Folds<ScoringRuleCreated>(Evolve)
      .Folds<ScoringRuleUpdated>(Evolve)
      .Folds<ScoringRuleApplied>(Evolve)
      .Deletes<ScoringRuleDeleted>()
      .KeyedBy(kEnabledIndex, WhetherEnabled<ScoringRule>);
}

Aggregate AssignmentRuleAggregate() {
  return AggregateOf<AssignmentRule>("assignmentRules")
      .Creates<CreateAssignmentRuleRequest>(Decide)
      .On<UpdateAssignmentRuleRequest>(Decide)
      .On<DeleteAssignmentRuleRequest>(Decide)
      .On<OfferLeadRequest>(Decide)
      .Folds<AssignmentRuleCreated>(Evolve)
      .Folds<AssignmentRuleUpdated>(Evolve)
      .Folds<LeadOffered>(Evolve)
      .Deletes<AssignmentRuleDeleted>()
      .SortedBy("rank")
      .KeyedBy(kEnabledIndex, WhetherEnabled<AssignmentRule>);
}

domain::ServiceDefinition LeadService() {
  domain::ServiceDefinition service;
  service.name = "lead";
  service.grpc_services = {
      "leadstream.lead.v1.LeadService",        "leadstream.lead.v1.AccountService",
      "leadstream.lead.v1.ContactService",     "leadstream.lead.v1.ActivityService",
      "leadstream.lead.v1.ScoringRuleService", "leadstream.lead.v1.AssignmentRuleService"};
  service.aggregates = {LeadAggregate(),     AccountAggregate(),     ContactAggregate(),
                        ActivityAggregate(), ScoringRuleAggregate(), AssignmentRuleAggregate()};
  service.queries = {
      domain::Answering<FindDuplicatesRequest, FindDuplicatesResponse>(FindDuplicates)};
  service.surveys = {domain::Surveying<ListTimelineRequest, ListTimelineResponse>(ListTimeline)};
  service.intakes = {LeadImport()};
  service.reactions = LeadReactions();
  return service;
}

}  // namespace leadstream::lead
