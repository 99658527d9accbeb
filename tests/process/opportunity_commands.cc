#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>

#include "leadstream/opportunity/v1/exchange_rate_service.pb.h"
#include "leadstream/opportunity/v1/opportunity_service.pb.h"
#include "leadstream/opportunity/v1/process_service.pb.h"
#include "tests/process/commands.h"

namespace leadstream::process {

using namespace opportunity::v1;  // NOLINT(google-build-using-namespace): a table of these messages

namespace {

bool IsOpen(const Opportunity& opportunity) { return opportunity.state() == Opportunity::OPEN; }
bool HasLines(const Opportunity& opportunity) {
  return IsOpen(opportunity) && !opportunity.lines().empty();
}

void AddPartyShapes(Shapes* shapes) {
  Add<AddStakeholderRequest, Opportunity>(
      shapes, IsOpen, [](const Opportunity*, Sketcher&, auto* request) {
        request->mutable_stakeholder()->set_role(Stakeholder::CHAMPION);
      });
  Add<RemoveStakeholderRequest, Opportunity>(
      shapes, [](const Opportunity& one) { return IsOpen(one) && !one.stakeholders().empty(); },
      [](const Opportunity* one, Sketcher& sketcher, auto* request) {
        if (one != nullptr && !one->stakeholders().empty())
          request->set_contact(
              one->stakeholders(static_cast<int>(sketcher.dice().Roll(one->stakeholders_size())))
                  .contact());
      });
  Add<AddCompetitorRequest, Opportunity>(shapes, IsOpen);
  Add<RemoveCompetitorRequest, Opportunity>(
      shapes, [](const Opportunity& one) { return IsOpen(one) && !one.competitors().empty(); },
      [](const Opportunity* one, Sketcher&, auto* request) {
        if (one != nullptr && !one->competitors().empty())
          request->set_display_name(one->competitors(0).display_name());
      });
}

void AddLineShapes(Shapes* shapes) {
  Add<AddOpportunityLinesRequest, Opportunity>(
      shapes, IsOpen, [](const Opportunity*, Sketcher& sketcher, auto* request) {
        for (auto& line : *request->mutable_lines()) FitLine(sketcher, &line);
      });
  Add<UpdateOpportunityLineRequest,
      Opportunity>(shapes, HasLines, [](const Opportunity* one, Sketcher& sketcher, auto* request) {
    FitLine(sketcher, request->mutable_line());
    if (one != nullptr && !one->lines().empty())
      request->mutable_line()->set_line_id(one->lines(0).line_id());
    Edit({"quantity", "unit_price", "discount_percent"}, sketcher, request->mutable_update_mask());
  });
  Add<RemoveOpportunityLineRequest, Opportunity>(
      shapes, HasLines, [](const Opportunity* one, Sketcher&, auto* request) {
        if (one != nullptr && !one->lines().empty())
          request->set_line_id(one->lines(one->lines_size() - 1).line_id());
      });
}

constexpr const char* kStages[] = {"qualify", "develop", "propose", "close"};

// Stages that opportunities of other processes may have as well, so that they can be migrated. The
// first one requires nothing: nobody asks a lead that was qualified for more.
void FitStages(Sketcher& sketcher, ProcessDefinition* process) {
  domain::Dice& dice = sketcher.dice();
  process->clear_stages();
  const int64_t stages = 2 + dice.Roll(3);
  for (int64_t i = 0; i < stages; ++i) {
    ProcessStage* stage = process->add_stages();
    stage->set_stage(kStages[i]);
    stage->set_probability(static_cast<int32_t>(dice.Roll(101)));
    stage->set_forecast_category(static_cast<Opportunity::ForecastCategory>(dice.Roll(5)));
    if (i > 0 && dice.OneIn(3)) stage->add_required_fields("need");
  }
  if (dice.OneIn(2)) std::swap(*process->mutable_stages(0), *process->mutable_stages(1));
  process->mutable_stages(0)->clear_required_fields();
}
void FitProcess(Sketcher& sketcher, ProcessDefinition* process) {
  domain::Dice& dice = sketcher.dice();
  FitStages(sketcher, process);
  while (process->labels_size() > 1) process->mutable_labels()->RemoveLast();
  process->clear_customer_types();
  process->clear_industries();
  // So that the default process keeps some.
  if (!dice.OneIn(4)) process->add_customer_types(dice.OneIn(2) ? "business" : "consumer");
  if (dice.OneIn(2)) process->add_industries("manufacturing");
  process->set_retired(dice.OneIn(2));
}

void AddProcessShapes(Shapes* shapes) {
  Add<CreateProcessDefinitionRequest, ProcessDefinition>(
      shapes, nullptr, [](const ProcessDefinition*, Sketcher& sketcher, auto* request) {
        FitProcess(sketcher, request->mutable_process_definition());
      });
  Add<UpdateProcessDefinitionRequest, ProcessDefinition>(
      shapes, nullptr, [](const ProcessDefinition*, Sketcher& sketcher, auto* request) {
        FitProcess(sketcher, request->mutable_process_definition());
        Edit({"stages", "rank", "retired", "customer_types"}, sketcher,
             request->mutable_update_mask());
      });
  Add<MigrateOpportunityRequest, Opportunity>(
      shapes, IsOpen, [](const Opportunity* one, Sketcher& sketcher, auto* request) {
        if (one == nullptr || !sketcher.dice().OneIn(4) || one->process_definition().empty())
          request->set_process_definition(sketcher.AnyOf("leadstream.dev/ProcessDefinition"));
        const std::string& name = request->process_definition().empty() && one != nullptr
                                      ? one->process_definition()
                                      : request->process_definition();
        const auto* process = sketcher.world().Get<ProcessDefinition>(name);
        request->clear_stages();
        if (one == nullptr || process == nullptr) return;
        (*request->mutable_stages())[one->stage()] =
            process->stages(static_cast<int>(sketcher.dice().Roll(process->stages_size()))).stage();
      });
}

void AddRateShapes(Shapes* shapes) {
  Add<CreateExchangeRateRequest, ExchangeRate>(
      shapes, nullptr, [](const ExchangeRate*, Sketcher& sketcher, auto* request) {
        static constexpr const char* kCurrencies[] = {"EUR", "HUF", "USD", "JPY"};
        ExchangeRate* rate = request->mutable_exchange_rate();
        const int64_t from = sketcher.dice().Roll(4), day = 1 + sketcher.dice().Roll(9);
        rate->set_from_currency(kCurrencies[from]);
        rate->set_to_currency(kCurrencies[(from + 1 + sketcher.dice().Roll(3)) % 4]);
        rate->mutable_date()->set_year(2020);
        rate->mutable_date()->set_month(3);
        rate->mutable_date()->set_day(static_cast<int32_t>(day));
        request->set_exchange_rate_id(absl::AsciiStrToLower(
            absl::StrCat(rate->from_currency(), "-", rate->to_currency(), "-2020-03-0", day)));
      });
  Add<UpdateExchangeRateRequest, ExchangeRate>(
      shapes, nullptr, [](const ExchangeRate*, Sketcher& sketcher, auto* request) {
        Edit({"rate", "source"}, sketcher, request->mutable_update_mask());
      });
}

}  // namespace

void AddOpportunityShapes(Shapes* shapes) {
  Add<CreateOpportunityRequest, Opportunity>(
      shapes, nullptr, [](const Opportunity*, Sketcher& sketcher, auto* request) {
        Opportunity* one = request->mutable_opportunity();
        one->set_account(sketcher.AnyOf("leadstream.dev/Account"));
        one->set_currency("EUR");
        one->clear_stage();
        if (!sketcher.dice().OneIn(4)) one->clear_process_definition();
        one->clear_forecast_category();
        one->clear_revenue_method();
        one->clear_estimated_revenue();
        one->clear_stakeholders();
        one->clear_budget();
        if (!sketcher.dice().OneIn(3)) one->clear_lead();
        for (auto& line : *one->mutable_lines()) FitLine(sketcher, &line);
      });
  Add<UpdateOpportunityRequest, Opportunity>(
      shapes, IsOpen, [](const Opportunity*, Sketcher& sketcher, auto* request) {
        Edit({"need", "pain", "estimated_close_date", "owner"}, sketcher,
             request->mutable_update_mask());
      });
  Add<MoveOpportunityToStageRequest, Opportunity>(
      shapes, IsOpen, [](const Opportunity*, Sketcher& sketcher, auto* request) {
        request->set_stage(kStages[sketcher.dice().Roll(4)]);
      });
  Add<HoldOpportunityRequest, Opportunity>(shapes, [](const Opportunity& one) {
    return IsOpen(one) && one.status() != Opportunity::ON_HOLD;
  });
  Add<ResumeOpportunityRequest, Opportunity>(
      shapes, [](const Opportunity& one) { return one.status() == Opportunity::ON_HOLD; });
  Add<WinOpportunityRequest, Opportunity>(
      shapes, IsOpen, [](const Opportunity*, Sketcher& sketcher, auto* request) {
        if (sketcher.dice().OneIn(2)) request->clear_actual_revenue();
      });
  Add<LoseOpportunityRequest, Opportunity>(
      shapes, IsOpen, [](const Opportunity*, Sketcher& sketcher, auto* request) {
        request->set_close_quotes(sketcher.dice().OneIn(2));
      });
  Add<ReopenOpportunityRequest, Opportunity>(shapes,
                                             [](const Opportunity& one) { return !IsOpen(one); });
  AddLineShapes(shapes);
  AddPartyShapes(shapes);
  AddProcessShapes(shapes);
  AddRateShapes(shapes);
}

}  // namespace leadstream::process
