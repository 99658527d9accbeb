#include "cli/export_command.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <thread>

#include "cli/all_services.h"
#include "cli/commands.h"
#include "cli/export/duckdb_views.h"
#include "cli/export/export.h"
#include "cli/export/text_formats.h"
#include "cli/history_flags.h"
#include "cli/progress.h"

namespace leadstream::cli {
namespace {

using exporting::Manifest;

struct ExportFlags {
  server::Options log;
  std::string directory;
  std::string as_of;
  std::string like;
  bool events_only = false;
  bool json = false;
  size_t threads = std::max(1u, std::thread::hardware_concurrency());
};

constexpr char kScript[] = "views.sql";
constexpr char kDatabase[] = "leadstream.duckdb";

// A directory's database, made anew by DuckDB's Python package: it has no C++ library that
// distributions ship.
constexpr char kMakeDatabase[] = R"(
import os, sys
try:
    import duckdb
except ImportError:
    sys.exit(3)
script, database = sys.argv[1:]
if os.path.exists(database + '.new'):
    os.remove(database + '.new')
with duckdb.connect(database + '.new') as connection, open(script, encoding='utf-8') as file:
    connection.execute(file.read())
os.replace(database + '.new', database)
)";

absl::StatusOr<Manifest> Write(const ExportFlags& flags, const exporting::Format& format) {
  exporting::ExportOptions options;
  options.directory = flags.directory;
  options.resources = !flags.events_only;
  options.threads = flags.threads;
  if (!flags.as_of.empty()) {
    auto as_of = history::ParseTime(flags.as_of);
    if (!as_of.ok()) return as_of.status();
    options.as_of = *as_of;
  }
  if (!flags.like.empty()) {
    auto json = exporting::ReadFile(flags.like);
    auto like = json.ok() ? Manifest::Parse(*json) : json.status();
    if (!like.ok())
      return absl::InvalidArgumentError(absl::StrCat("--like: ", like.status().message()));
    options.to = like->exports.back().to;
  }
  auto history = history::History::Open(flags.log, AllServices());
  if (!history.ok()) return history.status();
  std::unique_ptr<ProgressBar> bar;
  std::string doing_now;
  options.progress = [&](const char* doing, int64_t done, int64_t all) {
    if (doing != doing_now) bar = std::make_unique<ProgressBar>(doing_now = doing);
    bar->Show(static_cast<size_t>(done), static_cast<size_t>(all));
  };
  return exporting::Export(history->get(), format, options);
}

void Print(const ExportFlags& flags, const Manifest& manifest) {
  int64_t events = 0, rows = 0, bytes = 0;
  size_t event_files = 0;
  for (const auto& range : manifest.exports) events += range.events;
  for (const auto& file : manifest.files) {
    bytes += file.bytes;
    if (absl::StartsWith(file.path, "events/")) {
      ++event_files;
    } else {
      rows += file.rows;
    }
  }
  if (flags.json) {
    std::printf(
        "{\"directory\":\"%s\",\"format\":\"%s\",\"exports\":%zu,\"events\":%lld,\"resources\":"
        "%lld,\"files\":%zu,\"bytes\":%lld}\n",
        flags.directory.c_str(), manifest.format.c_str(), manifest.exports.size(),
        static_cast<long long>(events), static_cast<long long>(rows), manifest.files.size(),
        static_cast<long long>(bytes));
    return;
  }
  std::printf("%s: %lld events in %zu files, %lld resources in %zu, %lld bytes of %s\n",
              flags.directory.c_str(), static_cast<long long>(events), event_files,
              static_cast<long long>(rows), manifest.files.size() - event_files,
              static_cast<long long>(bytes), manifest.format.c_str());
}

int Export(const ExportFlags& flags, const exporting::Format& format) {
  auto manifest = Write(flags, format);
  if (!manifest.ok()) return ExitOf(manifest.status());
  Print(flags, *manifest);
  return 0;
}

// 3: there is no DuckDB for Python; -1: no Python.
int MakeDatabase(const std::string& script, const std::string& database) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::execlp("python3", "python3", "-c", kMakeDatabase, script.c_str(), database.c_str(), nullptr);
    ::_exit(127);
  }
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child || !WIFEXITED(status)) return -1;
  return WEXITSTATUS(status) == 127 ? -1 : WEXITSTATUS(status);
}

