#include "common/ops/status_page.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>

#include <algorithm>

namespace leadstream::ops {
namespace {

constexpr char kHead[] = R"(<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Leadstream</title><style>
body { font: 14px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 72em; padding: 0 1em }
table { border-collapse: collapse; width: 100%; margin: .5em 0 2em }
th, td { text-align: left; padding: .2em .8em .2em 0; border-bottom: 1px solid #ddd }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums }
.bad { color: #b00020 } .quiet { color: #666 } td.m { font-family: monospace; overflow-wrap: anywhere }
</style></head><body>
)";

std::string Escaped(absl::string_view text) {
  return absl::StrReplaceAll(text,
                             {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
}

std::string Moment(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", time, absl::UTCTimeZone());
}

std::string Cell(absl::string_view text) { return absl::StrCat("<td>", Escaped(text)); }
std::string Number(int64_t number, bool bad = false) {
  return absl::StrCat("<td class=\"n", bad ? " bad" : "", "\">", number);
}

void AddPartitions(runtime::Service& service, const Sample& sample, std::string* page) {
  absl::StrAppend(page,
                  "<table><tr><th class=n>Partition<th>Writer<th>Address<th class=n>Epoch"
                  "<th class=n>Folded to<th class=n>Log's end<th class=n>Behind\n");
  for (int partition = 0; partition < service.model().partitions(); ++partition) {
    const log::Fence fence = service.model().FenceOf(partition);
    const bool writes = service.replica().Writes(partition);
    const int64_t next = service.model().NextOffset(partition);
    auto at = sample.ends.find(partition);
    // What the log was asked a second ago may have been folded, and more.
    const int64_t end = at == sample.ends.end() ? next : std::max(at->second, next);
    absl::StrAppend(page, "<tr>", Number(partition),
                    fence.epoch() == 0
                        ? "<td class=bad>nobody"
                        : Cell(absl::StrCat(fence.writer().node, writes ? " (this node)" : "")),
                    Cell(fence.writer().address), Number(fence.epoch()), Number(next), Number(end),
                    Number(writes ? 0 : end - next, !writes && end > next), "\n");
  }
  absl::StrAppend(page, "</table>\n");
}

void AddService(runtime::Service& service, const Sample& sample, std::string* page) {
  const runtime::Counters& counters = service.counters();
  absl::StrAppend(
      page, "<h2>", Escaped(service.name()), "</h2>\n<p>",
      service.caught_up() ? "Caught up" : "<span class=bad>Folding what it missed</span>", "; ",
      service.serving() ? "every partition has a writer."
                        : "<span class=bad>not every partition has a writer.</span>",
      " Commands: ", counters.commands_accepted.value(), " accepted, ",
      counters.commands_refused.value(), " refused, ", counters.commands_failed.value(),
      " failed, ", counters.queue_depth.value(),
      " waiting. Behind other writers: ", sample.lag_events, " records, ",
      absl::FormatDuration(absl::Trunc(sample.lag, absl::Seconds(1))),
      ". Reactions: ", sample.reaction_lag_events, " records to look at, ",
      sample.parked_reactions > 0 ? "<span class=bad>" : "<span>", sample.parked_reactions,
      " parked</span>. Watches: ", counters.watches.value(), ".</p>\n");
  AddPartitions(service, sample, page);
  for (const auto& [partition, stop] : service.replica().Stops())
    absl::StrAppend(page, "<p class=bad>", Escaped(stop.why), "</p>\n");
}

}  // namespace

std::string StatusPage(const NodeView& view) {
  std::string page = kHead;
  const std::string node = view.services.empty() ? "" : view.services.front()->self().node;
  absl::StrAppend(&page, "<h1>Leadstream ", Escaped(node), "</h1>\n<p>Version ",
                  Escaped(view.version), ", up ",
                  absl::FormatDuration(absl::Trunc(view.now - view.began, absl::Seconds(1))),
                  " since ", Moment(view.began), " UTC. <b>", Escaped(view.standing), "</b></p>\n",
                  "<p class=quiet>/healthz /startupz /readyz /metrics /configz /loglevel</p>\n");
  for (size_t i = 0; i < view.services.size(); ++i)
    AddService(*view.services[i], view.samples[i], &page);
  absl::StrAppend(&page, "<h2>Last warnings and errors</h2>\n");
  if (view.problems.empty()) absl::StrAppend(&page, "<p class=quiet>None.</p>\n");
  absl::StrAppend(&page, "<table>\n");
  for (const RecentProblems::Line& line : view.problems) {
    absl::StrAppend(&page, "<tr>", Cell(Moment(line.time)), Cell(line.level), "<td class=m>",
                    Escaped(line.message), "\n");
  }
  absl::StrAppend(&page, "</table></body></html>\n");
  return page;
}

}  // namespace leadstream::ops
