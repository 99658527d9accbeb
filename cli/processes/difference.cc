#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

#include <algorithm>
#include <string>
#include <vector>

#include "cli/processes/definition_file.h"

namespace leadstream::cli {

std::string Difference(const std::string& before, const std::string& after) {
  if (before == after) return "";
  const std::vector<std::string> old_lines = absl::StrSplit(before, '\n', absl::SkipEmpty());
  const std::vector<std::string> new_lines = absl::StrSplit(after, '\n', absl::SkipEmpty());
  // The longest common subsequence of what is left from (i, j) on: a definition has few lines.
  std::vector<std::vector<size_t>> common(old_lines.size() + 1,
                                          std::vector<size_t>(new_lines.size() + 1, 0));
  for (size_t i = old_lines.size(); i-- > 0;) {
    for (size_t j = new_lines.size(); j-- > 0;)
      common[i][j] = old_lines[i] == new_lines[j] ? common[i + 1][j + 1] + 1
                                                  : std::max(common[i + 1][j], common[i][j + 1]);
  }
  std::string difference;
  size_t i = 0, j = 0;
  while (i < old_lines.size() || j < new_lines.size()) {
    const bool is_common =
        i < old_lines.size() && j < new_lines.size() && old_lines[i] == new_lines[j];
    if (is_common) {
      absl::StrAppend(&difference, "  ", new_lines[j++], "\n");
      ++i;
    } else if (j == new_lines.size() ||
               (i < old_lines.size() && common[i + 1][j] >= common[i][j + 1])) {
      absl::StrAppend(&difference, "- ", old_lines[i++], "\n");
    } else {
      absl::StrAppend(&difference, "+ ", new_lines[j++], "\n");
    }
  }
  return difference;
}

}  // namespace leadstream::cli
