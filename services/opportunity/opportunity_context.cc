#include "services/opportunity/opportunity_context.h"

#include "services/opportunity/exchange_rates.h"
#include "services/opportunity/opportunity_reactions.h"
#include "services/opportunity/opportunity_rules.h"
#include "services/opportunity/pipeline_queries.h"
#include "services/opportunity/pipeline_tallies.h"
#include "services/opportunity/process_rules.h"

namespace leadstream::opportunity {

domain::Aggregate OpportunityAggregate() {
  return domain::AggregateOf<Opportunity>("opportunities")
      .Creates<CreateOpportunityRequest>(Decide, Needs)
      .On<UpdateOpportunityRequest>(Decide, Needs)
      .On<AddOpportunityLinesRequest>(Decide)
      .On<UpdateOpportunityLineRequest>(Decide)
      .On<RemoveOpportunityLineRequest>(Decide)
      .On<MoveOpportunityToStageRequest>(Decide, Needs)
      .On<MigrateOpportunityRequest>(Decide, Needs)
      .On<HoldOpportunityRequest>(Decide)
      .On<ResumeOpportunityRequest>(Decide)
      .On<AddStakeholderRequest>(Decide, Needs)
      .On<RemoveStakeholderRequest>(Decide)
      .On<AddCompetitorRequest>(Decide)
      .On<RemoveCompetitorRequest>(Decide)
      .On<WinOpportunityRequest>(Decide)
      .On<LoseOpportunityRequest>(Decide)
      .On<ReopenOpportunityRequest>(Decide, Needs)
      .On<LinkLeadRequest>(Decide)
      .On<RecordQuoteStateRequest>(Decide)
      .On<RecordAcceptedQuoteRequest>(Decide)
      .On<RecordOrderStateRequest>(Decide)
      .Folds<OpportunityCreated>(Evolve)
      .Folds<OpportunityUpdated>(Evolve)
      .Folds<OpportunityLinesAdded>(Evolve)
      .Folds<OpportunityLineUpdated>(Evolve)
      .Folds<OpportunityLineRemoved>(Evolve)
      .Folds<OpportunityMovedToStage>(Evolve)
      .Folds<OpportunityMigrated>(Evolve)
      .Folds<OpportunityHeld>(Evolve)
      .Folds<OpportunityResumed>(Evolve)
      .Folds<StakeholderAdded>(Evolve)
      .Folds<StakeholderRemoved>(Evolve)
      .Folds<CompetitorAdded>(Evolve)
      .Folds<CompetitorRemoved>(Evolve)
      .Folds<OpportunityLeadLinked>(Evolve)
      .Folds<OpportunityWon>(Evolve)
      .Folds<OpportunityLost>(Evolve)
      .Folds<OpportunityReopened>(Evolve)
      .Folds<OpportunityQuoteRecorded>(Evolve)
      .Folds<OpportunityOrderRecorded>(Evolve)
      .MatchedBy("state")
      .MatchedBy("status")
      .MatchedBy("account")
      .MatchedBy("owner")
      .MatchedBy("stage")
      .SortedBy("estimated_close_date")
      .MatchedBy("process_definition")
      .TalliedBy(kPipeline, PipelineEntries)
      .TalliedBy(kPipelineOfOwner, PipelineOfOwnerEntries)
      .TalliedBy(kForecast, ForecastEntries)
      .TalliedBy(kForecastOfOwner, ForecastOfOwnerEntries)
      .TalliedBy(kFunnel, FunnelEntries);
}

domain::Aggregate ProcessAggregate() {
  return domain::AggregateOf<ProcessDefinition>("processDefinitions")
      .Creates<CreateProcessDefinitionRequest>(Decide)
      .On<UpdateProcessDefinitionRequest>(Decide)
      .Folds<ProcessDefinitionCreated>(Evolve)
      .Folds<ProcessDefinitionUpdated>(Evolve)
      .MatchedBy("retired")
      .SortedBy("rank");
}

domain::Aggregate ExchangeRateAggregate() {
  return domain::AggregateOf<ExchangeRate>("exchangeRates")
      .Creates<CreateExchangeRateRequest>(Decide)
      .On<UpdateExchangeRateRequest>(Decide)
      .Folds<ExchangeRateCreated>(Evolve)
      .Folds<ExchangeRateUpdated>(Evolve)
      .MatchedBy("from_currency")
      .MatchedBy("to_currency")
      .SortedBy("date")
      .KeyedBy(kRatesOfPair, PairOf)
      .TalliedBy(kRatedCurrencies, RatedCurrencyEntries);
}

domain::ServiceDefinition OpportunityService() {
  return {
      .name = "opportunity",
      .grpc_services = {"leadstream.opportunity.v1.OpportunityService",
                        "leadstream.opportunity.v1.ProcessService",
                        "leadstream.opportunity.v1.ExchangeRateService"},
      .aggregates = {OpportunityAggregate(), ProcessAggregate(), ExchangeRateAggregate()},
      .queries = {domain::Answering(GetPipeline), domain::Answering(GetForecast),
                  domain::Answering(GetFunnel)},
      .reactions = OpportunityReactions(),
  };
}

}  // namespace leadstream::opportunity
