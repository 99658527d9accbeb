#include <iostream>
#include <memory>

#include "cli/commands.h"
#include "common/server/options.h"
#include "common/server/settings.h"

namespace leadstream::cli {

void AddConfig(CLI::App* app, Run* run) {
  auto table = std::make_shared<bool>(false);
  CLI::App* command = app->add_subcommand(
      "config",
      "Print a file with every setting of the servers, to be changed and given to --config");
  command->add_flag("--table", *table, "print the page of documentation instead");
  command->callback([table, run] {
    *run = [table] {
      server::Options options;
      CLI::App serve;
      server::AddFlags(&serve, &options);
      server::AddReplicationFactorFlag(&serve, &options);
      const auto settings = server::SettingsOf(&serve);
      std::cout << (*table ? server::SettingsPage(settings) : server::SettingsTemplate(settings));
      return 0;
    };
  });
}

}  // namespace leadstream::cli
