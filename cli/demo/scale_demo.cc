// leadstream demo --scale: straight into a log that nobody serves meanwhile.
#include <absl/cleanup/cleanup.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <cstdio>
#include <filesystem>
#include <optional>
#include <utility>

#include "cli/demo/place.h"
#include "cli/demo/scale.h"
#include "cli/history_flags.h"
#include "cli/importer.h"
#include "cli/progress.h"
#include "common/domain/json_text.h"
#include "common/server/open_log.h"

namespace leadstream::demo {
namespace {

absl::StatusOr<std::vector<lead::v1::CreateLeadRequest>> ReadSamples(const std::string& samples) {
  std::vector<lead::v1::CreateLeadRequest> read;
  absl::Status status = cli::ReadFiles(
      InquiriesOf(samples), {},
      {[&read](inquiries::Inquiry inquiry) { read.push_back(std::move(inquiry.request)); },
       [](const inquiries::RejectedRow&) {}});
  if (!status.ok()) return status;
  if (read.empty())
    return absl::NotFoundError(absl::StrCat("there are no sample inquiries in ", samples));
  return read;
}

}  // namespace

absl::Status ScaleDemo(DemoOptions options, const Catalogue& catalogue) {
  ScaleOptions scale;
  scale.events = options.scale;
  scale.seed = options.seed;
  scale.partitions = options.serving.partitions;
  std::optional<absl::Time> since, until;
  absl::Status status = cli::ReadTime("--since", options.since, &since);
  status.Update(cli::ReadTime("--until", options.until, &until));
  if (!status.ok()) return status;
  const absl::CivilDay today = absl::ToCivilDay(absl::Now(), absl::UTCTimeZone());
  const absl::CivilDay year_before_last(absl::CivilYear(today) - 2);
  scale.since = since.value_or(absl::FromCivil(year_before_last, absl::UTCTimeZone()));
  scale.until = until.value_or(absl::FromCivil(today, absl::UTCTimeZone()));
  if (scale.until <= scale.since)
    return absl::InvalidArgumentError("--until is later than --since");
  auto samples = ReadSamples(options.samples);
  if (!samples.ok()) return samples.status();
  status = BeginAnew(&options.serving);
  if (!status.ok()) return status;
  const std::filesystem::path scratch = std::filesystem::path(options.serving.data) / "scratch";
  const absl::Cleanup remove = [&scratch] {
    std::error_code error;
    std::filesystem::remove_all(scratch, error);
  };
  scale.scratch = scratch.string();
  options.serving.create_topics = true;
  auto log = server::OpenLog(options.serving, {});
  if (!log.ok()) return log.status();
  const absl::Time began = absl::Now();
  cli::ProgressBar bar("selling");
  scale.progress = [&](absl::Time reached, int64_t) {
    bar.Show(static_cast<size_t>(absl::ToInt64Hours(reached - scale.since)),
             static_cast<size_t>(absl::ToInt64Hours(scale.until - scale.since)));
  };
  auto figures = SellForYears(catalogue, std::move(*samples), scale, log->get());
  if (!figures.ok()) return figures.status();
  const double seconds = absl::ToDoubleSeconds(absl::Now() - began);
  std::printf(options.json ? "{\"inquiries\":%lld,\"events\":%lld,\"under_way\":%lld,\"parked\":"
                             "%lld,\"seconds\":%.1f,\"log\":%s}\n"
                           : "%lld inquiries came to %lld events; %lld are under way, %lld "
                             "reactions parked; %.1f s; in %s\n",
              static_cast<long long>(figures->inquiries), static_cast<long long>(figures->records),
              static_cast<long long>(figures->under_way), static_cast<long long>(figures->parked),
              seconds, domain::JsonText(options.serving.log).c_str());
  if (!options.json) PrintWhereItIs(options);
  return absl::OkStatus();
}

}  // namespace leadstream::demo
