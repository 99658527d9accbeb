// Requests as they are typed, field by field.
#include "cli/request_text.h"

#include <gtest/gtest.h>

#include <vector>

#include "leadstream/lead/v1/lead_service.pb.h"
#include "leadstream/quoting/v1/quote_service.pb.h"

namespace leadstream::cli {
namespace {

// What becomes of a request, in text format; or what is wrong with the first word that cannot be.
template <typename Request>
std::string Typed(const std::vector<std::string>& words) {
  Request request;
  for (const std::string& word : words) {
    if (absl::Status set = SetField(word, &request); !set.ok()) return std::string(set.message());
  }
  return request.ShortDebugString();
}

TEST(TypedRequests, HoldTextsNumbersAndAmounts) {
  EXPECT_EQ(
      Typed<lead::v1::QualifyLeadRequest>({"name=leads/anna", "need=40 seats = a plan",
                                           "budget=EUR 5000.5", "opportunity.create=true"}),
      "name: \"leads/anna\" need: \"40 seats = a plan\" budget { currency_code: \"EUR\" units: "
      "5000 nanos: 500000000 } opportunity { create: true }");
  EXPECT_EQ(Typed<lead::v1::DisqualifyLeadRequest>({"reason=LOST"}), "reason: LOST");
  EXPECT_EQ(Typed<lead::v1::MarkLeadContactedRequest>({"contact_time=2026-03-01T09:30:00Z"}),
            "contact_time { seconds: 1772357400 }");
  EXPECT_EQ(Typed<quoting::v1::AcceptQuoteRequest>({"accept_date=2026-03-01"}),
            "accept_date { year: 2026 month: 3 day: 1 }");
}

TEST(TypedRequests, HoldListsElementByElement) {
  EXPECT_EQ(
      Typed<lead::v1::UpdateLeadRequest>(
          {"lead.emails=a@b.example", "lead.emails=c@d.example", "update_mask=emails,need"}),
      "lead { emails: \"a@b.example\" emails: \"c@d.example\" } update_mask { paths: \"emails\" "
      "paths: \"need\" }");
  EXPECT_EQ(
      Typed<quoting::v1::AddQuoteLinesRequest>(
          {"lines.0.quantity=1.5", "lines.0.unit=day", "lines.1.quantity=2"}),
      "lines { quantity { value: \"1.5\" } unit: \"day\" } lines { quantity { value: \"2\" } }");
}

TEST(TypedRequests, SayWhatIsWrong) {
  using lead::v1::QualifyLeadRequest;
  using quoting::v1::AddQuoteLinesRequest;
  EXPECT_EQ(Typed<QualifyLeadRequest>({"leads/anna"}), "leads/anna is no FIELD=VALUE");
  EXPECT_EQ(Typed<QualifyLeadRequest>({"nmae=leads/anna"}),
            "nmae is no field: QualifyLeadRequest has no nmae");
  EXPECT_EQ(Typed<QualifyLeadRequest>({"name.first=anna"}), "name.first goes on behind name");
  EXPECT_EQ(Typed<QualifyLeadRequest>({"budget=5000"}),
            "budget is an amount such as \"EUR 12.50\"");
  EXPECT_EQ(Typed<QualifyLeadRequest>({"budget=EUR 0.001"}),
            "budget is an amount such as \"EUR 12.50\"");
  EXPECT_EQ(Typed<QualifyLeadRequest>({"opportunity=new"}),
            "opportunity has fields of its own: name one of them, behind a dot");
  EXPECT_EQ(Typed<QualifyLeadRequest>({"opportunity.create=yes"}),
            "opportunity.create is true or false");
  EXPECT_EQ(Typed<AddQuoteLinesRequest>({"lines.1.quantity=2"}),
            "lines.1.quantity needs an element's number, from 0 to 0, behind lines");
  EXPECT_EQ(Typed<lead::v1::AssignLeadRequest>({"only_if_unowned=1"}),
            "only_if_unowned is true or false");
}

}  // namespace
}  // namespace leadstream::cli
