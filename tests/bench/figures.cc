#include "tests/bench/figures.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

namespace leadstream::bench {

void Figures::Add(Figure figure) {
  if (!json_) {
    std::printf("%-44s %12.1f %-6s", figure.name.c_str(), figure.value, figure.unit.c_str());
    if (figure.limit) std::printf("  limit %12.1f", *figure.limit);
    if (figure.limit && *figure.limit > 0)
      std::printf("  ratio %.2f", figure.value / *figure.limit);
    std::printf("\n");
    std::fflush(stdout);
  }
  figures_.push_back(std::move(figure));
}

void Figures::Finish() const {
  if (!json_) return;
  auto print = [](std::string* out, const Figure& figure) {
    absl::StrAppend(out, "{\"name\": \"", figure.name, "\", \"value\": ", figure.value,
                    ", \"unit\": \"", figure.unit, "\"");
    if (figure.limit) absl::StrAppend(out, ", \"limit\": ", *figure.limit);
    absl::StrAppend(out, "}");
  };
  std::printf("{\"bench\": \"%s\", \"figures\": [%s]}\n", bench_.c_str(),
              absl::StrJoin(figures_, ", ", print).c_str());
}

double BytesIn(const std::string& directory) {
  double bytes = 0;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory, ignored)) {
    if (entry.is_regular_file(ignored)) bytes += static_cast<double>(entry.file_size(ignored));
  }
  return bytes;
}

double Quantile(std::vector<double>* values, double share) {
  if (values->empty()) return 0;
  std::sort(values->begin(), values->end());
  return (*values)[std::min(values->size() - 1,
                            static_cast<size_t>(share * static_cast<double>(values->size())))];
}

}  // namespace leadstream::bench
