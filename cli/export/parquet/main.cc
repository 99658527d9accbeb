// leadstream-export: what `leadstream export parquet` and `leadstream export duckdb` run. A program
// of its own, so that nothing else needs Apache Arrow.
#include "cli/commands.h"
#include "cli/export/parquet/parquet_format.h"
#include "cli/export_command.h"

int main(int argc, char** argv) {
  CLI::App app("What `leadstream export parquet` runs.");
  app.require_subcommand(1);
  leadstream::cli::Run run;
  const auto parquet = leadstream::exporting::Parquet();
  leadstream::cli::AddExport(&app, &run, parquet.get());
  CLI11_PARSE(app, argc, argv);
  return run();
}
