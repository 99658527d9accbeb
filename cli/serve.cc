#include <memory>

#include "cli/all_services.h"
#include "cli/commands.h"
#include "common/server/server.h"

namespace leadstream::cli {

void AddServe(CLI::App* app, Run* run) {
  auto options = std::make_shared<server::Options>();
  CLI::App* command =
      app->add_subcommand("serve", "Run all five services in one process, on one port");
  server::AddFlags(command, options.get());
  command
      ->add_option("--replication-factor", options->replication_factor,
                   "brokers that hold each partition of a topic that is made")
      ->envname("LEADSTREAM_REPLICATION_FACTOR")
      ->capture_default_str();
  server::UseYaml(command);
  command->callback([options, run] {
    *run = [options] {
      options->create_topics = true;
      server::StartLogging(options->log_level);
      return server::ServeUntilSignalled(*options, AllServices());
    };
  });
}

}  // namespace leadstream::cli
