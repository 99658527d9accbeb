// The commands that only reactions issue, by hand: each is accepted over gRPC, too, so that an
// operator can tell what was never told.
#include <absl/strings/str_cat.h>

#include "leadstream/billing/v1/invoice_service.pb.h"
#include "leadstream/lead/v1/account_service.pb.h"
#include "leadstream/lead/v1/activity_service.pb.h"
#include "leadstream/lead/v1/assignment_rule_service.pb.h"
#include "leadstream/lead/v1/contact_service.pb.h"
#include "leadstream/lead/v1/lead_service.pb.h"
#include "leadstream/lead/v1/scoring_rule_service.pb.h"
#include "leadstream/opportunity/v1/opportunity_service.pb.h"
#include "leadstream/ordering/v1/order_service.pb.h"
#include "leadstream/quoting/v1/quote_service.pb.h"
#include "tests/process/commands.h"
#include "tests/server/serving.h"

namespace leadstream::testing {
namespace {

using google::protobuf::Message;

class TellingByHand : public Serving {
 protected:
  // `text` is a request to the method, in text format.
  Answer<google::protobuf::Empty> Tell(const std::string& method, const std::string& text) {
    const auto* descriptor =
        google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(method);
    std::unique_ptr<Message> request(runtime::PrototypeOf(descriptor->input_type())->New());
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, request.get())) << text;
    std::unique_ptr<Message> reply(runtime::PrototypeOf(descriptor->output_type())->New());
    grpc::ClientContext context;
    Answer<google::protobuf::Empty> answer;
    answer.status = server::Call(channel_.get(), descriptor, &context, *request, reply.get());
    return answer;
  }
  void Given(const std::string& method, const std::string& text) {
    auto answer = Tell(absl::StrCat("leadstream.", method), text);
    ASSERT_TRUE(answer.ok()) << method << ": " << answer.status.error_message();
  }
};

const std::map<std::string, std::string>& Rows() {
  static const auto* const rows = new std::map<std::string, std::string>{
      {"lead.v1.AccountService.FillAccount",
       "name: 'accounts/oak' account { tax_id: 'HU12345678' } lead: 'leads/anna'"},
      {"lead.v1.ContactService.FillContact",
       "name: 'contacts/bela' contact { language: 'hu' } lead: 'leads/anna'"},
      {"lead.v1.ContactService.MoveContact",
       "name: 'contacts/bela' from: 'accounts/oak' to: 'accounts/elm'"},
      {"lead.v1.ActivityService.MoveActivity",
       "name: 'activities/call' from: 'leads/anna' to: 'leads/cili'"},
      {"lead.v1.LeadService.AbsorbLead",
       "name: 'leads/cili' source: 'leads/anna' lead { topic: 'seats' need: '40 seats' }"},
      {"lead.v1.LeadService.RecordOpportunityState",
       "name: 'leads/anna' opportunity: 'opportunities/hall' opportunity_state: OPPORTUNITY_OPEN "
       "opportunity_revision: 1"},
      {"lead.v1.ScoringRuleService.ApplyScoringRule", "name: 'scoringRules/web' done: true"},
      {"lead.v1.AssignmentRuleService.OfferLead", "name: 'assignmentRules/all' lead: 'leads/anna'"},
      {"opportunity.v1.OpportunityService.LinkLead",
       "name: 'opportunities/hall' lead: 'leads/anna'"},
      {"opportunity.v1.OpportunityService.RecordQuoteState",
       "name: 'opportunities/hall' quote { quote: 'quotes/hall' quote_etag: 1 state: DRAFT }"},
      {"opportunity.v1.OpportunityService.RecordAcceptedQuote",
       "name: 'opportunities/hall' quote { quote: 'quotes/other' quote_etag: 2 state: WON } "
       "actual_revenue { currency_code: 'EUR' units: 10 }"},
      {"opportunity.v1.OpportunityService.RecordOrderState",
       "name: 'opportunities/hall' order { order: 'orders/other' order_etag: 1 }"},
      {"quoting.v1.QuoteService.CloseQuoteOfLostOpportunity",
       "name: 'quotes/hall' opportunity: 'opportunities/hall'"},
      {"ordering.v1.OrderService.RecordInvoice",
       "name: 'orders/hall' invoice { invoice: 'invoices/hall' type: INVOICE revision: 1 "
       "total { currency_code: 'EUR' units: 10 } }"},
      {"ordering.v1.OrderService.RecordPayment",
       "name: 'orders/hall' invoice: 'invoices/hall' revision: 2 "
       "paid_amount { currency_code: 'EUR' units: 10 }"},
  };
  return *rows;
}

TEST_F(TellingByHand, EachCommandOfAReactionIsAccepted) {
  constexpr char kLine[] =
      "description: 'table' quantity { value: '1' } unit_price { value: '10' }";
  Given("lead.v1.LeadService.CreateLead", "lead_id: 'anna' lead { topic: 'a' company: 'Oak' }");
  Given("lead.v1.LeadService.CreateLead", "lead_id: 'cili' lead { topic: 'c' company: 'Elm' }");
  Given("lead.v1.AccountService.CreateAccount",
        "account_id: 'oak' account { display_name: 'Oak' }");
  Given("lead.v1.AccountService.CreateAccount",
        "account_id: 'elm' account { display_name: 'Elm' }");
  Given("lead.v1.ContactService.CreateContact",
        "contact_id: 'bela' contact { person { given_name: 'Béla' } account: 'accounts/oak' }");
  Given("lead.v1.ActivityService.CreateActivity",
        "activity_id: 'call' activity { type: TASK subject: 'call' regarding: 'leads/anna' }");
  Given(
      "lead.v1.ScoringRuleService.CreateScoringRule",
      "scoring_rule_id: 'web' scoring_rule { display_name: 'w' filter: 'source = WEB' points: 1 }");
  Given("lead.v1.AssignmentRuleService.CreateAssignmentRule",
        "assignment_rule_id: 'all' assignment_rule { display_name: 'a' method: ROUND_ROBIN "
        "assignees { owner: 'anna' } }");
  Given("opportunity.v1.OpportunityService.CreateOpportunity",
        "opportunity_id: 'hall' opportunity { display_name: 'hall' account: 'accounts/oak' "
        "currency: 'EUR' }");
  Given("quoting.v1.QuoteService.CreateQuote",
        absl::StrCat("quote_id: 'hall' quote { opportunity: 'opportunities/hall' lines { ", kLine,
                     " } }"));
  Given("ordering.v1.OrderService.CreateOrder",
        absl::StrCat("order_id: 'hall' order { account: 'accounts/oak' currency: 'EUR' lines { "
                     "line { ",
                     kLine, " } } }"));
  for (const process::Told& told : process::ToldByReactions()) {
    SCOPED_TRACE(told.method);
    auto row = Rows().find(std::string(told.method).substr(std::string("leadstream.").size()));
    ASSERT_NE(row, Rows().end()) << "is told by nobody here";
    auto answer = Tell(told.method, row->second);
    EXPECT_TRUE(answer.ok()) << answer.status.error_message();
  }
}

}  // namespace
}  // namespace leadstream::testing
