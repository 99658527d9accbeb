#include "cli/analyst_commands.h"
#include "cli/commands.h"
#include "common/server/version.h"

int main(int argc, char** argv) {
  CLI::App app("Leadstream: from the first inquiry to a paid invoice.");
  app.require_subcommand(1);
  app.set_help_all_flag("--help-all", "Print this help and that of every command");
  app.set_version_flag("--version", leadstream::server::Version());
  leadstream::cli::Run run;
  leadstream::cli::AddDemo(&app, &run);
  leadstream::cli::AddServe(&app, &run);
  leadstream::cli::AddImport(&app, &run);
  leadstream::cli::AddEvents(&app, &run);
  leadstream::cli::AddExport(&app, &run);
  leadstream::cli::AddBackup(&app, &run);
  leadstream::cli::AddRestore(&app, &run);
  leadstream::cli::AddVerify(&app, &run);
  leadstream::cli::AddReplay(&app, &run);
  leadstream::cli::AddMine(&app, &run);
  leadstream::cli::AddState(&app, &run);
  leadstream::cli::AddWhatIf(&app, &run);
  leadstream::cli::AddGet(&app, &run);
  leadstream::cli::AddFind(&app, &run);
  leadstream::cli::AddTimeline(&app, &run);
  leadstream::cli::AddReminders(&app, &run);
  leadstream::cli::AddSums(&app, &run);
  leadstream::cli::AddProcess(&app, &run);
  leadstream::cli::AddCall(&app, &run);
  leadstream::cli::AddAudit(&app, &run);
  leadstream::cli::AddTopics(&app, &run);
  leadstream::cli::AddCluster(&app, &run);
  leadstream::cli::AddConfig(&app, &run);
  CLI11_PARSE(app, argc, argv);
  return run();
}
