#include "common/domain/validation.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "common/domain/formats.h"
#include "leadstream/lead/v1/lead.pb.h"
#include "leadstream/lead/v1/lead_commands.pb.h"
#include "tests/domain/inline_schema.h"

namespace leadstream::domain {
namespace {

using google::protobuf::FieldMask;
using google::protobuf::Message;
using testing::InlineSchema;

constexpr char kThings[] = R"(
  message Part {
    string label = 1 [(google.api.field_behavior) = REQUIRED];
    string note = 2;
    google.type.Money price = 3 [(google.api.field_behavior) = OUTPUT_ONLY];
    repeated Part parts = 4;
  }
  message Thing {
    option (google.api.resource) = {type: "inline/Thing" pattern: "shelves/{shelf}/things/{thing}" pattern: "things/{thing}"};
    enum Color { COLOR_UNSPECIFIED = 0; RED = 1; BLUE = 5; }
    string name = 1 [(google.api.field_behavior) = IDENTIFIER];
    string etag = 3;
    google.protobuf.Timestamp create_time = 4 [(google.api.field_behavior) = OUTPUT_ONLY];
    string topic = 7 [(google.api.field_behavior) = REQUIRED, (leadstream.common.v1.rules).max_length = 5];
    Color color = 8;
    repeated Color colors = 9;
    google.type.Money price = 10;
    google.type.Money balance = 11 [(leadstream.common.v1.rules).negative = true];
    google.type.Money fee = 12 [(leadstream.common.v1.rules).positive = true];
    google.type.Decimal amount = 13;
    google.type.Decimal percent = 14 [(leadstream.common.v1.rules).max_value = "100", (leadstream.common.v1.rules).max_decimals = 2];
    google.type.Decimal delta = 15 [(leadstream.common.v1.rules).negative = true];
    google.protobuf.Timestamp at = 16;
    google.type.Date day = 17;
    google.protobuf.Duration length = 18;
    repeated string emails = 19 [(leadstream.common.v1.rules).format = EMAIL, (leadstream.common.v1.rules).max_items = 3];
    string friend = 20 [(google.api.resource_reference).type = "inline/Thing"];
    string parent = 21 [(google.api.resource_reference).child_type = "inline/Thing"];
    string lead = 22 [(google.api.resource_reference).type = "leadstream.dev/Lead"];
    string stranger = 23 [(google.api.resource_reference).type = "elsewhere/Thing"];
    string any = 24 [(google.api.resource_reference).type = "*"];
    Part part = 25;
    repeated Part parts = 26;
    map<string, string> labels = 27 [(leadstream.common.v1.rules).max_length = 3];
    string code = 28 [(google.api.field_behavior) = IMMUTABLE];
    double share = 29;
    oneof choice { string left = 30; Part right = 31; }
    bytes raw = 32 [(leadstream.common.v1.rules).max_length = 2];
    optional int32 count = 33;
  }
  message CreateThingRequest { Thing thing = 1 [(google.api.field_behavior) = REQUIRED]; string thing_id = 2 [(leadstream.common.v1.rules).format = ID]; }
  message UpdateThingRequest { Thing thing = 1; google.protobuf.FieldMask update_mask = 2; }
  message UpdatePartRequest { string name = 1; Part part = 2; google.protobuf.FieldMask update_mask = 3; }
  message RequiredThings {
    Part part = 1 [(google.api.field_behavior) = REQUIRED];
    repeated Part parts = 2 [(google.api.field_behavior) = REQUIRED];
    Thing.Color color = 3 [(google.api.field_behavior) = REQUIRED];
    bytes raw = 4 [(google.api.field_behavior) = REQUIRED];
    optional int32 count = 5 [(google.api.field_behavior) = REQUIRED];
    int32 zero = 6 [(google.api.field_behavior) = REQUIRED];
    google.type.Money price = 7 [(google.api.field_behavior) = REQUIRED];
  }
)";

InlineSchema& Things() {
  static auto* schema = new InlineSchema(kThings);
  return *schema;
}

std::string Text(const std::vector<FieldViolation>& bad) {
  return absl::StrJoin(bad, "; ", [](std::string* out, const FieldViolation& v) {
    absl::StrAppend(out, v.field, " ", v.description);
  });
}

std::string Check(const std::string& type, const std::string& text) {
  return Text(Validate(*Things().Parse(type, text)));
}

struct Case {
  std::string text;
  std::string
      problem;  // "" is fine; otherwise the whole answer, or its beginning if it ends in "..."
};

void ExpectAll(const std::string& type, const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    std::string got = Check(type, c.text);
    std::string want = c.problem;
    if (want.size() > 3 && want.substr(want.size() - 3) == "...") {
      want.resize(want.size() - 3);
      got.resize(std::min(got.size(), want.size()));
    }
    EXPECT_EQ(got, want) << c.text;
  }
}

