// leadstream backup, and leadstream restore.
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "cli/all_services.h"
#include "cli/backup/backup.h"
#include "cli/backup/restore.h"
#include "cli/commands.h"
#include "cli/export/manifest.h"
#include "cli/history/history.h"
#include "cli/history/open.h"
#include "cli/history_flags.h"
#include "cli/progress.h"
#include "common/log/local_log.h"
#include "common/server/open_log.h"

namespace leadstream::cli {
namespace {

namespace fs = std::filesystem;

struct BackupFlags {
  server::Options log;
  std::string directory;
  std::string to;
  bool check = false;
  size_t threads = std::max(1u, std::thread::hardware_concurrency());
  bool json = false;
};

int BackUp(const BackupFlags& flags) {
  const absl::Time began = absl::Now();
  auto log = history::OpenForReading(flags.log);
  if (!log.ok()) return ExitOf(log.status());
  std::vector<std::string> services;
  for (const auto& service : AllServices()) services.push_back(service.name);
  ProgressBar bar("backing up");
  backup::BackupOptions options;
  options.directory = flags.directory;
  options.threads = flags.threads;
  options.progress = bar.Shown();
  auto made = backup::Backup(log->get(), services, options);
  if (!made.ok()) return ExitOf(made.status());
  const backup::Size all = backup::SizeOf(made->manifest);
  const double seconds = absl::ToDoubleSeconds(absl::Now() - began);
  if (flags.json) {
    absl::PrintF(
        "{\"records\":%d,\"bytes\":%d,\"files\":%d,\"added_records\":%d,\"added_bytes\":%d,"
        "\"seconds\":%.3f}\n",
        all.records, all.bytes, made->manifest.files_size(), made->added.records, made->added.bytes,
        seconds);
  } else {
    absl::PrintF("%s: %d records in %d files, %d of them new, in %.1f s\n", flags.directory,
                 all.records, made->manifest.files_size(), made->added.records, seconds);
  }
  return 0;
}

// Beside where it is to be, so that a restore that is killed is simply done again.
absl::Status RestoreIntoData(const backup::RestorePlan& plan, const backup::RestoreOptions& options,
                             const std::string& data) {
  const fs::path log = fs::path(data) / "log", beside = fs::path(data) / "log.restoring";
  for (const fs::path& there : {log, fs::path(data) / "models"})
    if (fs::exists(there))
      return absl::AlreadyExistsError(
          absl::StrCat(there.string(), " is there; a backup is restored into an empty place only"));
  std::error_code error;
  fs::remove_all(beside, error);
  auto opened = log::LocalLog::Open({beside.string()});
  if (!opened.ok()) return opened.status();
  absl::Status restored = backup::Restore(plan, options, opened->get());
  if (!restored.ok()) return restored;
  opened->reset();
  return exporting::MoveIntoPlace(beside.string(), log.string());
}

absl::Status RestoreInto(const BackupFlags& flags, const backup::RestorePlan& plan,
                         const backup::RestoreOptions& options) {
  auto kafka = server::KafkaOptionsOf(flags.log);
  if (!kafka.ok()) return kafka.status();
  if (!*kafka) return RestoreIntoData(plan, options, flags.log.data);
  (*kafka)->report = [](int, const std::string&) {};  // what matters comes back as a status
  auto log = log::KafkaLog::Open(**kafka);
  if (!log.ok()) return log.status();
  absl::Status restored = backup::Restore(plan, options, log->get());
  if (restored.ok() || absl::IsAlreadyExists(restored)) return restored;
  return {restored.code(), absl::StrCat(restored.message(),
                                        "; what was restored so far is not "
                                        "whole: delete the topics and begin again")};
}

int RestoreBackup(const BackupFlags& flags) {
  const absl::Time began = absl::Now();
  ProgressBar bar("restoring");
  backup::RestoreOptions options;
  options.directory = flags.directory;
  options.threads = flags.threads;
  options.progress = bar.Shown();
  if (absl::Status to = ReadTime("--to", flags.to, &options.to); !to.ok()) return ExitOf(to);
  auto plan = backup::PlanRestore(options);
  absl::Status done = plan.status();
  if (done.ok() && !flags.check) done = RestoreInto(flags, *plan, options);
  if (!done.ok()) return ExitOf(done);
  const double seconds = absl::ToDoubleSeconds(absl::Now() - began);
  if (flags.json) {
    absl::PrintF("{\"records\":%d,\"files\":%d,\"seconds\":%.3f}\n", plan->records,
                 plan->manifest.files_size(), seconds);
  } else {
    absl::PrintF("%s: %d records %s in %.1f s\n", flags.directory, plan->records,
                 flags.check ? "are as the manifest says, checked" : "restored", seconds);
  }
  return 0;
}

void AddCommonFlags(CLI::App* command, BackupFlags* flags) {
  command->add_option("--threads", flags->threads)->check(CLI::Range(1, 64))->capture_default_str();
  command->add_flag("--json", flags->json, "one JSON object");
  AddHistoryFlags(command, &flags->log);
}

}  // namespace

void AddBackup(CLI::App* app, Run* run) {
  auto flags = std::make_shared<BackupFlags>();
  CLI::App* command =
      app->add_subcommand("backup", "Copy the log into a directory, also while servers write it");
  command
      ->add_option("DIRECTORY", flags->directory,
                   "where it is written; a backup that is there is gone on with")
      ->required();
  AddCommonFlags(command, flags.get());
  command->callback([flags, run] { *run = [flags] { return BackUp(*flags); }; });
}

void AddRestore(CLI::App* app, Run* run) {
  auto flags = std::make_shared<BackupFlags>();
  CLI::App* command = app->add_subcommand("restore", "Make a log of a backup, in an empty place");
  command->add_option("DIRECTORY", flags->directory, "of the backup")->required();
  command->add_option("--to", flags->to,
                      "as it was then: 2026-03-01, or 2026-03-01T09:30:00Z; default: all of it");
  command->add_flag("--check", flags->check, "only read the backup: every file is whole");
  AddCommonFlags(command, flags.get());
  command
      ->add_flag("--allow-weak-topics", flags->log.allow_weak_topics,
                 "go on where a topic's settings may lose what was acknowledged: one broker, a "
                 "laptop")
      ->envname("LEADSTREAM_ALLOW_WEAK_TOPICS");
  server::AddReplicationFactorFlag(command, &flags->log);
  command->callback([flags, run] { *run = [flags] { return RestoreBackup(*flags); }; });
}

}  // namespace leadstream::cli
