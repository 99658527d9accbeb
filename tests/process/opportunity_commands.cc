#include "leadstream/opportunity/v1/opportunity_service.pb.h"
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

}  // namespace

void AddOpportunityShapes(Shapes* shapes) {
  Add<CreateOpportunityRequest, Opportunity>(
      shapes, nullptr, [](const Opportunity*, Sketcher& sketcher, auto* request) {
        Opportunity* one = request->mutable_opportunity();
        one->set_account(sketcher.AnyOf("leadstream.dev/Account"));
        one->set_currency("EUR");
        one->clear_stage();
        one->clear_process_definition();
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
        static constexpr const char* kStages[] = {"qualify", "develop", "propose", "close"};
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
}

}  // namespace leadstream::process
