// When a lead is qualified, and what comes of it.
#include <absl/strings/str_cat.h>

#include <utility>

#include "common/domain/formats.h"
#include "leadstream/lead/v1/error_reason.pb.h"
#include "leadstream/opportunity/v1/opportunity.pb.h"
#include "services/lead/customer.h"
#include "services/lead/lead_rules.h"

namespace leadstream::lead {
namespace {

using namespace v1;  // NOLINT(google-build-using-namespace): a page of rules, all about these
                     // messages
using domain::Context;
using domain::Decision;
using domain::IsBlank;
using domain::Refusal;
using domain::Refuse;
using domain::RefuseFields;
using opportunity::v1::Opportunity;

bool HasNeed(const Lead& lead) { return !IsBlank(lead.need()); }

// A budget counts when it is confirmed, also while its amount is not known; one of zero does not.
bool HasPurchasingPower(const Lead& lead) {
  const auto& amount = lead.budget().amount();
  const bool budget = lead.budget().confirmed() &&
                      (!lead.budget().has_amount() || amount.units() > 0 || amount.nanos() > 0);
  return budget || !IsBlank(lead.decision_maker());
}

void TakeWhatIsGiven(const QualifyLeadRequest& request, Lead* lead) {
  if (!IsBlank(request.need())) lead->set_need(request.need());
  if (!IsBlank(request.decision_maker())) lead->set_decision_maker(request.decision_maker());
  if (request.has_budget()) {
    *lead->mutable_budget()->mutable_amount() = request.budget();
    lead->mutable_budget()->set_confirmed(true);
  }
}

bool WantsNone(const OpportunityChoice& choice) {
  return choice.choice_case() == OpportunityChoice::kCreate && !choice.create();
}

void ChooseOpportunity(const Lead& lead, const QualifyLeadRequest& request, const Context& context,
                       LeadQualified* qualified) {
  if (request.opportunity().has_existing()) {
    qualified->set_opportunity(request.opportunity().existing());
  } else if (HasLiveOpportunity(lead)) {  // reopened since the lead was reactivated
    qualified->set_opportunity(lead.opportunity());
  } else if (!WantsNone(request.opportunity())) {
    const int count = lead.opened_opportunities() + 1;
    qualified->set_opportunity(
        absl::StrCat("opportunities/", IdOf(context), count == 1 ? "" : absl::StrCat("-", count)));
    qualified->set_opportunity_created(true);
    qualified->set_currency(request.currency().empty()
                                ? qualified->lead().budget().amount().currency_code()
                                : request.currency());
  }
}

// All that is missing, under the reason of the first.
Decision RefuseMissing(bool need, bool purchasing_power, bool currency) {
  Refusal refusal = Refuse(!need               ? LEAD_INTEREST_UNKNOWN
                           : !purchasing_power ? LEAD_BUDGET_UNKNOWN
                                               : LEAD_CURRENCY_UNKNOWN,
                           "not enough is known of the lead to qualify it; give what is missing "
                           "with the command, or update the lead");
  if (!need) refusal.fields.push_back({"need", "say what they need"});
  if (!purchasing_power)
    refusal.fields.push_back(
        {"budget", "confirm a budget, or name the decision maker in `decision_maker`"});
  if (!currency)
    refusal.fields.push_back(
        {"currency", "say in which currency the opportunity is, or give a budget"});
  return refusal;
}

}  // namespace

std::vector<std::string> Needs(const QualifyLeadRequest& request) {
  std::vector<std::string> needs;
  for (const std::string* name :
       {&request.account(), &request.contact(), &request.opportunity().existing()}) {
    if (!name->empty()) needs.push_back(*name);
  }
  return needs;
}

Decision Decide(const Lead& lead, const QualifyLeadRequest& request, const Context& context) {
  if (lead.state() != Lead::OPEN)
    return Refuse(LEAD_NOT_OPEN, "only an open lead can be qualified; reactivate it first");
  if (request.has_budget() && !request.currency().empty() &&
      request.budget().currency_code() != request.currency()) {
    return RefuseFields(LEAD_CURRENCY_CONFLICT, "one opportunity has one currency",
                        {{"budget", absl::StrCat("is in ", request.budget().currency_code(),
                                                 ", the opportunity in ", request.currency())}});
  }
  if (auto merged = MergedAmong(request.account(), request.contact(), context))
    return *std::move(merged);
  const auto* existing = context.Find<Opportunity>(request.opportunity().existing());
  if (existing != nullptr && existing->state() != Opportunity::OPEN) {
    return Refuse(LEAD_OPPORTUNITY_NOT_OPEN,
                  absl::StrCat(request.opportunity().existing(),
                               " is won or lost; reopen it first, or open a new one"));
  }

  LeadQualified qualified;
  Lead& after = *qualified.mutable_lead();
  after = lead;
  TakeWhatIsGiven(request, &after);
  CustomerOf(lead, request.account(), request.contact(), context).WriteTo(&qualified);
  ChooseOpportunity(lead, request, context, &qualified);
  const bool has_currency = !qualified.opportunity_created() || !qualified.currency().empty();
  if (!HasNeed(after) || !HasPurchasingPower(after) || !has_currency)
    return RefuseMissing(HasNeed(after), HasPurchasingPower(after), has_currency);
  qualified.set_note(request.note());
  return qualified;
}

void Evolve(const LeadQualified& event, Lead* lead) {
  lead->set_state(Lead::QUALIFIED);
  lead->set_status(Lead::CONVERTED);
  lead->set_need(event.lead().need());
  lead->set_decision_maker(event.lead().decision_maker());
  if (event.lead().has_budget()) *lead->mutable_budget() = event.lead().budget();
  lead->set_account(event.account());
  lead->set_contact(event.contact());
  if (event.opportunity() != lead->opportunity()) lead->clear_opportunity_revision();
  if (event.opportunity() != lead->opportunity() || !HasLiveOpportunity(*lead)) {
    lead->set_opportunity_state(event.opportunity().empty() ? Lead::OPPORTUNITY_STATE_UNSPECIFIED
                                                            : Lead::OPPORTUNITY_OPEN);
  }
  lead->set_opportunity(event.opportunity());
  if (event.opportunity_created()) lead->set_opened_opportunities(lead->opened_opportunities() + 1);
}

void Answer(const Lead& lead, QualifyLeadResponse* response) {
  *response->mutable_lead() = lead;
  response->set_account(lead.account());
  response->set_contact(lead.contact());
  response->set_opportunity(lead.opportunity());
}

}  // namespace leadstream::lead
