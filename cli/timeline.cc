// leadstream timeline NAME: the whole story of a resource and of what is related to it.
#include <absl/time/time.h>

#include <cstdio>
#include <memory>

#include "cli/client.h"
#include "cli/commands.h"
#include "cli/pages.h"
#include "cli/show.h"
#include "leadstream/lead/v1/activity_service.pb.h"

namespace leadstream::cli {
namespace {

using lead::v1::ListTimelineRequest;
using lead::v1::ListTimelineResponse;
using lead::v1::TimelineEntry;

struct TimelineOptions {
  std::string server = "localhost:7400";
  std::string name;
  bool oldest_first = false;
  bool no_related = false;
  bool json = false;
};

// 2026-03-02 09:23:11.512  leads/4711            anna  lead updated
//                              budget.amount  EUR 500.00 → EUR 6000.00
void Print(const TimelineEntry& entry) {
  const absl::Time time =
      absl::FromUnixSeconds(entry.time().seconds()) + absl::Nanoseconds(entry.time().nanos());
  std::printf("%s  %-46s  %s  %s\n",
              absl::FormatTime("%Y-%m-%d %H:%M:%E3S", time, absl::UTCTimeZone()).c_str(),
              entry.resource().c_str(), entry.actor().c_str(), entry.summary().c_str());
  // Of a new resource everything is new; it can be had by `get`.
  if (entry.event().revision() == 1) return;
  for (const common::v1::Change& change : entry.changes()) {
    std::printf("      %s  %s → %s\n", change.field().c_str(),
                change.old_value().empty() ? "–" : change.old_value().c_str(),
                change.new_value().empty() ? "–" : change.new_value().c_str());
  }
}

absl::Status Tell(const TimelineOptions& options, Client* client) {
  ListTimelineRequest request;
  request.set_regarding(options.name);
  request.set_include_related(!options.no_related);
  request.set_order_by(options.oldest_first ? "time" : "time desc");
  return EachPage<ListTimelineResponse>(client, request, [&](const ListTimelineResponse& page) {
    for (const TimelineEntry& entry : page.entries()) {
      if (options.json) {
        std::puts(ToJson(entry, false).c_str());
      } else {
        Print(entry);
      }
    }
  });
}

}  // namespace

void AddTimeline(CLI::App* app, Run* run) {
  auto options = std::make_shared<TimelineOptions>();
  CLI::App* timeline = app->add_subcommand(
      "timeline", "The whole story of a resource and of what is related to it, the newest first");
  timeline->add_option("NAME", options->name, "such as leads/4711 or invoices/4711-1")->required();
  timeline->add_flag("--oldest-first", options->oldest_first, "from the first inquiry on");
  timeline->add_flag("--no-related", options->no_related,
                     "without what it came from and what came of it");
  timeline->add_flag("--json", options->json, "one entry a line");
  AddServerFlag(timeline, &options->server)->capture_default_str();
  timeline->callback([options, run] {
    *run = [options] {
      return WithClient(options->server, "leadstream timeline",
                        [&](Client* client) { return Tell(*options, client); });
    };
  });
}

}  // namespace leadstream::cli
