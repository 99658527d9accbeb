// The keys of lines: chosen or counted, and never a number twice.
#include "common/domain/lines.h"

#include <absl/strings/str_join.h>
#include <gtest/gtest.h>

#include <string>

namespace leadstream::domain {
namespace {

Lines LinesWith(const std::vector<std::string>& keys) {
  Lines lines;
  for (const std::string& key : keys) {
    auto* line = lines.Add();
    line->set_line_id(key);
    line->set_description("a desk");
  }
  return lines;
}

std::string Keys(const Lines& lines) {
  return absl::StrJoin(lines, " ", [](std::string* out, const common::v1::Line& line) {
    out->append(line.line_id());
  });
}

std::string Fields(const std::vector<FieldViolation>& bad) {
  return absl::StrJoin(bad, " ", [](std::string* out, const FieldViolation& violation) {
    out->append(violation.field);
  });
}

struct Document {
  Lines lines;
  int64_t next_line = 0;

  // The bad fields, or else the keys.
  std::string Add(const std::vector<std::string>& keys) {
    Document after = *this;
    const auto bad = AddLines(LinesWith(keys), "lines", &after.lines, &after.next_line);
    if (!bad.empty()) return Fields(bad);
    *this = std::move(after);
    return Keys(lines);
  }
};

TEST(AddingLines, CountsFromOne) {
  Document document;
  EXPECT_EQ(document.Add({"", ""}), "1 2");
  EXPECT_EQ(document.Add({""}), "1 2 3");
  EXPECT_EQ(document.next_line, 4);
}

TEST(AddingLines, GivesNoNumberAgain) {
  Document document;
  document.Add({"", ""});
  EXPECT_TRUE(RemoveLine("2", "line_id", &document.lines).empty());
  EXPECT_EQ(document.Add({"2"}), "lines[0].line_id");
  EXPECT_EQ(document.Add({""}), "1 3");
}

TEST(AddingLines, CountsOnFromANumberThatWasChosen) {
  Document document;
  EXPECT_EQ(document.Add({"", "7", "", "desk"}), "8 7 9 desk");
  EXPECT_EQ(document.Add({""}), "8 7 9 desk 10");
}

TEST(AddingLines, TakesChosenKeysOnce) {
  Document document;
  document.Add({"a", ""});
  EXPECT_EQ(document.Add({"a", "b", "b", "1"}),
            "lines[0].line_id lines[2].line_id lines[3].line_id");
  EXPECT_EQ(document.Add({"b"}), "a 1 b");
}

TEST(AddingLines, LeavesTheCounterAloneForWhatOnlyLooksLikeANumber) {
  Document document;
  EXPECT_EQ(document.Add({"007", "99999999999999999999", ""}), "007 99999999999999999999 1");
}

TEST(AddingLines, EndsAtTheMost) {
  Document document;
  EXPECT_NE(document.Add(std::vector<std::string>(kLinesMax)), "lines");
  EXPECT_EQ(document.lines.size(), kLinesMax);
  EXPECT_EQ(document.Add({""}), "lines");
}

TEST(UpdatingALine, ChangesWhatTheMaskNames) {
  Lines lines = LinesWith({"1", "2"});
  common::v1::Line changed;
  changed.set_line_id("2");
  changed.set_unit("pcs");
  google::protobuf::FieldMask mask;
  EXPECT_TRUE(UpdateLine(changed, mask, "line", &lines).empty());
  EXPECT_EQ(lines[1].unit(), "pcs");
  EXPECT_EQ(lines[1].description(), "a desk");
  mask.add_paths("description");
  EXPECT_TRUE(UpdateLine(changed, mask, "line", &lines).empty());
  EXPECT_EQ(lines[1].description(), "");
  EXPECT_EQ(lines[0].description(), "a desk");
  changed.set_line_id("9");
  EXPECT_EQ(Fields(UpdateLine(changed, mask, "line", &lines)), "line.line_id");
}

TEST(RemovingALine, LeavesTheOthersInOrder) {
  Lines lines = LinesWith({"1", "2", "3"});
  EXPECT_TRUE(RemoveLine("2", "line_id", &lines).empty());
  EXPECT_EQ(Keys(lines), "1 3");
  EXPECT_EQ(Fields(RemoveLine("2", "line_id", &lines)), "line_id");
}

TEST(FoldingLines, IsTotal) {
  Lines lines = LinesWith({"1", "2"});
  DropLine("9", &lines);
  PutLines(LinesWith({"3", "1"}), &lines);
  EXPECT_EQ(Keys(lines), "1 2 3");
  EXPECT_EQ(FindLine("9", lines), nullptr);
  EXPECT_EQ(FindLine("3", lines), &lines[2]);
}

}  // namespace
}  // namespace leadstream::domain