TEST(Validation, RequiredMeansThereIsSomething) {
  EXPECT_EQ(Check("RequiredThings", ""),
            "part is required; parts is required; color is required; raw is required; count is "
            "required; price is required");
  EXPECT_EQ(
      Check(
          "RequiredThings",
          R"(part { label: "a" } parts { label: "b" } color: RED raw: "x" count: 0 price { currency_code: "EUR" })"),
      "");
  ExpectAll("CreateThingRequest",
            {{"", "thing is required"},
             {"thing {}", "thing.topic is required"},
             {R"(thing { topic: " \t" })", "thing.topic is required"},
             {R"(thing { topic: "a" parts { label: "a" } parts { note: "b" parts { } } })",
              "thing.parts[1].label is required; thing.parts[1].parts[0].label is required"}});
}

TEST(Validation, EveryBadFieldIsNamed) {
  ExpectAll(
      "Thing",
      {
          {R"(topic: "öüóőú")", ""},
          {R"(topic: "öüóőúé")", "topic is longer than 5 characters"},
          {R"(topic: "a" color: 4)", "color 4 is not a value of Color"},
          {R"(topic: "a" colors: [RED, 7])", "colors[1] 7 is not a value of Color"},
          {R"(topic: "a" emails: ["a@b.hu", "no", ""])",
           "emails[1] is not an e-mail address; emails[2] is not an e-mail address"},
          {R"(topic: "a" emails: ["a@b.hu", "a@b.hu", "a@b.hu", "x"])",
           "emails has more than 3 elements"},
          {R"(topic: "a" friend: "things/a.b-1" parent: "shelves/s" lead: "leads/anna" stranger: "cats/tom" any: "leads/x")",
           ""},
          {R"(topic: "a" friend: "shelves/s/things/t")", ""},
          {R"(topic: "a" friend: "things/")",
           "friend is not a name of the form shelves/{shelf}/things/{thing} or things/{thing}"},
          {R"(topic: "a" friend: "things/a/b")", "friend is not a name..."},
          {R"(topic: "a" friend: "things/A")", "friend is not a name..."},
          {R"(topic: "a" friend: "things/-a")", "friend is not a name..."},
          {R"(topic: "a" friend: "/things/a")", "friend is not a name..."},
          {R"(topic: "a" parent: "things/t")", "parent is not a name of the form shelves/{shelf}"},
          {R"(topic: "a" lead: "lead/anna" stranger: "cats" any: "dogs/d")",
           "lead is not a name of the form leads/{lead}; stranger is not the name of a resource; "
           "any is not a name of the form ..."},
          {R"(topic: "a" share: inf)", "share is not a finite number"},
          {R"(topic: "a" raw: "abc")", "raw is longer than 2 bytes"},
          {R"(topic: "a" labels { key: "hu" value: "abcd" } labels { key: "en" value: "abc" })",
           "labels[\"hu\"] is longer than 3 characters"},
          {R"(topic: "a" right { note: "x" })", "right.label is required"},
          {R"(name: "?" create_time { nanos: -1 } topic: "a" part { label: "x" price { units: -1 } })",
           ""},  // not for clients: ignored
      });
  EXPECT_EQ(Check("CreateThingRequest", R"(thing { topic: "a" } thing_id: "Anna")").substr(0, 22),
            "thing_id is not an id:");
}

