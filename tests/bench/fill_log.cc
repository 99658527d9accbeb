// A log with very many leads, written as fast as it takes them: for what is tried on a large one.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "common/log/position.h"
#include "common/server/open_log.h"
#include "tests/bench/lead_records.h"

namespace leadstream::bench {
namespace {

absl::Status Fill(const server::Options& options, int leads) {
  auto log = server::OpenLog(options, {"lead"});
  if (!log.ok()) return log.status();
  auto end = (*log)->End(log::TopicOf("lead"), 0);
  if (!end.ok()) return end.status();
  if (*end != 0) return absl::AlreadyExistsError("there are leads already");
  return WriteLeads(log->get(), options.partitions, leads);
}

int Main(int argc, char** argv) {
  server::Options options;
  options.create_topics = true;
  int leads = 1'000'000;
  CLI::App app("Fills an empty log with leads.");
  app.add_option("--leads", leads)->capture_default_str()->check(CLI::PositiveNumber);
  app.add_option("--data", options.data, "where the embedded log is made")->capture_default_str();
  server::AddLogFlags(&app, &options);
  CLI11_PARSE(app, argc, argv);
  const absl::Status filled = Fill(options, leads);
  if (!filled.ok()) std::fprintf(stderr, "%s\n", std::string(filled.message()).c_str());
  return filled.ok() ? 0 : 1;
}

}  // namespace
}  // namespace leadstream::bench

int main(int argc, char** argv) { return leadstream::bench::Main(argc, argv); }
