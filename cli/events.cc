#include <cstdio>
#include <memory>

#include "cli/commands.h"
#include "cli/history.h"
#include "cli/show.h"
#include "common/server/reads.h"

namespace leadstream::cli {
namespace {

constexpr size_t kDetailsMax = 160;

struct CatOptions {
  server::Options log;
  std::string name;
  bool json = false;
};

int Cat(const CatOptions& options) {
  auto history = History::Open(options.log);
  absl::Status status = history.status();
  if (status.ok()) {
    const History::Take print = [&](const std::string& service, const store::StoredEvent& stored) {
      const common::v1::Event event = server::EventOf(service, stored);
      std::puts((options.json ? ToJson(event, false) : ToLine(event, kDetailsMax)).c_str());
      return !std::ferror(stdout);  // whoever read has gone
    };
    status = options.name.empty() ? (*history)->EachEvent(print)
                                  : (*history)->EachEventOf(options.name, print);
  }
  if (!status.ok()) std::fprintf(stderr, "leadstream: %s\n", std::string(status.message()).c_str());
  return status.ok() ? 0 : 1;
}

}  // namespace

void AddEvents(CLI::App* app, Run* run) {
  auto options = std::make_shared<CatOptions>();
  CLI::App* events = app->add_subcommand("events", "What happened");
  events->require_subcommand(1);
  CLI::App* cat = events->add_subcommand(
      "cat", "Print the events of the log, oldest first; also while servers write it");
  cat->add_option("NAME", options->name,
                  "the resource whose story it is, such as leads/4711; none: everything");
  AddHistoryFlags(cat, &options->log);
  cat->add_flag("--json", options->json, "one JSON object a line");
  cat->callback([options, run] { *run = [options] { return Cat(*options); }; });
}

}  // namespace leadstream::cli
