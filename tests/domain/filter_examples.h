// Filters asked of one message: a lead, Anna Kovács's, or a thing that has a field of every kind.
#pragma once

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/domain/filter.h"
#include "leadstream/lead/v1/lead.pb.h"
#include "tests/domain/inline_schema.h"

namespace leadstream::domain {

using lead::v1::Lead;
using testing::InlineSchema;

inline Lead Anna() {
  Lead lead;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"pb(
        name: "leads/anna"
        create_time { seconds: 1772359200 nanos: 500 }  # 2026-03-01T10:00:00.0000005Z
        state: OPEN
        topic: "40 seats (yearly)"
        person { given_name: "Anna" family_name: "KOVÁCS" }
        company: "Kovács & Fiai Kft."
        emails: "Anna@Example.com"
        emails: "office@malom.example"
        budget { amount { currency_code: "HUF" units: 5000000 } }
        score: 50
        owner: "users/bela*"
      )pb",
      &lead));
  return lead;
}

// "yes", "no", or why it cannot be compiled.
inline std::string Ask(const google::protobuf::Message& message, absl::string_view filter) {
  auto compiled = Filter::Compile(*message.GetDescriptor(), filter);
  if (!compiled.ok()) return std::string(compiled.status().message());
  return (*compiled)->Matches(message) ? "yes" : "no";
}

struct Question {
  std::string filter;
  std::string answer;
};

inline void ExpectAnswers(const google::protobuf::Message& message,
                          const std::vector<Question>& questions) {
  for (const Question& question : questions)
    EXPECT_EQ(Ask(message, question.filter), question.answer) << question.filter;
}

inline InlineSchema& Things() {
  static auto& schema = *new InlineSchema(R"(
    message Thing {
      message Line { string product = 1; google.type.Decimal quantity = 2; google.type.Money price = 3; repeated int32 codes = 4; }
      enum Color { COLOR_UNSPECIFIED = 0; RED = 1; GREEN = 2; }
      bool done = 1;
      uint32 small = 2;
      uint64 large = 3;
      int64 whole = 4;
      double real = 5;
      float real4 = 6;
      bytes data = 7;
      google.type.Decimal quantity = 8;
      google.type.Date due = 9;
      google.protobuf.Duration effort = 10;
      google.type.Money price = 11;
      repeated Line lines = 12;
      repeated Color colors = 13;
      map<string, string> labels = 14;
      map<int64, Line> by_number = 15;
      Thing parent = 16;
      optional int32 given = 17;
    })");
  return schema;
}

}  // namespace leadstream::domain
