// Tables and lengths of time as people read them.
#pragma once

#include <absl/time/time.h>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace leadstream::cli {

// Columns as wide as they must be; the first `left` of them begin at the left, the others end at
// the right.
class Table {
 public:
  Table(std::vector<std::string> heads, size_t left) : left_(left) { Add(std::move(heads)); }

  void Add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  std::string ToText() const;

 private:
  const size_t left_;
  std::vector<std::vector<std::string>> rows_;
};

// "3 d 4 h", "2 h 5 min", "40.0 s".
std::string InWords(absl::Duration duration);

}  // namespace leadstream::cli
