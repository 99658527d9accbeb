#include "cli/sums_text.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/time/time.h>

#include <algorithm>
#include <vector>

#include "cli/amounts.h"
#include "cli/text_table.h"

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

std::string InWords(const google::protobuf::Duration& duration) {
  return cli::InWords(absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos()));
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
