#include "tests/process/commands.h"

#include <google/api/annotations.pb.h>

#include <algorithm>

#include "cli/all_services.h"
#include "leadstream/common/v1/reaction.pb.h"
#include "leadstream/opportunity/v1/opportunity.pb.h"

namespace leadstream::process {

using common::v1::DropParkedReactionRequest;
using common::v1::ListParkedReactionsRequest;
using common::v1::ParkedReaction;
using common::v1::RetryParkedReactionRequest;
using google::protobuf::MethodDescriptor;

const Shapes& AllShapes() {
  static const auto* const all = [] {
    auto* shapes = new Shapes;
    AddLeadShapes(shapes);
    AddOpportunityShapes(shapes);
    AddQuotingShapes(shapes);
    AddOrderingShapes(shapes);
    AddBillingShapes(shapes);
    const auto waits = [](const ParkedReaction& one) {
      return one.state() == ParkedReaction::PARKED;
    };
    Add<RetryParkedReactionRequest, ParkedReaction>(shapes, waits);
    Add<DropParkedReactionRequest, ParkedReaction>(shapes, waits);
    Add<ListParkedReactionsRequest, ParkedReaction>(
        shapes, nullptr, [](const ParkedReaction*, Sketcher&, auto* request) {
          request->set_parent("services/ordering");
        });
    return shapes;
  }();
  return *all;
}

const std::vector<Told>& ToldByReactions() {
  static const auto* const told = new std::vector<Told>{
      {"leadstream.lead.v1.AccountService.FillAccount", "leadstream.lead.v1.AccountFilled"},
      {"leadstream.lead.v1.ContactService.FillContact", "leadstream.lead.v1.ContactFilled"},
      {"leadstream.lead.v1.ContactService.MoveContact", "leadstream.lead.v1.ContactMoved"},
      {"leadstream.lead.v1.ActivityService.MoveActivity", "leadstream.lead.v1.ActivityMoved"},
      {"leadstream.lead.v1.LeadService.AbsorbLead", "leadstream.lead.v1.LeadAbsorbed"},
      {"leadstream.lead.v1.LeadService.RecordOpportunityState",
       "leadstream.lead.v1.LeadOpportunityRecorded"},
      {"leadstream.lead.v1.ScoringRuleService.ApplyScoringRule",
       "leadstream.lead.v1.ScoringRuleApplied"},
      {"leadstream.lead.v1.AssignmentRuleService.OfferLead", "leadstream.lead.v1.LeadOffered"},
      {"leadstream.opportunity.v1.OpportunityService.LinkLead",
       "leadstream.opportunity.v1.OpportunityLeadLinked"},
      {"leadstream.opportunity.v1.OpportunityService.RecordQuoteState",
       "leadstream.opportunity.v1.OpportunityQuoteRecorded"},
      {"leadstream.opportunity.v1.OpportunityService.RecordAcceptedQuote",
       "leadstream.opportunity.v1.OpportunityWon"},
      {"leadstream.opportunity.v1.OpportunityService.RecordOrderState",
       "leadstream.opportunity.v1.OpportunityOrderRecorded"},
      {"leadstream.quoting.v1.QuoteService.CloseQuoteOfLostOpportunity",
       "leadstream.quoting.v1.QuoteClosed"},
      {"leadstream.ordering.v1.OrderService.RecordInvoice",
       "leadstream.ordering.v1.OrderInvoiceRecorded"},
      {"leadstream.ordering.v1.OrderService.RecordPayment",
       "leadstream.ordering.v1.OrderPaymentRecorded"},
  };
  return *told;
}

const std::map<std::string, std::string>& Exempt() {
  static const auto* const exempt = new std::map<std::string, std::string>{
      {"leadstream.common.v1.ReactionService.GetParkedReaction",
       "nothing is parked while all is well"},
      {"leadstream.common.v1.ReactionService.RetryParkedReaction",
       "nothing is parked while all is well"},
      {"leadstream.common.v1.ReactionService.DropParkedReaction",
       "nothing is parked while all is well"},
      {"leadstream.lead.v1.LeadService.ImportLeads",
       "a client stream; tests/server/import_test.cc"},
  };
  return *exempt;
}

std::vector<const MethodDescriptor*> AllMethods() {
  std::vector<std::string> services = {"leadstream.common.v1.ReactionService"};
  for (const domain::ServiceDefinition& definition : cli::AllServices())
    services.insert(services.end(), definition.grpc_services.begin(),
                    definition.grpc_services.end());
  std::vector<const MethodDescriptor*> methods;
  for (const std::string& name : services) {
    const auto* service =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
    for (int i = 0; i < service->method_count(); ++i) methods.push_back(service->method(i));
  }
  return methods;
}

bool IsCommand(const MethodDescriptor* method) {
  for (const domain::ServiceDefinition& definition : cli::AllServices()) {
    for (const domain::Query& query : definition.queries) {
      if (query.request == method->input_type()) return false;
    }
  }
  return method->options().GetExtension(google::api::http).get().empty();
}

void Edit(std::initializer_list<const char*> paths, Sketcher& sketcher,
          google::protobuf::FieldMask* mask) {
  if (sketcher.dice().OneIn(3)) return;
  mask->clear_paths();
  mask->add_paths(*(paths.begin() + sketcher.dice().Roll(static_cast<int64_t>(paths.size()))));
}

std::string OpenOpportunity(Sketcher& sketcher) {
  using opportunity::v1::Opportunity;
  std::string name;
  for (int i = 0; i < 10; ++i) {
    name = sketcher.AnyOf("leadstream.dev/Opportunity");
    const auto* one = sketcher.world().Get<Opportunity>(name);
    if (one != nullptr && one->state() == Opportunity::OPEN) break;
  }
  return name;
}

void FitLine(Sketcher& sketcher, common::v1::Line* line) {
  static constexpr const char* kRates[] = {"27", "5", "0"};
  domain::Dice& dice = sketcher.dice();
  line->clear_line_id();
  line->clear_product();
  line->clear_unit();
  line->set_description("Oak table");
  line->set_price_override_reason("agreed");
  if (line->quantity().value().empty()) line->mutable_quantity()->set_value("3");
  line->mutable_unit_price()->set_value(
      absl::StrCat(1 + dice.Roll(900), ".", dice.Roll(10), dice.Roll(10), dice.Roll(10)));
  line->mutable_tax_rate()->set_value(kRates[dice.Roll(3)]);
  if (!dice.OneIn(10)) line->clear_discount_amount();
  if (!dice.OneIn(10)) line->clear_volume_discount();
}

void FitAdjustments(Sketcher& sketcher, common::v1::Adjustments* adjustments) {
  if (!sketcher.dice().OneIn(10)) adjustments->clear_discount_amount();
}

}  // namespace leadstream::process
