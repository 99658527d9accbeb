#include "cli/text_table.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include <algorithm>

namespace leadstream::cli {
namespace {

// How wide it is on a screen: letters, not bytes.
size_t WidthOf(const std::string& text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

}  // namespace

std::string Table::ToText() const {
  std::vector<size_t> widths(rows_.front().size(), 0);
  for (const auto& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], WidthOf(row[i]));
  }
  std::string text;
  for (const auto& row : rows_) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string space(widths[i] - WidthOf(row[i]), ' ');
      absl::StrAppend(&line, "  ", i < left_ ? row[i] : space, i < left_ ? space : row[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    absl::StrAppend(&text, line, "\n");
  }
  return text;
}

std::string InWords(absl::Duration duration) {
  const int64_t seconds = absl::ToInt64Seconds(duration);
  constexpr int64_t kMinute = 60, kHour = 60 * kMinute, kDay = 24 * kHour;
  if (seconds >= kDay) return absl::StrCat(seconds / kDay, " d ", seconds % kDay / kHour, " h");
  if (seconds >= kHour)
    return absl::StrCat(seconds / kHour, " h ", seconds % kHour / kMinute, " min");
  if (seconds >= kMinute) return absl::StrCat(seconds / kMinute, " min ", seconds % kMinute, " s");
  return absl::StrFormat("%d.%d s", seconds, absl::ToInt64Milliseconds(duration) % 1000 / 100);
}

}  // namespace leadstream::cli
