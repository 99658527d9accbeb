// What an update changes, and how an event says so.
#include "common/domain/update.h"

#include <absl/strings/str_join.h>
#include <gtest/gtest.h>

#include "leadstream/opportunity/v1/opportunity.pb.h"
#include "tests/message_of.h"

namespace leadstream::domain {
namespace {

using google::protobuf::FieldMask;
using opportunity::v1::Opportunity;

Opportunity Of(const std::string& text) { return testing::Of<Opportunity>(text); }

FieldMask Mask(const std::vector<std::string>& paths) {
  FieldMask mask;
  for (const std::string& path : paths) mask.add_paths(path);
  return mask;
}

std::string Paths(const FieldMask& mask) { return absl::StrJoin(mask.paths(), " "); }

TEST(ChangedFields, AreThoseWithAnotherValue) {
  EXPECT_EQ(Paths(ChangedFields(Of("need: 'a' pain: 'b' budget { units: 1 }"),
                                Of("need: 'a' owner: 'c' budget { units: 2 }"))),
            "owner pain budget");
  EXPECT_EQ(Paths(ChangedFields(Of("probability: 0"), Of(""))), "probability")
      << "an optional field is there or not";
  EXPECT_EQ(Paths(ChangedFields(Of("lines { line_id: '1' }"), Of("lines { line_id: '1' }"))), "");
}

TEST(CopyingFields, ReplacesEachAsAWhole) {
  Opportunity to =
      Of("need: 'a' pain: 'b' probability: 5 budget { currency_code: 'EUR' units: 1 } lines { "
         "line_id: '1' } owner: 'x'");
  CopyFields(Of("need: 'c' budget { units: 2 } lines { line_id: '2' }"),
             Mask({"need", "pain", "probability", "budget", "lines", "unheard_of"}), &to);
  EXPECT_EQ(
      to.ShortDebugString(),
      Of("need: 'c' owner: 'x' budget { units: 2 } lines { line_id: '2' }").ShortDebugString());
}

TEST(ApplyingAnUpdate, SaysWhatDiffers) {
  Opportunity state = Of("need: 'a' owner: 'x'");
  FieldMask differs;
  EXPECT_TRUE(ApplyUpdate(Of("need: 'b' owner: 'x'"), Mask({}), &state, &differs).empty());
  EXPECT_EQ(Paths(differs), "need");
  EXPECT_TRUE(ApplyUpdate(Of(""), Mask({"owner"}), &state, &differs).empty());
  EXPECT_EQ(Paths(differs), "owner");
  EXPECT_EQ(state.ShortDebugString(), "need: \"b\"");
}

TEST(ApplyingAnUpdate, TakesItAmissWhenAnImmutableFieldIsGivenAnew) {
  const Opportunity before =
      Of("stage: 'qualify' lead: 'leads/a' lines { line_id: '1' net { units: 5 } }");
  Opportunity state = before;
  FieldMask differs;
  EXPECT_TRUE(ApplyUpdate(Of("stage: 'qualify' lines { line_id: '1' }"), Mask({}), &state, &differs)
                  .empty())
      << "sent back as it was read";
  EXPECT_TRUE(ApplyUpdate(Of("owner: 'x'"), Mask({"*"}), &state, &differs).empty());
  EXPECT_EQ(Paths(differs), "owner") << "one that is not given stays";
  EXPECT_TRUE(ApplyUpdate(Of("stage: 'close'"), Mask({"owner"}), &state, &differs).empty())
      << "the mask does not mean it";

  const auto bad = ApplyUpdate(Of("stage: 'close' lead: 'leads/b'"), Mask({}), &state, &differs);
  ASSERT_EQ(bad.size(), 2u);
  EXPECT_EQ(bad[0].field, "opportunity.lead");
  EXPECT_EQ(bad[1].field, "opportunity.stage");
}

}  // namespace
}  // namespace leadstream::domain
