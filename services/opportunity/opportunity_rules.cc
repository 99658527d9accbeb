#include "services/opportunity/opportunity_rules.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <algorithm>

#include "common/domain/money.h"
#include "common/domain/update.h"
#include "leadstream/lead/v1/account.pb.h"
#include "services/opportunity/opportunity_checks.h"
#include "services/opportunity/passages.h"
#include "services/opportunity/process.h"

namespace leadstream::opportunity {
namespace {

using domain::Refuse;
using google::protobuf::FieldMask;

// Whose entries are told apart by a key of their own, there is one entry per key.
template <typename Entries, typename KeyOf>
void CheckEachOnce(const Entries& entries, const char* field, KeyOf key_of, Problems* problems) {
  for (int i = 0; i < entries.size(); ++i) {
    const auto is_same = [&](const auto& entry) { return key_of(entry) == key_of(entries[i]); };
    if (std::any_of(entries.begin(), entries.begin() + i, is_same)) {
      problems->Add(OPPORTUNITY_PARTY_TWICE, absl::StrCat("opportunity.", field, "[", i, "]"),
                    "is there twice");
    }
  }
}

bool IsSameAmount(const google::type::Money& a, const google::type::Money& b) {
  return a.currency_code() == b.currency_code() && domain::ToDecimal(a) == domain::ToDecimal(b);
}

// Calculates, and takes it amiss where the request gives (`given`) a revenue that is another one
// than the calculated.
void CalculateInsteadOf(bool given, Opportunity* opportunity, Problems* problems) {
  const google::type::Money revenue = opportunity->estimated_revenue();
  Calculate(opportunity);
  if (given && !IsSameAmount(revenue, opportunity->estimated_revenue())) {
    problems->Add(
        OPPORTUNITY_REVENUE_CALCULATED, "opportunity.estimated_revenue",
        "is the sum of the lines; to give another one, set `revenue_method` to USER_PROVIDED");
  }
}

void ChooseRevenueMethod(Opportunity* opportunity) {
  if (opportunity->revenue_method() != Opportunity::REVENUE_METHOD_UNSPECIFIED) return;
  const bool calculated = !opportunity->lines().empty() && !opportunity->has_estimated_revenue();
  opportunity->set_revenue_method(calculated ? Opportunity::SYSTEM_CALCULATED
                                             : Opportunity::USER_PROVIDED);
}

bool Names(const FieldMask& mask, absl::string_view field) {
  return mask.paths().empty() ||
         std::any_of(mask.paths().begin(), mask.paths().end(),
                     [&](const std::string& path) { return path == "*" || path == field; });
}

// `name`, if it must exist by now: it is given, and not what a reaction makes of `lead`.
void AddNeed(const std::string& name, absl::string_view lead, std::vector<std::string>* needs) {
  if (name.empty()) return;
  const bool is_made_of_lead =
      !lead.empty() && name.substr(name.find('/')) == lead.substr(lead.find('/'));
  if (!is_made_of_lead) needs->push_back(name);
}

std::vector<std::string> ProcessNeeded(const Opportunity& opportunity) {
  std::string process = ProcessRevisionOf(opportunity);
  if (process.empty()) return {};
  return {std::move(process)};
}

// The process that the opportunity is to follow. An industry that nobody gave is the account's.
const ProcessDefinition& ChooseProcess(const Context& context, Opportunity* opportunity,
                                       Problems* problems) {
  const auto* account = context.Find<lead::v1::Account>(opportunity->account());
  if (opportunity->industry().empty() && account != nullptr)
    opportunity->set_industry(account->industry());
  const auto* process = opportunity->process_definition().empty()
                            ? ProcessFor(*opportunity, context)
                            : context.Find<ProcessDefinition>(opportunity->process_definition());
  if (process == nullptr) return DefaultProcess();
  if (process->retired())
    problems->Add(OPPORTUNITY_PROCESS_UNKNOWN, "opportunity.process_definition",
                  "is not chosen for new opportunities any more");
  Follow(*process, opportunity);
  return *process;
}

}  // namespace

Decision Decide(const Opportunity&, const CreateOpportunityRequest& request,
                const Context& context) {
  OpportunityCreated event;
  Opportunity& opportunity = *event.mutable_opportunity();
  opportunity = request.opportunity();
  opportunity.clear_name();
  opportunity.clear_etag();
  opportunity.set_state(Opportunity::OPEN);
  opportunity.set_status(Opportunity::IN_PROGRESS);
  *opportunity.mutable_stage_time() = context.now;
  ChooseRevenueMethod(&opportunity);

  Problems problems;
  CheckFields(opportunity, &problems);
  const ProcessDefinition& process = ChooseProcess(context, &opportunity, &problems);
  if (opportunity.stage().empty()) opportunity.set_stage(process.stages(0).stage());
  CheckStage(process, opportunity.stage(), opportunity, "opportunity.stage", &problems);
  CheckEachOnce(
      opportunity.stakeholders(), "stakeholders",
      [](const Stakeholder& who) { return who.contact(); }, &problems);
  CheckEachOnce(
      opportunity.competitors(), "competitors",
      [](const Competitor& who) { return who.display_name(); }, &problems);

  domain::Lines lines;
  int64_t next_line = 0;
  problems.Add(
      OPPORTUNITY_LINES_INVALID,
      domain::AddLines(request.opportunity().lines(), "opportunity.lines", &lines, &next_line));
  CheckLines(opportunity.currency(), lines, 0, "opportunity.lines", &problems);
  if (!problems.empty()) return problems.Refused();

  *opportunity.mutable_lines() = std::move(lines);
  opportunity.set_next_line(next_line);
  CompleteForecast(process, &opportunity);
  CalculateInsteadOf(request.opportunity().has_estimated_revenue(), &opportunity, &problems);
  if (!problems.empty()) return problems.Refused();
  return event;
}

Decision Decide(const Opportunity& opportunity, const UpdateOpportunityRequest& request,
                const Context& context) {
  if (!IsOpen(opportunity)) return RefuseNotOpen("can be edited; reopen it first");
  OpportunityUpdated event;
  Opportunity after = opportunity;
  FieldMask* changed = event.mutable_update_mask();
  Problems problems;
  problems.Add(OPPORTUNITY_FIELD_NOT_EDITABLE,
               domain::ApplyUpdate(request.opportunity(), request.update_mask(), &after, changed));
  if (after.currency() != opportunity.currency() && !opportunity.lines().empty()) {
    return Refuse(OPPORTUNITY_CURRENCY_FIXED,
                  absl::StrCat("the lines are priced in ", opportunity.currency(),
                               "; remove them to change the currency"));
  }
  const auto& paths = changed->paths();
  const bool gives_revenue =
      std::find(paths.begin(), paths.end(), "estimated_revenue") != paths.end();
  // What was calculated before is calculated again, in another currency perhaps.
  if (!gives_revenue && after.revenue_method() == Opportunity::SYSTEM_CALCULATED)
    after.clear_estimated_revenue();
  CheckFields(after, &problems);
  if (!problems.empty()) return problems.Refused();

  CompleteForecast(ProcessOf(opportunity, context), &after);
  ChooseRevenueMethod(&after);
  CalculateInsteadOf(gives_revenue, &after, &problems);
  if (!problems.empty()) return problems.Refused();
  *changed = domain::ChangedFields(opportunity, after);
  domain::CopyFields(after, *changed, event.mutable_opportunity());
  return event;
}

Decision Decide(const Opportunity& opportunity, const MoveOpportunityToStageRequest& request,
                const Context& context) {
  if (!IsOpen(opportunity)) return RefuseNotOpen("comes to another stage");
  const ProcessDefinition& process = ProcessOf(opportunity, context);
  Problems problems;
  CheckStage(process, request.stage(), opportunity, "stage", &problems);
  if (!problems.empty()) return problems.Refused();

  const ProcessStage& stage = *FindStage(process, request.stage());
  OpportunityMovedToStage event;
  event.set_from_stage(opportunity.stage());
  event.set_stage(request.stage());
  event.set_probability(stage.probability());
  event.set_forecast_category(stage.forecast_category());
  event.set_advanced(Advances(process, opportunity.stage(), request.stage()));
  if (request.stage() != opportunity.stage()) *event.mutable_stage_time() = context.now;
  return event;
}

Decision Decide(const Opportunity& opportunity, const HoldOpportunityRequest& request,
                const Context&) {
  if (!IsOpen(opportunity)) return RefuseNotOpen("can be put on hold");
  if (opportunity.status() == Opportunity::ON_HOLD)
    return Refuse(OPPORTUNITY_ON_HOLD, "it is on hold already");
  OpportunityHeld event;
  event.set_note(request.note());
  if (request.has_until()) *event.mutable_until() = request.until();
  return event;
}

Decision Decide(const Opportunity& opportunity, const ResumeOpportunityRequest&, const Context&) {
  if (!IsOpen(opportunity)) return RefuseNotOpen("can be taken up again; reopen it");
  if (opportunity.status() != Opportunity::ON_HOLD)
    return Refuse(OPPORTUNITY_NOT_ON_HOLD, "it is in progress already");
  return OpportunityResumed();
}

std::vector<std::string> Needs(const CreateOpportunityRequest& request) {
  const Opportunity& opportunity = request.opportunity();
  std::vector<std::string> needs;
  AddNeed(opportunity.lead(), "", &needs);
  AddNeed(opportunity.account(), opportunity.lead(), &needs);
  AddNeed(opportunity.contact(), opportunity.lead(), &needs);
  for (const Stakeholder& stakeholder : opportunity.stakeholders())
    AddNeed(stakeholder.contact(), opportunity.lead(), &needs);
  needs.push_back(opportunity.process_definition().empty() ? "processDefinitions/-"
                                                           : opportunity.process_definition());
  return needs;
}

std::vector<std::string> Needs(const Opportunity& state, const UpdateOpportunityRequest& request,
                               const domain::Found&) {
  const Opportunity& opportunity = request.opportunity();
  std::vector<std::string> needs = ProcessNeeded(state);
  if (Names(request.update_mask(), "account"))
    AddNeed(opportunity.account(), opportunity.lead(), &needs);
  if (Names(request.update_mask(), "contact"))
    AddNeed(opportunity.contact(), opportunity.lead(), &needs);
  return needs;
}

std::vector<std::string> Needs(const Opportunity& state, const MoveOpportunityToStageRequest&,
                               const domain::Found&) {
  return ProcessNeeded(state);
}

std::vector<std::string> Needs(const Opportunity& state, const ReopenOpportunityRequest&,
                               const domain::Found&) {
  return ProcessNeeded(state);
}

void Evolve(const OpportunityCreated& event, Opportunity* opportunity) {
  opportunity->MergeFrom(event.opportunity());
  if (event.opportunity().has_stage_time())
    EnterStage(event.opportunity().stage_time(), opportunity);
}

void Evolve(const OpportunityUpdated& event, Opportunity* opportunity) {
  domain::CopyFields(event.opportunity(), event.update_mask(), opportunity);
}

void Evolve(const OpportunityMovedToStage& event, Opportunity* opportunity) {
  if (event.has_stage_time()) LeaveStage(event.stage_time(), event.advanced(), opportunity);
  opportunity->set_stage(event.stage());
  opportunity->set_probability(event.probability());
  opportunity->set_forecast_category(event.forecast_category());
  if (!event.has_stage_time()) return;
  *opportunity->mutable_stage_time() = event.stage_time();
  EnterStage(event.stage_time(), opportunity);
}

void Evolve(const OpportunityHeld& event, Opportunity* opportunity) {
  opportunity->set_status(Opportunity::ON_HOLD);
  opportunity->set_hold_note(event.note());
  if (event.has_until()) *opportunity->mutable_hold_until() = event.until();
}

void Evolve(const OpportunityResumed&, Opportunity* opportunity) {
  opportunity->set_status(Opportunity::IN_PROGRESS);
  opportunity->clear_hold_note();
  opportunity->clear_hold_until();
}

}  // namespace leadstream::opportunity
