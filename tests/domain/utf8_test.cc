#include "common/domain/utf8.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "leadstream/lead/v1/lead.pb.h"
#include "tests/domain/inline_schema.h"

namespace leadstream::domain {
namespace {

using lead::v1::Lead;

// A serialized lead in which every "???" became something that is not UTF-8, of the same length.
std::string Broken(const Lead& lead, absl::string_view garbage = "\xFF\xFE!") {
  std::string wire = lead.SerializeAsString();
  for (size_t at = 0; (at = wire.find("???", at)) != std::string::npos; at += 3)
    wire.replace(at, 3, std::string(garbage));
  return wire;
}

std::string Fields(const google::protobuf::Descriptor& type, absl::string_view wire) {
  return absl::StrJoin(
      FindInvalidUtf8(type, wire), " ",
      [](std::string* out, const FieldViolation& v) { absl::StrAppend(out, v.field); });
}

TEST(InvalidUtf8, EveryFieldIsNamed) {
  Lead lead;
  lead.set_topic("???");
  lead.add_emails("fine@example.com");
  lead.add_emails("???@example.com");
  lead.add_phones()->set_number("1");
  lead.add_phones()->set_number("2 ???");
  lead.mutable_address()->add_lines("???");
  lead.mutable_person()->set_given_name("Ödön");
  const std::string wire = Broken(lead);
  EXPECT_FALSE(Lead().ParseFromString(wire));
  EXPECT_EQ(Fields(*Lead::descriptor(), wire), "topic emails[1] phones[1].number address.lines[0]");
  EXPECT_EQ(FindInvalidUtf8(*Lead::descriptor(), wire)[0].description, "is not valid UTF-8");
}

TEST(InvalidUtf8, AgreesWithTheParser) {
  Lead lead;
  lead.set_topic("a???b");
  for (absl::string_view three :
       {"\xED\xA0\x80", "\xED\x9F\xBF", "\xE0\x80\x80", "\xE0\xA0\x80", "\xC0\x80x", "\xC1\xBFx",
        "\xC2\x80x", "\xF5\x80\x80", "xy\xC3", "x\x80y", "\xEF\xBF\xBF", "\xF0\x9F\x98",
        "\xE2\x82\xAC", "xyz"}) {
    const std::string wire = Broken(lead, three);
    EXPECT_EQ(Lead().ParseFromString(wire), Fields(*Lead::descriptor(), wire).empty())
        << absl::StrCat(absl::Hex(static_cast<unsigned char>(three[0])));
  }
  std::mt19937 random(7);
  for (int round = 0; round < 50000; ++round) {
    char garbage[3];
    for (char& c : garbage)
      c = "\x7F\x80\x8F\x90\x9F\xA0\xBF\xC2\xE0\xED\xEF\xF0\xF4\xF5"[random() % 14];
    const std::string wire = Broken(lead, absl::string_view(garbage, 3));
    EXPECT_EQ(Lead().ParseFromString(wire), Fields(*Lead::descriptor(), wire).empty());
  }
}

TEST(InvalidUtf8, EntriesOfMaps) {
  testing::InlineSchema schema("message Thing { map<string, string> labels = 1; }");
  std::string wire =
      schema.Parse("Thing", R"(labels { key: "hu" value: "???" })")->SerializeAsString();
  wire.replace(wire.find("???"), 3, "\xFF\xFF\xFF");
  EXPECT_EQ(Fields(schema.Type("Thing"), wire), "labels[0]");
}

TEST(InvalidUtf8, WhatIsNoMessageHasNoFields) {
  Lead lead;
  lead.set_topic("???");
  lead.mutable_person()->set_given_name("Anna");
  const std::string wire = Broken(lead);
  for (size_t length = 1; length < wire.size(); ++length) {
    const std::string cut = wire.substr(0, length);
    if (length != 5) {  // there the topic is whole, and all there is
      EXPECT_EQ(Fields(*Lead::descriptor(), cut), "") << length;
    }
  }
  EXPECT_EQ(Fields(*Lead::descriptor(), wire + "\xFF"), "");
  EXPECT_EQ(Fields(*Lead::descriptor(), wire + std::string("\x0A\xFF\xFF\xFF\xFF\x0F", 6)), "");
  EXPECT_EQ(Fields(*Lead::descriptor(), ""), "");
}

TEST(InvalidUtf8, DepthAndGarbageDoNoHarm) {
  testing::InlineSchema schema("message Nest { Nest nest = 1; string text = 2; }");
  std::string wire = "\x12\x01\xFF";
  for (int depth = 1; depth < 5000; ++depth) {
    std::string size;
    for (size_t left = wire.size(); left > 0 || size.empty(); left >>= 7)
      size.push_back(static_cast<char>((left & 0x7F) | (left > 0x7F ? 0x80 : 0)));
    wire = absl::StrCat("\x0A", size, wire);
    if (depth == 20) {
      EXPECT_EQ(FindInvalidUtf8(schema.Type("Nest"), wire).size(), 1u);
    }
  }
  EXPECT_TRUE(FindInvalidUtf8(schema.Type("Nest"), wire).empty());

  std::mt19937 random(42);
  for (int round = 0; round < 50000; ++round) {
    std::string noise(random() % 40, '\0');
    for (char& c : noise)
      c = static_cast<char>(random() % 3 == 0 ? random() % 256
                                              : "\x0A\x12\x62\x01\x02\x05"[random() % 6]);
    const bool parsed = Lead().ParseFromString(noise);
    EXPECT_FALSE(parsed && !FindInvalidUtf8(*Lead::descriptor(), noise).empty());
  }
}

TEST(Utf8, IsCutAfterAWholeCharacter) {
  EXPECT_EQ(WholeCharacters("Tünde", 6), "Tünde");  // 6 bytes
  EXPECT_EQ(WholeCharacters("Tünde", 3), "Tü");
  EXPECT_EQ(WholeCharacters("Tünde", 2), "T");
  EXPECT_EQ(WholeCharacters("€", 2), "");
  EXPECT_EQ(WholeCharacters("", 0), "");
}

}  // namespace
}  // namespace leadstream::domain
