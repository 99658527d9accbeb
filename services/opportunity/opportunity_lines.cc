// The lines of an opportunity: what would be sold. Events carry lines and totals as computed, so
// that folding prices nothing.
#include "common/domain/lines.h"

#include "common/domain/totals.h"
#include "services/opportunity/opportunity_checks.h"
#include "services/opportunity/opportunity_rules.h"

namespace leadstream::opportunity {

Decision Decide(const Opportunity& opportunity, const AddOpportunityLinesRequest& request,
                const Context&) {
  if (!IsOpen(opportunity)) return RefuseNotOpen("gets, changes or loses lines");
  Problems problems;
  domain::Lines lines = opportunity.lines();
  int64_t next_line = opportunity.next_line();
  problems.Add(OPPORTUNITY_LINES_INVALID,
               domain::AddLines(request.lines(), "lines", &lines, &next_line));
  CheckLines(opportunity.currency(), lines, opportunity.lines_size(), "lines", &problems);
  if (!problems.empty()) return problems.Refused();

  OpportunityLinesAdded event;
  for (int i = opportunity.lines_size(); i < lines.size(); ++i) {
    domain::PriceLine(opportunity.currency(), &lines[i]);
    *event.add_lines() = lines[i];
  }
  event.set_next_line(next_line);
  *event.mutable_totals() = domain::TotalsOf(opportunity.currency(), lines, {});
  return event;
}

Decision Decide(const Opportunity& opportunity, const UpdateOpportunityLineRequest& request,
                const Context&) {
  if (!IsOpen(opportunity)) return RefuseNotOpen("gets, changes or loses lines");
  Problems problems;
  domain::Lines lines = opportunity.lines();
  problems.Add(OPPORTUNITY_LINES_INVALID,
               domain::UpdateLine(request.line(), request.update_mask(), "line", &lines));
  if (!problems.empty()) return problems.Refused();

  OpportunityLineUpdated event;
  common::v1::Line& line = *event.mutable_line();
  line = *domain::FindLine(request.line().line_id(), lines);
  CheckLine(opportunity.currency(), lines, line, "line", &problems);
  if (!problems.empty()) return problems.Refused();

  domain::PriceLine(opportunity.currency(), &line);
  *event.mutable_totals() = domain::TotalsOf(opportunity.currency(), lines, {});
  return event;
}

Decision Decide(const Opportunity& opportunity, const RemoveOpportunityLineRequest& request,
                const Context&) {
  if (!IsOpen(opportunity)) return RefuseNotOpen("gets, changes or loses lines");
  Problems problems;
  domain::Lines lines = opportunity.lines();
  problems.Add(OPPORTUNITY_LINES_INVALID, domain::RemoveLine(request.line_id(), "line_id", &lines));
  if (!problems.empty()) return problems.Refused();

  OpportunityLineRemoved event;
  event.set_line_id(request.line_id());
  *event.mutable_totals() = domain::TotalsOf(opportunity.currency(), lines, {});
  return event;
}

void Evolve(const OpportunityLinesAdded& event, Opportunity* opportunity) {
  domain::PutLines(event.lines(), opportunity->mutable_lines());
  opportunity->set_next_line(event.next_line());
  TakeTotals(event.totals(), opportunity);
}

void Evolve(const OpportunityLineUpdated& event, Opportunity* opportunity) {
  domain::Lines changed;
  *changed.Add() = event.line();
  domain::PutLines(changed, opportunity->mutable_lines());
  TakeTotals(event.totals(), opportunity);
}

void Evolve(const OpportunityLineRemoved& event, Opportunity* opportunity) {
  domain::DropLine(event.line_id(), opportunity->mutable_lines());
  TakeTotals(event.totals(), opportunity);
}

}  // namespace leadstream::opportunity
