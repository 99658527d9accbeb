// leadstream mine: the paths from inquiry to payment, as they really were.
#include <absl/strings/str_cat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <thread>

#include "cli/all_services.h"
#include "cli/commands.h"
#include "cli/history/history.h"
#include "cli/history_flags.h"
#include "cli/mine/ocel.h"
#include "cli/mine/paths.h"
#include "cli/mine/sales.h"
#include "cli/mine_text.h"
#include "cli/progress.h"

namespace leadstream::cli {
namespace {

struct MineFlags {
  server::Options log;
  std::string by, since, until, ocel;
  bool stages = false, json = false, dot = false, svg = false;
  size_t variants_max = 10;
  size_t threads = std::max(1u, std::thread::hardware_concurrency());
};

absl::StatusOr<mine::Sales> Read(const MineFlags& flags) {
  mine::SalesOptions options;
  options.stages = flags.stages;
  options.threads = flags.threads;
  absl::Status times = ReadTime("--since", flags.since, &options.since);
  times.Update(ReadTime("--until", flags.until, &options.until));
  if (!times.ok()) return times;
  auto history = history::History::Open(flags.log, AllServices());
  if (!history.ok()) return history.status();
  ProgressBar bar("reading");
  options.progress = bar.Shown();
  return mine::ReadSales(history->get(), options);
}

// By Graphviz, where it is installed.
int PrintSvg(const std::string& dot) {
  std::fflush(stdout);
  FILE* graphviz =
      std::system("command -v dot >/dev/null") == 0 ? ::popen("dot -Tsvg", "w") : nullptr;
  if (graphviz == nullptr) {
    std::fputs(
        "leadstream: Graphviz is not installed (apt-get install graphviz); this is what its "
        "`dot -Tsvg` would draw\n",
        stderr);
    std::fputs(dot.c_str(), stdout);
    return 0;
  }
  std::fputs(dot.c_str(), graphviz);
  return ::pclose(graphviz) == 0 ? 0 : 1;
}

int Mine(const MineFlags& flags) {
  auto sales = Read(flags);
  if (!sales.ok()) return ExitOf(sales.status());
  if (!flags.ocel.empty()) {
    absl::Status written = mine::WriteOcel(*sales, flags.ocel);
    if (!written.ok()) return ExitOf(written);
  }
  const auto paths = mine::PathsOf(*sales, flags.by == "pipeline" ? mine::By::kPipeline
                                           : flags.by == "source" ? mine::By::kSource
                                           : flags.by == "owner"  ? mine::By::kOwner
                                                                  : mine::By::kAll);
  if (flags.svg) return PrintSvg(ToDot(paths));
  const std::string text = flags.dot    ? ToDot(paths)
                           : flags.json ? ToJson(paths, flags.by)
                                        : ToText(paths, flags.by, flags.variants_max);
  std::fputs(text.c_str(), stdout);
  return 0;
}

}  // namespace

void AddMine(CLI::App* app, Run* run) {
  auto flags = std::make_shared<MineFlags>();
  CLI::App* command = app->add_subcommand(
      "mine",
      "The paths from inquiry to payment as they were: how often, how long, what was done "
      "again, where sales were lost");
  command->add_option("--by", flags->by, "a part for each pipeline, source or owner")
      ->check(CLI::IsMember(std::vector<std::string>{"pipeline", "source", "owner"}));
  command->add_option("--since", flags->since,
                      "sales that began then or later: 2026-03-01, or 2026-03-01T09:30:00Z");
  command->add_option("--until", flags->until, "sales that began before");
  command->add_flag("--stages", flags->stages, "stages of opportunities are steps as well");
  command->add_option("--variants", flags->variants_max, "the table has no more paths than these")
      ->capture_default_str();
  command->add_option("--ocel", flags->ocel,
                      "also write them to this file as an event log, OCEL 2.0 in JSON, for tools "
                      "of process mining");
  auto* json = command->add_flag("--json", flags->json, "one JSON object a line");
  auto* dot = command->add_flag("--dot", flags->dot, "a graph, as Graphviz reads it");
  command->add_flag("--svg", flags->svg, "the graph as Graphviz draws it, where it is installed")
      ->excludes(json)
      ->excludes(dot);
  json->excludes(dot);
  command->add_option("--threads", flags->threads)->check(CLI::Range(1, 64))->capture_default_str();
  AddHistoryFlags(command, &flags->log);
  command->callback([flags, run] { *run = [flags] { return Mine(*flags); }; });
}

}  // namespace leadstream::cli
