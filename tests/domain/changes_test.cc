// What an event changed, field by field.
#include "common/domain/changes.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "leadstream/lead/v1/lead.pb.h"
#include "leadstream/quoting/v1/quote.pb.h"

namespace leadstream::domain {
namespace {

using lead::v1::Lead;
using quoting::v1::Quote;

template <typename Message>
std::string Between(const std::string& before, const std::string& after) {
  Message a;
  Message b;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(before, &a)) << before;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(after, &b)) << after;
  return absl::StrJoin(ChangesBetween(a, b), "; ", [](std::string* out, const auto& change) {
    absl::StrAppend(out, change.field(), ": ", change.old_value(), " -> ", change.new_value());
  });
}

TEST(Changes, NameTheFieldAndItsValues) {
  EXPECT_EQ(Between<Lead>("topic: '4 seats'", "topic: '40 seats' owner: 'anna' state: OPEN"),
            "state:  -> OPEN; topic: 4 seats -> 40 seats; owner:  -> anna");
  EXPECT_EQ(Between<Lead>("topic: 'x' etag: '1' update_time { seconds: 1 }",
                          "topic: 'x' etag: '2' update_time { seconds: 2 }"),
            "");
}

TEST(Changes, GoIntoMessagesButNotIntoValues) {
  EXPECT_EQ(Between<Lead>("person { given_name: 'Anna' }",
                          "person { given_name: 'Anna' family_name: 'Kovács' } "
                          "budget { confirmed: true amount { currency_code: 'HUF' units: 5000 } }"),
            "person.family_name:  -> Kovács; budget.amount:  -> HUF 5000.00; "
            "budget.confirmed:  -> true");
  EXPECT_EQ(Between<Quote>("valid_to { year: 2026 month: 3 day: 1 }",
                           "valid_to { year: 2026 month: 4 day: 1 }"),
            "valid_to: 2026-03-01 -> 2026-04-01");
}

TEST(Changes, OfAListNameTheItemsThatChanged) {
  EXPECT_EQ(Between<Quote>("lines { line_id: 'a' quantity { value: '1' } } lines { line_id: 'b' }",
                           "lines { line_id: 'a' quantity { value: '2' } } lines { line_id: 'b' }"),
            "lines[0].quantity: 1 -> 2");
  EXPECT_EQ(Between<Lead>("emails: 'a' emails: 'b' emails: 'c'", "emails: 'a' emails: 'c'"),
            "emails[1]: b -> ");
  EXPECT_EQ(Between<Lead>("", "emails: 'a'"), "emails[0]:  -> a");
}

TEST(Changes, AreBounded) {
  Lead before;
  Lead after;
  for (size_t i = 0; i < 2 * kChangesMax; ++i) after.add_emails(absl::StrCat("e", i));
  EXPECT_EQ(ChangesBetween(before, after).size(), kChangesMax);
  after.Clear();
  // Two bytes each, so that the cut would be within a letter.
  std::string long_text = "x";
  for (int i = 0; i < 300; ++i) long_text += "á";
  after.set_notes(long_text);
  EXPECT_EQ(ChangesBetween(before, after).front().new_value(), long_text.substr(0, 199) + "…");
}

}  // namespace
}  // namespace leadstream::domain
