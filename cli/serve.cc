#include <memory>

#include "cli/all_services.h"
#include "cli/commands.h"
#include "common/server/server.h"
#include "common/server/settings.h"

namespace leadstream::cli {

void AddServe(CLI::App* app, Run* run) {
  auto options = std::make_shared<server::Options>();
  CLI::App* command =
      app->add_subcommand("serve", "Run all five services in one process, on one port");
  server::AddFlags(command, options.get());
  server::AddReplicationFactorFlag(command, options.get());
  server::TakeSettings(command, &options->configuration);
  command->callback([options, run] {
    *run = [options] {
      options->create_topics = true;
      server::StartLogging(options->log_level);
      return server::ServeUntilSignalled(*options, AllServices());
    };
  });
}

}  // namespace leadstream::cli
