// A process that serves: its log, its signals, and the main function of a service's executable.
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <google/protobuf/stubs/logging.h>
#include <signal.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <cstdlib>

#include "common/ops/recent_problems.h"
#include "common/server/json_log.h"
#include "common/server/redaction.h"
#include "common/server/server.h"
#include "common/server/settings.h"
#include "common/server/version.h"

namespace leadstream::server {

void StartLogging(const std::string& level) {
  auto lines = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  auto recent = std::make_shared<ops::RecentProblems>(Redacted);  // for the ops port's status page
  auto logger = std::make_shared<spdlog::logger>(
      "leadstream", spdlog::sinks_init_list{std::move(lines), std::move(recent)});
  logger->set_formatter(NewJsonFormatter());
  logger->set_level(spdlog::level::from_str(level));
  spdlog::set_default_logger(std::move(logger));
  // What protobuf says of a caller's bytes is in the caller's answer already.
  google::protobuf::SetLogHandler(
      [](google::protobuf::LogLevel, const char*, int, const std::string& message) {
        spdlog::debug("protobuf: {}", message);
      });
}

int ServeUntilSignalled(const Options& options,
                        std::vector<domain::ServiceDefinition> definitions) {
  // Blocked before any thread begins, so that only sigwait below takes them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  const absl::Time began = absl::Now();
  auto server = Server::Start(options, std::move(definitions));
  if (!server.ok()) {
    spdlog::error("cannot start: {}", std::string(server.status().message()));
    return 1;
  }
  spdlog::info("serving on port {} after {}", (*server)->port(),
               absl::FormatDuration(absl::Trunc(absl::Now() - began, absl::Milliseconds(1))));
  int signal = 0;
  sigwait(&signals, &signal);
  spdlog::info("draining");
  (*server)->Drain(Server::kDrainMax);
  spdlog::info("stopped");
  spdlog::shutdown();
  // All is durable. To take librdkafka's clients apart may wait for brokers, once in a while for
  // ever.
  if (options.log != "local") std::_Exit(0);
  return 0;
}

int ServeOne(domain::ServiceDefinition definition, int argc, char** argv) {
  Options options;
  CLI::App app(absl::StrCat("The ", definition.name, " service of Leadstream."));
  AddFlags(&app, &options);
  TakeSettings(&app, &options.configuration);
  app.set_version_flag("--version", Version());
  CLI11_PARSE(app, argc, argv);
  StartLogging(options.log_level);
  std::vector<domain::ServiceDefinition> definitions;
  definitions.push_back(std::move(definition));
  return ServeUntilSignalled(options, std::move(definitions));
}

}  // namespace leadstream::server