int ExportDuckDb(const ExportFlags& flags, const exporting::Format& parquet) {
  auto manifest = Write(flags, parquet);
  if (!manifest.ok()) return ExitOf(manifest.status());
  std::error_code error;
  const std::string directory = std::filesystem::absolute(flags.directory, error).string();
  const std::string script = absl::StrCat(directory, "/", kScript);
  const std::string database = absl::StrCat(directory, "/", kDatabase);
  absl::Status written =
      exporting::ReplaceFile(script, exporting::DuckDbScript(directory, *manifest));
  if (!written.ok()) return ExitOf(written);
  Print(flags, *manifest);
  const int made = MakeDatabase(script, database);
  if (made == 0) {
    std::fprintf(stderr, "open it with: duckdb %s\n", database.c_str());
    return 0;
  }
  if (made == 3 || made == -1) {
    std::fprintf(stderr,
                 "There is no DuckDB for Python (pip install duckdb), so the views are a script "
                 "only; open it with: duckdb -init %s\n",
                 script.c_str());
    return 0;
  }
  return ExitOf(absl::UnavailableError(absl::StrCat("DuckDB could not read ", script)));
}

// The same command line, by the executable that Arrow is linked into.
int RunBeside() {
  auto command_line = exporting::ReadFile("/proc/self/cmdline");
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::string beside = (self.parent_path() / "leadstream-export").string();
  if (!command_line.ok() || !std::filesystem::exists(beside)) {
    std::fprintf(
        stderr,
        "leadstream: Parquet is written by leadstream-export, which is not beside %s. It is "
        "built where Apache Arrow is: deploy/setup fetches it (the pyarrow wheel, 55 MB), "
        "then build again. `export csv` and `export ndjson` need nothing.\n",
        self.string().c_str());
    return 1;
  }
  std::vector<std::string> arguments =
      absl::StrSplit(absl::string_view(*command_line).substr(0, command_line->size() - 1), '\0');
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  ::execv(beside.c_str(), argv.data());
  std::fprintf(stderr, "leadstream: %s cannot be run: %s\n", beside.c_str(), std::strerror(errno));
  return 1;
}

}  // namespace

void AddExport(CLI::App* app, Run* run, const exporting::Format* parquet) {
  CLI::App* command = app->add_subcommand("export", "Write history as files that other tools read");
  command->require_subcommand(1);
  auto flags = std::make_shared<ExportFlags>();
  auto add = [&](const char* name, const char* what, const std::function<int()>& write) {
    CLI::App* format = command->add_subcommand(name, what);
    format
        ->add_option("DIRECTORY", flags->directory,
                     "where it is written; an export that is there is gone on with")
        ->required();
    format->add_option("--as-of", flags->as_of,
                       "resources as they stood then: 2026-03-01, or 2026-03-01T09:30:00Z; all "
                       "events are written");
    format->add_option(
        "--like", flags->like,
        "as far as another export went: its manifest.json; the same files come of it");
    format->add_flag("--events-only", flags->events_only,
                     "no resources, so that an export which goes on reads only what is new");
    format->add_option("--threads", flags->threads)
        ->check(CLI::Range(1, 64))
        ->capture_default_str();
    format->add_flag("--json", flags->json, "one JSON object");
    AddHistoryFlags(format, &flags->log);
    format->callback([run, write] { *run = write; });
  };
  add("csv", "Comma-separated values; what is within a message has a name with dots",
      [flags] { return Export(*flags, *exporting::Csv()); });
  add("ndjson", "JSON, one object a line; events as CloudEvents",
      [flags] { return Export(*flags, *exporting::NdJson()); });
  if (parquet == nullptr) {
    add("parquet", "Apache Parquet", RunBeside);
    add("duckdb", "Apache Parquet, and a DuckDB database of views over it", RunBeside);
  } else {
    add("parquet", "Apache Parquet", [flags, parquet] { return Export(*flags, *parquet); });
    add("duckdb", "Apache Parquet, and a DuckDB database of views over it",
        [flags, parquet] { return ExportDuckDb(*flags, *parquet); });
  }
}

void AddExport(CLI::App* app, Run* run) { AddExport(app, run, nullptr); }

}  // namespace leadstream::cli
