// Leads, customers, activities and the rules over leads.
#include "leadstream/lead/v1/account_service.pb.h"
#include "leadstream/lead/v1/activity_service.pb.h"
#include "leadstream/lead/v1/assignment_rule_service.pb.h"
#include "leadstream/lead/v1/contact_service.pb.h"
#include "leadstream/lead/v1/lead_service.pb.h"
#include "leadstream/lead/v1/scoring_rule_service.pb.h"
#include "tests/process/commands.h"

namespace leadstream::process {

using namespace lead::v1;  // NOLINT(google-build-using-namespace): a table of these messages

namespace {

bool IsOpen(const Lead& lead) { return lead.state() == Lead::OPEN; }
bool IsSettled(const Lead& lead) {
  return lead.opportunity_state() != Lead::OPPORTUNITY_OPEN &&
         lead.opportunity_state() != Lead::OPPORTUNITY_WON;
}
bool IsPlanned(const Activity& activity) { return activity.state() == Activity::PLANNED; }
template <typename Record>
bool IsUnmerged(const Record& record) {
  return record.merged_into().empty();
}

void ClearTimes(Activity* activity) {
  activity->clear_start_time();
  activity->clear_end_time();
  activity->clear_due_time();
  activity->clear_remind_time();
}

void FitRule(ScoringRule* rule, Sketcher& sketcher) {
  rule->set_filter(sketcher.dice().OneIn(3) ? "source = WEB" : "state = OPEN");
  const bool is_grade = sketcher.dice().OneIn(4);
  rule->set_grade(is_grade ? Lead::A : Lead::GRADE_UNSPECIFIED);
  rule->set_points(is_grade ? 0 : static_cast<int32_t>(1 + sketcher.dice().Roll(40)));
}

void FitRule(AssignmentRule* rule, Sketcher& sketcher) {
  rule->clear_filter();
  rule->clear_assignees();
  rule->set_method(sketcher.dice().OneIn(2) ? AssignmentRule::ROUND_ROBIN
                                            : AssignmentRule::LEAST_LOADED);
  for (const char* owner : {"anna", "béla"}) {
    auto* assignee = rule->add_assignees();
    assignee->set_owner(owner);
    assignee->set_capacity(static_cast<int32_t>(sketcher.dice().Roll(20)));
  }
}

void AddRuleShapes(Shapes* shapes) {
  Add<CreateScoringRuleRequest, ScoringRule>(
      shapes, nullptr, [](const ScoringRule*, Sketcher& sketcher, auto* request) {
        FitRule(request->mutable_scoring_rule(), sketcher);
      });
  Add<UpdateScoringRuleRequest, ScoringRule>(
      shapes, nullptr, [](const ScoringRule*, Sketcher& sketcher, auto* request) {
        FitRule(request->mutable_scoring_rule(), sketcher);
        Edit({"enabled", "reason", "filter"}, sketcher, request->mutable_update_mask());
      });
  Add<DeleteScoringRuleRequest, ScoringRule>(
      shapes, [](const ScoringRule& rule) { return !rule.enabled() && rule.passes() == 0; });
  Add<CreateAssignmentRuleRequest, AssignmentRule>(
      shapes, nullptr, [](const AssignmentRule*, Sketcher& sketcher, auto* request) {
        FitRule(request->mutable_assignment_rule(), sketcher);
      });
  Add<UpdateAssignmentRuleRequest, AssignmentRule>(
      shapes, nullptr, [](const AssignmentRule*, Sketcher& sketcher, auto* request) {
        FitRule(request->mutable_assignment_rule(), sketcher);
        Edit({"enabled", "rank", "assignees"}, sketcher, request->mutable_update_mask());
      });
  Add<DeleteAssignmentRuleRequest, AssignmentRule>(
      shapes, [](const AssignmentRule& rule) { return !rule.enabled(); });
}

void AddCustomerShapes(Shapes* shapes) {
  Add<CreateAccountRequest, Account>(shapes, nullptr, [](const Account*, Sketcher&, auto* request) {
    request->mutable_account()->set_display_name("Kovács Kft.");
    request->mutable_account()->clear_lead();
  });
  Add<UpdateAccountRequest, Account>(
      shapes, IsUnmerged<Account>, [](const Account*, Sketcher& sketcher, auto* request) {
        Edit({"notes", "tax_id", "address"}, sketcher, request->mutable_update_mask());
      });
  Add<MergeAccountsRequest, Account>(shapes, IsUnmerged<Account>);
  Add<CreateContactRequest, Contact>(shapes, nullptr, [](const Contact*, Sketcher&, auto* request) {
    request->mutable_contact()->mutable_person()->set_given_name("Anna");
    request->mutable_contact()->clear_lead();
  });
  Add<UpdateContactRequest, Contact>(
      shapes, IsUnmerged<Contact>, [](const Contact*, Sketcher& sketcher, auto* request) {
        Edit({"notes", "consents", "account"}, sketcher, request->mutable_update_mask());
      });
  Add<MergeContactsRequest, Contact>(shapes, IsUnmerged<Contact>);

  Add<CreateActivityRequest, Activity>(shapes, nullptr,
                                       [](const Activity*, Sketcher& sketcher, auto* request) {
                                         Activity* activity = request->mutable_activity();
                                         if (sketcher.dice().OneIn(2))
                                           activity->set_type(Activity::TASK);
                                         ClearTimes(activity);
                                         if (!sketcher.dice().OneIn(4)) activity->clear_done_time();
                                         if (activity->regarding().empty())
                                           activity->set_regarding(sketcher.AnyOf("*"));
                                       });
  Add<UpdateActivityRequest, Activity>(
      shapes, IsPlanned, [](const Activity*, Sketcher& sketcher, auto* request) {
        Edit({"subject", "body", "owner"}, sketcher, request->mutable_update_mask());
      });
  Add<CompleteActivityRequest, Activity>(
      shapes, IsPlanned,
      [](const Activity*, Sketcher&, auto* request) { request->clear_done_time(); });
  Add<CancelActivityRequest, Activity>(shapes, IsPlanned);
}

}  // namespace

void AddLeadShapes(Shapes* shapes) {
  Add<ListTimelineRequest, Lead>(shapes, nullptr, [](const Lead*, Sketcher& sketcher, auto* ask) {
    ask->set_regarding(sketcher.AnyOf("leadstream.dev/Lead"));
    ask->set_order_by(sketcher.dice().OneIn(2) ? "time" : "time desc");
  });
  Add<CreateLeadRequest, Lead>(shapes, nullptr, [](const Lead*, Sketcher&, auto* request) {
    request->mutable_lead()->set_topic("40 seats");
    request->mutable_lead()->set_company("Kovács Kft.");
  });
  Add<UpdateLeadRequest, Lead>(shapes, IsOpen, [](const Lead*, Sketcher& sketcher, auto* request) {
    Edit({"need", "rating", "notes", "budget", "source"}, sketcher, request->mutable_update_mask());
  });
  Add<MarkLeadContactedRequest, Lead>(shapes, IsOpen,
                                      [](const Lead*, Sketcher& sketcher, auto* request) {
                                        if (!sketcher.dice().OneIn(5))
                                          request->clear_contact_time();
                                      });
  Add<AssignLeadRequest, Lead>(shapes, IsOpen);
  Add<QualifyLeadRequest, Lead>(shapes, IsOpen, [](const Lead*, Sketcher& sketcher, auto* request) {
    request->set_need("40 seats");
    request->set_decision_maker("béla");
    if (request->currency().empty()) request->set_currency("EUR");
    if (request->has_budget()) request->set_currency(request->budget().currency_code());
    if (!sketcher.dice().OneIn(4)) request->clear_account();
    if (!sketcher.dice().OneIn(4)) request->clear_contact();
    if (!sketcher.dice().OneIn(3)) return request->mutable_opportunity()->set_create(true);
    request->mutable_opportunity()->set_existing(OpenOpportunity(sketcher));
  });
  Add<DisqualifyLeadRequest, Lead>(
      shapes, [](const Lead& lead) { return IsOpen(lead) && IsSettled(lead); });
  Add<ReactivateLeadRequest, Lead>(
      shapes, [](const Lead& lead) { return !IsOpen(lead) && IsSettled(lead); },
      [](const Lead*, Sketcher&, auto* request) { request->clear_opportunity(); });
  Add<MergeLeadsRequest, Lead>(shapes,
                               [](const Lead& lead) { return IsOpen(lead) && IsSettled(lead); });
  Add<ScoreLeadRequest, Lead>(shapes, IsOpen);
  AddCustomerShapes(shapes);
  AddRuleShapes(shapes);
}

}  // namespace leadstream::process
