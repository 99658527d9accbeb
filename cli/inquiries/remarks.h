#pragma once

#include <absl/strings/str_cat.h>
#include <absl/strings/string_view.h>

#include <string>
#include <vector>

namespace leadstream::inquiries {

// What could not go where it belongs, or has no place of its own: lines for the lead's notes.
class Remarks {
 public:
  void Add(absl::string_view label, absl::string_view text) {
    if (!text.empty()) lines_.push_back(absl::StrCat(label, ": ", text));
  }
  const std::vector<std::string>& lines() const { return lines_; }

 private:
  std::vector<std::string> lines_;
};

}  // namespace leadstream::inquiries
