#include "common/domain/lines.h"

#include <absl/container/flat_hash_set.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>

#include <algorithm>
#include <string>

#include "common/domain/validation.h"

namespace leadstream::domain {
namespace {

using common::v1::Line;

// Above it a key of digits is a text like any other, so that no client can use the counter up.
constexpr int64_t kNumberMax = 999'999'999'999'999;

// The number that a key is, or 0: only what the counter would write the same way.
int64_t NumberOf(const std::string& line_id) {
  int64_t number = 0;
  if (!absl::SimpleAtoi(line_id, &number) || number < 1 || number > kNumberMax ||
      absl::StrCat(number) != line_id)
    return 0;
  return number;
}

Line* MutableLine(absl::string_view line_id, Lines* lines) {
  auto at = std::find_if(lines->begin(), lines->end(),
                         [&](const Line& line) { return line.line_id() == line_id; });
  return at == lines->end() ? nullptr : &*at;
}

FieldViolation NoSuchLine(absl::string_view line_id, absl::string_view path) {
  return {std::string(path), absl::StrCat("there is no line \"", line_id, "\"")};
}

}  // namespace

const Line* FindLine(absl::string_view line_id, const Lines& lines) {
  auto at = std::find_if(lines.begin(), lines.end(),
                         [&](const Line& line) { return line.line_id() == line_id; });
  return at == lines.end() ? nullptr : &*at;
}

std::vector<FieldViolation> AddLines(const Lines& added, absl::string_view path, Lines* lines,
                                     int64_t* next_line) {
  std::vector<FieldViolation> bad;
  if (lines->size() + added.size() > kLinesMax) {
    bad.push_back(
        {std::string(path), absl::StrCat("a document has at most ", kLinesMax,
                                         " lines; this makes it ", lines->size() + added.size())});
    return bad;
  }
  absl::flat_hash_set<std::string> taken;
  for (const Line& line : *lines) taken.insert(line.line_id());

  // The chosen keys first, so that no key is given that a later line of the same request chose.
  const int64_t unused = std::max<int64_t>(*next_line, 1);
  int64_t next = unused;
  for (int i = 0; i < added.size(); ++i) {
    const std::string& line_id = added[i].line_id();
    if (line_id.empty()) continue;
    const int64_t number = NumberOf(line_id);
    if (!taken.insert(line_id).second) {
      bad.push_back({absl::StrCat(path, "[", i, "].line_id"),
                     absl::StrCat("there is a line \"", line_id, "\" already")});
    } else if (number > 0 && number < unused) {
      bad.push_back({absl::StrCat(path, "[", i, "].line_id"),
                     absl::StrCat("\"", line_id, "\" was the key of a line that was removed")});
    }
    next = std::max(next, number + 1);
  }
  for (const Line& given : added) {
    Line* line = lines->Add();
    *line = given;
    if (!line->line_id().empty()) continue;
    while (taken.contains(absl::StrCat(next))) ++next;
    line->set_line_id(absl::StrCat(next++));
  }
  *next_line = next;
  return bad;
}

std::vector<FieldViolation> UpdateLine(const Line& changed, const google::protobuf::FieldMask& mask,
                                       absl::string_view path, Lines* lines) {
  Line* line = MutableLine(changed.line_id(), lines);
  if (line == nullptr) return {NoSuchLine(changed.line_id(), absl::StrCat(path, ".line_id"))};
  ApplyMask(mask, changed, line);
  return {};
}

std::vector<FieldViolation> RemoveLine(absl::string_view line_id, absl::string_view path,
                                       Lines* lines) {
  if (FindLine(line_id, *lines) == nullptr) return {NoSuchLine(line_id, path)};
  DropLine(line_id, lines);
  return {};
}

void PutLines(const Lines& put, Lines* lines) {
  for (const Line& line : put) {
    Line* there = MutableLine(line.line_id(), lines);
    if (there == nullptr) there = lines->Add();
    *there = line;
  }
}

void DropLine(absl::string_view line_id, Lines* lines) {
  auto at = std::find_if(lines->begin(), lines->end(),
                         [&](const Line& line) { return line.line_id() == line_id; });
  if (at != lines->end()) lines->erase(at);
}

}  // namespace leadstream::domain