TEST(Validation, Amounts) {
  ExpectAll(
      "Thing",
      {
          {R"(topic: "a" price { currency_code: "HUF" units: 10 nanos: 500000000 })", ""},
          {R"(topic: "a" price { currency_code: "HUF" units: -1 })",
           "price must not be below zero"},
          {R"(topic: "a" price { currency_code: "HUF" nanos: -10000000 })",
           "price must not be below zero"},
          {R"(topic: "a" balance { currency_code: "HUF" units: -1 })", ""},
          {R"(topic: "a" fee { currency_code: "HUF" })", "fee must be above zero"},
          {R"(topic: "a" fee { currency_code: "HUF" nanos: 10000000 })", ""},
          {R"(topic: "a" price { units: 1 })", "price has ..."},
          {R"(topic: "a" price { currency_code: "eur" })", "price has ..."},
          {R"(topic: "a" price { currency_code: "JPY" nanos: 500000000 })", "price has ..."},
          {R"(topic: "a" price { currency_code: "EUR" units: 1 nanos: -1 })", "price has ..."},
          {R"(topic: "a" price { currency_code: "EUR" units: 1000000000000000 })", "price has ..."},
          {R"(topic: "a" amount {})", ""},
          {R"(topic: "a" amount { value: "+000123456789012345.1234560000" })", ""},
          {R"(topic: "a" amount { value: ".5" } percent { value: "100.00" } delta { value: "-3." })",
           ""},
          {R"(topic: "a" amount { value: "0.1234567" })",
           "amount has more than 6 digits after the point"},
          {R"(topic: "a" amount { value: "1234567890123456" })",
           "amount has more than 15 digits before the point"},
          {R"(topic: "a" amount { value: "-0.00" })", ""},
          {R"(topic: "a" amount { value: "-1" })", "amount must not be below zero"},
          {R"(topic: "a" percent { value: "100.01" })", "percent is above 100"},
          {R"(topic: "a" percent { value: "99.999" })",
           "percent has more than 2 digits after the point"},
          {R"(topic: "a" percent { value: "1000" })", "percent is above 100"},
      });
  for (absl::string_view bad : {"1e3", "1,5", "--1", "1.2.3", ".", "+", " 1", "NaN", "١", "0x1"}) {
    EXPECT_EQ(Check("Thing", absl::StrCat(R"(topic: "a" amount { value: ")", bad, "\" }")),
              "amount is not a plain decimal number, such as 12.5")
        << bad;
  }
}

TEST(Validation, Times) {
  ExpectAll(
      "Thing",
      {
          {R"(topic: "a" at { seconds: 1772442000 nanos: 999999999 } day { year: 2028 month: 2 day: 29 } length { seconds: -1 nanos: -5 })",
           ""},
          {R"(topic: "a" at { seconds: 253402300800 })", "at is not between the years 1 and 9999"},
          {R"(topic: "a" at { seconds: -62135596801 })", "at is not between the years 1 and 9999"},
          {R"(topic: "a" at { nanos: 1000000000 })",
           "at has nanos that are not between 0 and 999,999,999"},
          {R"(topic: "a" day { year: 2026 month: 2 day: 30 })",
           "day is not a day of the calendar: 2026-02-30"},
          {R"(topic: "a" day { year: 2026 month: 13 day: 1 })", "day is not a day..."},
          {R"(topic: "a" day { year: 2026 month: 2147483647 day: -2147483648 })",
           "day is not a day..."},
          {R"(topic: "a" day {})", "day is not a date with a year between 1 and 9999"},
          {R"(topic: "a" length { seconds: 1 nanos: -5 })",
           "length has seconds and nanos of different signs"},
      });
}

TEST(Validation, AtMostAHundredAreNamed) {
  std::string text = R"(topic: "a")";
  for (int i = 0; i < 100; ++i) absl::StrAppend(&text, "parts { parts {} }");
  EXPECT_EQ(Validate(*Things().Parse("Thing", text)).size(), kViolationsMax);
}

