#include <cstdio>
#include <memory>

#include "cli/all_services.h"
#include "cli/commands.h"
#include "cli/history/history.h"
#include "cli/history_flags.h"
#include "cli/show.h"

namespace leadstream::cli {
namespace {

struct GetOptions {
  server::Options log;
  std::string name;
  std::string as_of;
};

int Get(const GetOptions& options) {
  absl::StatusOr<history::Moment> moment = history::Moment{};
  if (!options.as_of.empty()) moment = history::ParseMoment(options.as_of);
  absl::Status status = moment.status();
  if (status.ok()) {
    auto history = history::History::Open(options.log, AllServices());
    status = history.status();
    if (status.ok()) {
      auto state = (*history)->AsOf(options.name, *moment);
      status = state.status();
      if (status.ok()) std::fputs(ToJson(*state->resource, true).c_str(), stdout);
    }
  }
  return ExitOf(status);
}

}  // namespace

void AddGet(CLI::App* app, Run* run) {
  auto options = std::make_shared<GetOptions>();
  CLI::App* command =
      app->add_subcommand("get", "Print a resource as it is or as it was, folded from the log");
  command->add_option("NAME", options->name, "the resource, such as leads/4711")->required();
  command->add_option(
      "--as-of", options->as_of,
      "a revision (3), a time (2026-03-01T09:30:00Z) or the beginning of a day (2026-03-01), UTC");
  AddHistoryFlags(command, &options->log);
  command->callback([options, run] { *run = [options] { return Get(*options); }; });
}

}  // namespace leadstream::cli
