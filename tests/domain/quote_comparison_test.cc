// Two revisions of a quote side by side.
#include "services/quoting/quote_comparison.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "services/quoting/quote_rules.h"
#include "tests/domain/catalogue_examples.h"

namespace leadstream::quoting {
namespace {

// Revision 0 as it was frozen, and revision 1 with other lines and terms.
OneQuote RevisedTwice() {
  Story story = Draft();
  story
      .Given(AddLine("line_id: 'survey' description: 'survey' quantity { value: '1' } unit_price "
                     "{ value: '50' }"))
      .Given(Activate());
  std::map<int64_t, Quote> earlier = {{3, story.state<Quote>()}};
  story.Given(Revise())
      .Given(UpdateLine("line_id: '1' quantity { value: '12' }"))
      .Given(RemoveLine("survey"))
      .Given(AddLine("description: 'crane' quantity { value: '1' } unit_price { value: '80' }"))
      .Given(UpdateQuote("adjustments { freight { value: '30' } } bill_to { city: 'Szeged' } "
                         "payment_days: 14"));
  return OneQuote(story.state<Quote>(), std::move(earlier));
}

CompareQuotesResponse Compare(int base, int revision) {
  CompareQuotesResponse response;
  CompareQuotesRequest request;
  request.set_name("quotes/test");
  request.set_base_revision(base);
  request.set_revision(revision);
  const auto refusal = CompareQuotes(request, RevisedTwice(), &response);
  EXPECT_FALSE(refusal) << refusal->message;
  return response;
}

std::string Lines(const CompareQuotesResponse& response) {
  return absl::StrJoin(response.lines(), " ",
                       [](std::string* out, const QuoteLineDifference& line) {
                         absl::StrAppend(out, line.line_id(), ":", line.base().quantity().value(),
                                         ">", line.compared().quantity().value());
                       });
}

TEST(ComparingRevisions, ShowsBothAndWhatDiffers) {
  const auto response = Compare(0, 1);
  EXPECT_EQ(response.base().state(), Quote::ACTIVE);
  EXPECT_EQ(response.base().revision(), 0);
  EXPECT_EQ(response.compared().revision(), 1);
  EXPECT_EQ(Lines(response), "1:16>12 survey:1> 2:>1");
  EXPECT_EQ(absl::StrJoin(response.fields(), ","), "payment_days,bill_to.city,adjustments.freight");
}

TEST(ComparingRevisions, GoesBothWaysAndFindsNothingInOneAlone) {
  EXPECT_EQ(Lines(Compare(1, 0)), "1:12>16 2:1> survey:>1");
  const auto same = Compare(1, 1);
  EXPECT_EQ(Lines(same), "");
  EXPECT_EQ(same.fields_size(), 0);
}

TEST(ComparingRevisions, NamesEachRevisionThatThereIsNot) {
  CompareQuotesResponse response;
  const auto refusal =
      CompareQuotes(Of<CompareQuotesRequest>("name: 'quotes/test' base_revision: -1 revision: 2"),
                    RevisedTwice(), &response);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->reason, "QUOTE_REVISION_UNKNOWN");
  ASSERT_EQ(refusal->fields.size(), 2u);
  EXPECT_EQ(refusal->fields[1].field, "revision");
}

TEST(ComparingRevisions, IsOfAQuoteThatThereIs) {
  CompareQuotesResponse response;
  const auto refusal =
      CompareQuotes(Of<CompareQuotesRequest>("name: 'quotes/none'"), RevisedTwice(), &response);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->code, absl::StatusCode::kNotFound);
  EXPECT_EQ(refusal->reason, "RESOURCE_NOT_FOUND");
}

}  // namespace
}  // namespace leadstream::quoting