TEST(Validation, AnUpdateMayCarryOneFieldAlone) {
  ExpectAll(
      "UpdateThingRequest",
      {
          {"", "thing is required"},
          {R"(thing { color: RED })", "thing.name is required"},
          {R"(thing { name: "leads/x" })",
           "thing.name is not a name of the form shelves/{shelf}/things/{thing} or things/{thing}"},
          {R"(thing { name: "things/a" color: RED })", ""},
          {R"(thing { name: "things/a" part { note: "x" } })", "thing.part.label is required"},
          {R"(thing { name: "things/a" color: RED } update_mask { paths: "color" paths: "part.note" })",
           ""},
          {R"(thing { name: "things/a" } update_mask { paths: "topic" })",
           "thing.topic is required"},
          {R"(thing { name: "things/a" } update_mask { paths: "*" })", "thing.topic is required"},
          {R"(thing { name: "things/a" part { note: "x" } } update_mask { paths: "part.note" })",
           ""},
          {R"(thing { name: "things/a" part { note: "x" } } update_mask { paths: "part" })",
           "thing.part.label is required"},
          {R"(thing { name: "things/a" parts { note: "x" } } update_mask { paths: "parts" })",
           "thing.parts[0].label is required"},
          {R"(thing { name: "things/a" color: 9 } update_mask { paths: "topi" })",
           "update_mask.paths[0] Thing has no field \"topi\"; thing.color 9 is not a value of "
           "Color"},
      });
  ExpectAll("UpdatePartRequest",
            {{R"(part { note: "x" } update_mask { paths: "note" })", ""},
             {R"(part { note: "x" } update_mask { paths: "label" })", "part.label is required"}});
}

std::string CheckPaths(const std::vector<std::string>& paths) {
  FieldMask mask;
  for (const std::string& path : paths) mask.add_paths(path);
  return Text(CheckMask(Things().Type("Thing"), mask));
}

TEST(Masks, NameWhatAClientMayWrite) {
  EXPECT_EQ(CheckPaths({"topic", "part.note", "parts", "price", "labels", "left"}), "");
  EXPECT_EQ(CheckPaths({"*"}), "");
  EXPECT_EQ(CheckPaths({"topic", "*"}), "update_mask.paths[1] \"*\" stands alone");
  for (absl::string_view fixed : {"name", "etag", "create_time", "code"}) {
    EXPECT_EQ(CheckPaths({std::string(fixed)}),
              absl::StrCat("update_mask.paths[0] \"", fixed, "\" cannot be changed by an update"));
  }
  EXPECT_EQ(CheckPaths({"part.price"}),
            "update_mask.paths[0] \"price\" cannot be changed by an update");
  for (absl::string_view whole :
       {"parts.note", "price.units", "labels.hu", "topic.x", "at.seconds"}) {
    EXPECT_THAT(CheckPaths({std::string(whole)}),
                ::testing::EndsWith("is written as a whole: end the path there"));
  }
  for (absl::string_view unknown :
       {"", ".", "Topic", "part.", "part..note", "part.nothing", "tópic"}) {
    EXPECT_THAT(CheckPaths({std::string(unknown)}), ::testing::HasSubstr("has no field"))
        << unknown;
  }
}

std::string Applied(const std::vector<std::string>& paths, const std::string& source,
                    const std::string& target) {
  FieldMask mask;
  for (const std::string& path : paths) mask.add_paths(path);
  auto given = Things().Parse("Thing", source);
  auto state = Things().Parse("Thing", target);
  ApplyMask(mask, *given, state.get());
  EXPECT_EQ(given->ShortDebugString(), Things().Parse("Thing", source)->ShortDebugString())
      << "the source was changed";
  return state->ShortDebugString();
}

