// leadstream verify: whether a history is whole.
#include <absl/strings/str_cat.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "cli/all_services.h"
#include "cli/backup/restore.h"
#include "cli/commands.h"
#include "cli/history/scratch.h"
#include "cli/history_flags.h"
#include "cli/progress.h"
#include "cli/show.h"
#include "cli/verify/verify.h"
#include "common/domain/json_text.h"
#include "common/log/local_log.h"
#include "common/runtime/parked_reactions.h"
#include "common/server/reads.h"

namespace leadstream::cli {
namespace {

using history::History;
using verify::Finding;
using verify::Findings;

// Of a story, so many events up to the one at which something is wrong.
constexpr size_t kStoryMax = 4;
constexpr size_t kDetailsMax = 100;

struct VerifyFlags {
  server::Options log;
  std::string exported, backup;
  int grace_seconds = 60;
  size_t kept = 10;
  size_t threads = std::max(1u, std::thread::hardware_concurrency());
  bool json = false;
};

// What happened to the resource up to the event that was found.
std::vector<std::string> StoryOf(History* history, const Finding& finding) {
  std::vector<std::string> lines;
  absl::Status read = history->EachEventOf(
      finding.resource, [&](const std::string& service, const log::LoggedRecord& event) {
        const common::v1::Event told =
            server::EventOf(service, {{event.partition, event.offset}, event.record});
        lines.push_back(ToLine(told, kDetailsMax));
        if (lines.size() > kStoryMax) lines.erase(lines.begin());
        return told.position() != finding.position;
      });
  if (!read.ok()) lines.clear();
  return lines;
}

void PrintText(const Findings& findings, int64_t events, History* history) {
  std::string check;
  for (const Finding& finding : findings.kept()) {
    const bool is_first = finding.check != check;
    if (is_first) {
      check = finding.check;
      std::printf("%s: %lld\n", check.c_str(), static_cast<long long>(findings.counts().at(check)));
    }
    std::printf("  %s  %s  %s\n", finding.position.c_str(), finding.resource.c_str(),
                finding.what.c_str());
    if (!is_first || history == nullptr || finding.resource.empty()) continue;
    for (const std::string& line : StoryOf(history, finding)) std::printf("    %s\n", line.c_str());
  }
  std::printf("%lld events, %lld findings\n", static_cast<long long>(events),
              static_cast<long long>(findings.count()));
}

void PrintJson(const Findings& findings, int64_t events) {
  std::string json =
      absl::StrCat("{\"events\":", events, ",\"findings\":", findings.count(), ",\"counts\":{");
  const char* comma = "";
  for (const auto& [check, count] : findings.counts()) {
    absl::StrAppend(&json, comma, "\"", check, "\":", count);
    comma = ",";
  }
  json += "},\"examples\":[";
  comma = "";
  for (const Finding& finding : findings.kept()) {
    absl::StrAppend(&json, comma, "{\"check\":\"", finding.check, "\",\"position\":");
    domain::AppendJsonText(finding.position, &json);
    json += ",\"resource\":";
    domain::AppendJsonText(finding.resource, &json);
    json += ",\"what\":";
    domain::AppendJsonText(finding.what, &json);
    json += "}";
    comma = ",";
  }
  std::puts((json + "]}").c_str());
}

// The log of a backup, made anew where a server would have it in `data`.
absl::Status RestoreInto(const std::string& data, const VerifyFlags& flags, ProgressBar* bar) {
  if (data.empty()) return absl::UnavailableError("no directory for temporary files can be made");
  backup::RestoreOptions options;
  options.directory = flags.backup;
  options.threads = flags.threads;
  options.progress = bar->Shown();
  auto plan = backup::PlanRestore(options);
  if (!plan.ok()) return plan.status();
  auto log = log::LocalLog::Open({data + "/log"});
  return log.ok() ? backup::Restore(*plan, options, log->get()) : log.status();
}

// 0: nothing is wrong. 1: it cannot be read. 2: something is wrong.
int Verify(const VerifyFlags& flags) {
  Findings findings(flags.kept);
  ProgressBar bar("verifying");
  verify::VerifyOptions options;
  options.threads = flags.threads;
  options.grace = absl::Seconds(flags.grace_seconds);
  options.progress = bar.Shown();
  const history::Scratch scratch;
  std::unique_ptr<History> history;  // goes first: its log may lie there
  absl::StatusOr<int64_t> events;
  if (flags.exported.empty()) {
    server::Options log = flags.log;
    if (!flags.backup.empty()) {
      absl::Status restored = RestoreInto(scratch.path(), flags, &bar);
      if (!restored.ok()) return ExitOf(restored);
      log.log = "local";
      log.data = scratch.path();
      options.cut_off = true;
    }
    auto opened = History::Open(log, AllServices());
    if (opened.ok()) {
      history = std::move(*opened);
      events = verify::VerifyLog(history.get(), options, &findings);
    } else {
      events = opened.status();
    }
  } else {
    std::vector<domain::ServiceDefinition> services;
    for (const auto& service : AllServices())
      services.push_back(runtime::WithParkedReactions(service));
    events = verify::VerifyExport(flags.exported, services, options, &findings);
  }
  if (!events.ok()) return ExitOf(events.status());
  if (flags.json) {
    PrintJson(findings, *events);
  } else {
    PrintText(findings, *events, history.get());
  }
  return findings.count() == 0 ? 0 : 2;
}

}  // namespace

void AddVerify(CLI::App* app, Run* run) {
  auto flags = std::make_shared<VerifyFlags>();
  CLI::App* command = app->add_subcommand(
      "verify", "Check every invariant that can be read off a history; 2: something is wrong");
  CLI::Option* exported = command->add_option(
      "--export", flags->exported,
      "an export in place of a log: its files, and the events of one in ndjson");
  command
      ->add_option("--backup", flags->backup,
                   "a backup in place of a log: its files, and the log that comes of them, for "
                   "which there must be room among temporary files")
      ->excludes(exported);
  command
      ->add_option("--grace", flags->grace_seconds,
                   "seconds within which what follows from an event need not be there yet")
      ->capture_default_str();
  command->add_option("--examples", flags->kept, "how many findings of a kind are shown")
      ->capture_default_str();
  command->add_option("--threads", flags->threads)->check(CLI::Range(1, 64))->capture_default_str();
  command->add_flag("--json", flags->json, "one JSON object");
  AddHistoryFlags(command, &flags->log);
  command->callback([flags, run] { *run = [flags] { return Verify(*flags); }; });
}

}  // namespace leadstream::cli
