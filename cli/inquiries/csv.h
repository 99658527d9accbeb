// Records of a CSV text (RFC 4180), with the lines they stand on, going on after what is broken.
//
//   CsvReader reader(text, ';');
//   for (CsvRecord record; reader.Next(&record);) ... record.line, record.cells, record.fault
//
// libcsv and its like are not used: they know neither lines nor the way back. An unclosed quote
// makes them swallow the rest of the file, and which row was broken, and where the next whole one
// starts, is what a sales office wants to know.
//
// Beyond the RFC: lines may end in \n, \r or \r\n, mixed; a quote inside an unquoted cell is a
// character; spaces around a quoted cell are ignored; empty lines are skipped.
#pragma once

#include <absl/strings/string_view.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace leadstream::inquiries {

// A quoted cell that is longer is taken for an unclosed one: nobody types so much, and looking for
// the way back stays cheap.
inline constexpr size_t kQuotedCellMax = 1 << 20;

struct CsvRecord {
  int64_t line = 0;  // where it starts, from 1
  std::vector<std::string> cells;
  std::string fault;  // why it cannot be used; empty: it can
};

class CsvReader {
 public:
  // `text` must outlive the reader; it starts in line `first_line` of its file.
  CsvReader(absl::string_view text, char delimiter, int64_t first_line = 1)
      : text_(text), delimiter_(delimiter), place_{0, first_line} {}

  // How many cells a record must have; 0: any number. (Empty cells more, as spreadsheets leave
  // them, do no harm.)
  void ExpectCells(size_t count) { expected_ = count; }

  // The next record, whole or faulty; false at the end. After a fault it goes on at the first line
  // from which a whole record can be read.
  bool Next(CsvRecord* record);

 private:
  struct Place {
    size_t offset;
    int64_t line;
  };

  bool AtEnd(Place place) const { return place.offset >= text_.size(); }
  // The end of the line that `place` is in: the start of the next.
  Place NextLine(Place place) const;
  bool SkipNewline(Place* place) const;
  // Reads one record, moves `place` behind it, or to where it was understood to be broken.
  void ReadRecord(Place* place, CsvRecord* record) const;
  // One cell, up to its delimiter or newline. False if it is broken: `fault` says how.
  bool ReadQuoted(Place* place, std::string* cell, std::string* fault) const;
  void ReadPlain(Place* place, std::string* cell) const;
  bool HasExpectedCells(const CsvRecord& record) const;

  absl::string_view text_;
  char delimiter_;
  size_t expected_ = 0;
  Place place_;
};

}  // namespace leadstream::inquiries
