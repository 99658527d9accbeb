#include "cli/sums_text.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include <algorithm>
#include <vector>

#include "cli/amounts.h"

namespace leadstream::cli {

using opportunity::v1::ForecastRow;
using opportunity::v1::FunnelRow;
using opportunity::v1::GetForecastResponse;
using opportunity::v1::GetFunnelResponse;
using opportunity::v1::GetPipelineResponse;
using opportunity::v1::Opportunity;
using opportunity::v1::PipelineRow;
using opportunity::v1::ProcessDefinition;
using opportunity::v1::ProcessStage;

namespace {

// How wide it is on a screen: letters, not bytes.
size_t WidthOf(const std::string& text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

// Columns as wide as they must be; the first `left` of them begin at the left, the others end at
// the right.
class Table {
 public:
  Table(std::vector<std::string> heads, size_t left) : left_(left) { Add(std::move(heads)); }

  void Add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }

  std::string ToText() const {
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

 private:
  const size_t left_;
  std::vector<std::vector<std::string>> rows_;
};

std::string LabelOf(const std::string& id, const ProcessDefinition& process,
                    const std::string& language) {
  for (const ProcessStage& stage : process.stages()) {
    if (stage.stage() != id) continue;
    for (const auto& label : stage.labels()) {
      if (label.language() == language) return label.text();
    }
  }
  return id;
}

// "3 d 4 h", "2 h 5 min", "40 s".
std::string InWords(const google::protobuf::Duration& duration) {
  const int64_t seconds = duration.seconds();
  constexpr int64_t kMinute = 60, kHour = 60 * kMinute, kDay = 24 * kHour;
  if (seconds >= kDay) return absl::StrCat(seconds / kDay, " d ", seconds % kDay / kHour, " h");
  if (seconds >= kHour)
    return absl::StrCat(seconds / kHour, " h ", seconds % kHour / kMinute, " min");
  if (seconds >= kMinute) return absl::StrCat(seconds / kMinute, " min ", seconds % kMinute, " s");
  return absl::StrFormat("%d.%d s", seconds, duration.nanos() / 100'000'000);
}

}  // namespace

std::string ToTable(const GetPipelineResponse& pipeline, const ProcessDefinition& process,
                    const std::string& language) {
  Table table({"stage", "count", "sum", "weighted"}, 1);
  for (const PipelineRow& row : pipeline.rows())
    table.Add({LabelOf(row.stage(), process, language), absl::StrCat(row.count()),
               InWords(row.sum()), InWords(row.weighted_sum())});
  return table.ToText();
}

std::string ToTable(const GetFunnelResponse& funnel, const ProcessDefinition& process,
                    const std::string& language) {
  Table table({"stage", "came", "went on", "", "lost", "on average after"}, 1);
  for (int i = 0; i < funnel.rows_size(); ++i) {
    const FunnelRow& row = funnel.rows(i);
    if (i + 1 == funnel.rows_size()) {  // won: nobody goes on from there
      table.Add({row.stage(), absl::StrCat(row.entered()), "", "", "", ""});
    } else {
      table.Add({LabelOf(row.stage(), process, language), absl::StrCat(row.entered()),
                 absl::StrCat(row.advanced()),
                 row.has_conversion_rate() ? absl::StrCat(row.conversion_rate().value(), " %") : "",
                 absl::StrCat(row.lost()),
                 row.has_average_time() ? InWords(row.average_time()) : ""});
    }
  }
  return table.ToText();
}

std::string ToTable(const GetForecastResponse& forecast) {
  const bool has_owners = std::any_of(forecast.rows().begin(), forecast.rows().end(),
                                      [](const ForecastRow& row) { return !row.owner().empty(); });
  std::vector<std::string> heads = {"month", "category", "count", "sum", "weighted"};
  if (has_owners) heads.insert(heads.begin() + 1, "owner");
  Table table(std::move(heads), has_owners ? 3 : 2);
  for (const ForecastRow& row : forecast.rows()) {
    std::vector<std::string> cells = {
        row.has_month() ? absl::StrFormat("%04d-%02d", row.month().year(), row.month().month())
                        : "not said",
        Opportunity::ForecastCategory_Name(row.forecast_category()), absl::StrCat(row.count()),
        InWords(row.sum()), InWords(row.weighted_sum())};
    if (has_owners) cells.insert(cells.begin() + 1, row.owner());
    table.Add(std::move(cells));
  }
  return table.ToText();
}

}  // namespace leadstream::cli