TEST(Masks, Apply) {
  const std::string state =
      R"(name: "things/a" etag: "3" topic: "old" color: RED part { label: "l" note: "n" price { units: 1 } } code: "c")";
  const std::string sent =
      R"(name: "things/b" etag: "9" create_time { seconds: 1 } topic: "new" part { label: "L" price { units: 7 } } code: "d")";
  EXPECT_EQ(
      Applied({}, sent, state),
      R"(name: "things/a" etag: "3" topic: "new" color: RED part { label: "L" price { units: 1 } } code: "c")");
  EXPECT_EQ(
      Applied({"*"}, sent, state),
      R"(name: "things/a" etag: "3" topic: "new" part { label: "L" price { units: 1 } } code: "c")");
  EXPECT_EQ(
      Applied({"color"}, sent, state),
      R"(name: "things/a" etag: "3" topic: "old" part { label: "l" note: "n" price { units: 1 } } code: "c")");
  EXPECT_EQ(
      Applied({"part.label", "part.label"}, sent, state),
      R"(name: "things/a" etag: "3" topic: "old" color: RED part { label: "L" note: "n" price { units: 1 } } code: "c")");
  EXPECT_EQ(
      Applied({"part.note", "part"}, sent, state),
      R"(name: "things/a" etag: "3" topic: "old" color: RED part { label: "L" price { units: 1 } } code: "c")");
  EXPECT_EQ(
      Applied({"part"}, "", state),
      R"(name: "things/a" etag: "3" topic: "old" color: RED part { price { units: 1 } } code: "c")");
  EXPECT_EQ(Applied({"name", "etag", "code", "create_time", "part.price", "nothing", "topic.x", ""},
                    sent, state),
            Things().Parse("Thing", state)->ShortDebugString());
  EXPECT_EQ(Applied({"part.note"}, "", ""), "");
  EXPECT_EQ(Applied({"part.note"}, R"(part { note: "n" })", ""), R"(part { note: "n" })");
  EXPECT_EQ(Applied({"parts", "emails", "price"},
                    R"(parts { label: "b" price { units: 2 } } emails: "e" price { units: 5 })",
                    R"(parts { label: "a" price { units: 1 } } parts {} price { nanos: 7 })"),
            R"(price { units: 5 } emails: "e" parts { label: "b" })");
  for (const std::vector<std::string>& paths :
       {std::vector<std::string>{"left", "right"}, {"right", "left"}, {"*"}, {}}) {
    EXPECT_EQ(Applied(paths, R"(right { label: "r" })", R"(left: "l")"), R"(right { label: "r" })");
    EXPECT_EQ(Applied(paths, R"(left: "l")", R"(right { label: "r" })"), R"(left: "l")");
  }
  EXPECT_EQ(Applied({"left"}, R"(right { label: "r" })", R"(left: "l")"), "");
  EXPECT_EQ(Applied({"left"}, R"(right { label: "r" })", R"(right { label: "s" })"),
            R"(right { label: "s" })");
}

TEST(Masks, WhatOnlyTheServerWritesIsForgottenAtAnyDepth) {
  auto thing = Things().Parse(
      "Thing",
      R"(name: "things/a" create_time { seconds: 1 } part { label: "x" price { units: 1 } parts { price { units: 1 } } }
                                          parts { label: "y" price { units: 1 } } right { price {} })");
  ClearOutputOnly(thing.get());
  EXPECT_EQ(thing->ShortDebugString(),
            R"(name: "things/a" part { label: "x" parts { } } parts { label: "y" } right { })");
}

TEST(Validation, OfTheRealThing) {
  lead::v1::QualifyLeadRequest request;
  request.set_name("leads/Anna");
  request.set_request_id(std::string(65, 'x'));
  EXPECT_EQ(Text(Validate(request)).substr(0, 44), "name is not a name of the form leads/{lead};");
  lead::v1::Lead lead;
  lead.add_phones()->set_e164("+36204000000");
  EXPECT_EQ(Text(Validate(lead)), "phones[0].number is required");
}

TEST(Validation, PlansAreBuiltOnceByManyThreads) {
  InlineSchema schema(kThings);
  auto request = schema.Parse("CreateThingRequest", R"(thing { parts {} })");
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      EXPECT_EQ(Text(Validate(*request)),
                "thing.topic is required; thing.parts[0].label is required");
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace leadstream::domain
