#include "cli/inquiries/csv.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>

#include <algorithm>

namespace leadstream::inquiries {
namespace {

bool IsNewline(char c) { return c == '\n' || c == '\r'; }

}  // namespace

bool CsvReader::SkipNewline(Place* place) const {
  if (AtEnd(*place) || !IsNewline(text_[place->offset])) return false;
  const bool pair = text_[place->offset] == '\r' && place->offset + 1 < text_.size() &&
                    text_[place->offset + 1] == '\n';
  place->offset += pair ? 2 : 1;
  ++place->line;
  return true;
}

CsvReader::Place CsvReader::NextLine(Place place) const {
  place.offset = std::min(text_.find_first_of("\r\n", place.offset), text_.size());
  SkipNewline(&place);
  return place;
}

void CsvReader::ReadPlain(Place* place, std::string* cell) const {
  const char stops[] = {delimiter_, '\r', '\n'};
  const size_t end = std::min(
      text_.find_first_of(absl::string_view(stops, sizeof stops), place->offset), text_.size());
  cell->assign(text_.data() + place->offset, end - place->offset);
  place->offset = end;
}

bool CsvReader::ReadQuoted(Place* place, std::string* cell, std::string* fault) const {
  const Place opened = *place;
  cell->clear();
  ++place->offset;
  while (!AtEnd(*place) && place->offset - opened.offset <= kQuotedCellMax) {
    const char c = text_[place->offset];
    if (IsNewline(c)) {
      SkipNewline(place);
      cell->push_back('\n');
      continue;
    }
    ++place->offset;
    if (c != '"') {
      cell->push_back(c);
      continue;
    }
    if (!AtEnd(*place) && text_[place->offset] == '"') {
      cell->push_back('"');
      ++place->offset;
      continue;
    }
    while (!AtEnd(*place) && text_[place->offset] == ' ' && delimiter_ != ' ') ++place->offset;
    if (AtEnd(*place) || text_[place->offset] == delimiter_ || IsNewline(text_[place->offset]))
      return true;
    *fault = place->line == opened.line
                 ? "text after a closing quote (a quote inside a quoted cell is written twice)"
                 : absl::StrCat("the quote opened in line ", opened.line, " is never closed");
    return false;
  }
  *fault = absl::StrCat("the quote opened in line ", opened.line, " is never closed");
  return false;
}

void CsvReader::ReadRecord(Place* place, CsvRecord* record) const {
  record->line = place->line;
  record->cells.clear();
  record->fault.clear();
  while (true) {
    std::string& cell = record->cells.emplace_back();
    const size_t quote = text_.find_first_not_of(' ', place->offset);
    if (quote != absl::string_view::npos && text_[quote] == '"') {
      place->offset = quote;
      if (!ReadQuoted(place, &cell, &record->fault)) return;
    } else {
      ReadPlain(place, &cell);
    }
    if (AtEnd(*place) || IsNewline(text_[place->offset])) break;
    ++place->offset;  // the delimiter
  }
  SkipNewline(place);
}

bool CsvReader::HasExpectedCells(const CsvRecord& record) const {
  if (expected_ == 0 || record.cells.size() == expected_) return true;
  return record.cells.size() > expected_ &&
         std::all_of(
             record.cells.begin() + static_cast<std::ptrdiff_t>(expected_), record.cells.end(),
             [](const std::string& cell) { return absl::StripAsciiWhitespace(cell).empty(); });
}

bool CsvReader::Next(CsvRecord* record) {
  while (SkipNewline(&place_)) continue;
  if (AtEnd(place_)) return false;
  const Place start = place_;
  ReadRecord(&place_, record);
  if (record->fault.empty() && HasExpectedCells(*record)) return true;
  if (record->fault.empty()) {
    record->fault =
        absl::StrCat(record->cells.size() < expected_ ? "too few columns: " : "too many columns: ",
                     record->cells.size(), " instead of ", expected_);
    if (place_.line <= start.line + 1) return true;
  }
  // What it swallowed may hold whole records: an unclosed quote takes in everything up to the next
  // one. A line from which no whole record can be read belongs to the broken one.
  const size_t swallowed = record->cells.empty() ? 0 : place_.offset;
  Place next = NextLine(start);
  while (next.offset < swallowed) {
    Place end = next;
    CsvRecord candidate;
    ReadRecord(&end, &candidate);
    if (candidate.fault.empty() && expected_ > 0 && HasExpectedCells(candidate)) break;
    next = NextLine(next);
  }
  place_ = next;
  return true;
}

}  // namespace leadstream::inquiries
