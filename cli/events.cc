// leadstream events: what happened, read from the log itself.
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <map>
#include <memory>
#include <thread>

#include "cli/all_services.h"
#include "cli/commands.h"
#include "cli/history/cloud_event.h"
#include "cli/history/history.h"
#include "cli/history_flags.h"
#include "cli/progress.h"
#include "cli/show.h"
#include "common/domain/json_text.h"
#include "common/server/reads.h"

namespace leadstream::cli {
namespace {

using history::History;
using history::Selection;
using log::LoggedRecord;

constexpr size_t kDetailsMax = 160;

struct EventsOptions {
  server::Options log;
  SelectionFlags selected;
  std::string by = "type";
  bool json = false;
};

absl::StatusOr<Selection> Select(const SelectionFlags& flags, const History& history) {
  auto options = SelectionOf(flags);
  if (!options.ok()) return options.status();
  return Selection::Make(std::move(*options), history.services());
}

void Print(const std::string& service, const LoggedRecord& event, bool json) {
  const std::string line =
      json ? history::ToCloudEvent(service, event)
           : ToLine(server::EventOf(service, {{event.partition, event.offset}, event.record}),
                    kDetailsMax);
  std::puts(line.c_str());
}

absl::Status Cat(const EventsOptions& options) {
  auto history = History::Open(options.log, AllServices());
  if (!history.ok()) return history.status();
  auto selection = Select(options.selected, **history);
  if (!selection.ok()) return selection.status();
  bool any = false;
  absl::Status read =
      (*history)->EachEvent(*selection, [&](const std::string& service, const LoggedRecord& event) {
        any = true;
        Print(service, event, options.json);
        return !std::ferror(stdout);  // whoever read has gone
      });
  if (!read.ok() || any || selection->resource().empty()) return read;
  return (*history)->EachEventOf(selection->resource(),
                                 [](const std::string&, const LoggedRecord&) { return false; });
}

// The log may lie in a scratch directory, which is to be gone when this is interrupted.
std::atomic<bool> interrupted = false;

absl::Status Follow(const EventsOptions& options) {
  for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, [](int) { interrupted = true; });
  auto history = History::OpenToFollow(options.log, AllServices());
  if (!history.ok()) return history.status();
  auto selection = Select(options.selected, **history);
  if (!selection.ok()) return selection.status();
  history::FollowOptions following;
  if (!options.selected.since.empty() || !options.selected.from.empty()) {
    for (const auto& service : (*history)->services()) following.from[service.name] = {};
  }
  following.stop = [] { return interrupted.load(); };
  following.report = [](const std::string& what) {
    std::fprintf(stderr, "leadstream: %s\n", what.c_str());
  };
  return (*history)->Follow(*selection, following,
                            [&](const std::string& service, const LoggedRecord& event) {
                              Print(service, event, options.json);
                              return std::fflush(stdout) == 0;
                            });
}

// What events are counted by.
using KeyOf = std::string (*)(const std::string& service, const LoggedRecord& event);
const std::map<std::string, KeyOf>& Keys() {
  static const auto* const keys = new std::map<std::string, KeyOf>{
      {"type", [](const std::string&, const LoggedRecord& event) { return event.record.type(); }},
      {"context", [](const std::string& service, const LoggedRecord&) { return service; }},
      {"actor", [](const std::string&, const LoggedRecord& event) { return event.record.actor(); }},
      {"day",
       [](const std::string&, const LoggedRecord& event) {
         return absl::FormatTime("%Y-%m-%d", absl::FromUnixMicros(event.record.time_us()),
                                 absl::UTCTimeZone());
       }},
  };
  return *keys;
}

using Counts = std::map<std::string, int64_t>;

void PrintCounts(const Counts& counts, bool json) {
  int64_t total = 0;
  std::string by;
  for (const auto& [key, count] : counts) {
    total += count;
    if (json) {
      absl::StrAppend(&by, by.empty() ? "" : ",");
      domain::AppendJsonText(key, &by);
      absl::StrAppend(&by, ":", count);
    } else {
      absl::StrAppendFormat(&by, "%12d  %s\n", count, key);
    }
  }
  if (json) {
    std::printf("{\"total\":%lld,\"counts\":{%s}}\n", static_cast<long long>(total), by.c_str());
  } else {
    std::printf("%s%12lld  in all\n", by.c_str(), static_cast<long long>(total));
  }
}

absl::Status Count(const EventsOptions& options) {
  auto history = History::Open(options.log, AllServices());
  if (!history.ok()) return history.status();
  auto selection = Select(options.selected, **history);
  if (!selection.ok()) return selection.status();
  const KeyOf key_of = Keys().at(options.by);
  history::ScanOptions scanning;
  scanning.threads = std::max(1u, std::thread::hardware_concurrency());
  ProgressBar bar("counting");
  scanning.progress = bar.Shown();
  std::vector<Counts> counted(scanning.threads);
  absl::Status read =
      (*history)->Scan(*selection, scanning,
                       [&](size_t thread, const std::string& service, const LoggedRecord& event) {
                         ++counted[thread][key_of(service, event)];
                       });
  if (!read.ok()) return read;
  Counts counts;
  for (const Counts& of_thread : counted) {
    for (const auto& [key, count] : of_thread) counts[key] += count;
  }
  PrintCounts(counts, options.json);
  return absl::OkStatus();
}

CLI::App* AddCommand(CLI::App* events, const char* name, const char* what, Run* run,
                     absl::Status (*command)(const EventsOptions&),
                     const std::shared_ptr<EventsOptions>& options) {
  CLI::App* added = events->add_subcommand(name, what);
  AddSelectionFlags(added, &options->selected);
  AddHistoryFlags(added, &options->log);
  added->callback(
      [command, options, run] { *run = [command, options] { return ExitOf(command(*options)); }; });
  return added;
}

}  // namespace

void AddEvents(CLI::App* app, Run* run) {
  auto options = std::make_shared<EventsOptions>();
  CLI::App* events = app->add_subcommand("events", "What happened");
  events->require_subcommand(1);
  constexpr char kJson[] = "one JSON object a line, in the format of CloudEvents";
  AddCommand(events, "cat", "Print events of the log, oldest first; also while servers write it",
             run, Cat, options)
      ->add_flag("--json", options->json, kJson);
  AddCommand(events, "follow",
             "Print events as they happen, until interrupted; with --since or --from those since "
             "then too",
             run, Follow, options)
      ->add_flag("--json", options->json, kJson);
  CLI::App* count = AddCommand(events, "count", "Count events of the log", run, Count, options);
  count->add_flag("--json", options->json, "one JSON object");
  count->add_option("--by", options->by, "type, context, actor or day")
      ->check(CLI::IsMember(std::vector<std::string>{"type", "context", "actor", "day"}))
      ->capture_default_str();
}

}  // namespace leadstream::cli
