// leadstream replay: the log folded once more.
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/time/clock.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "cli/all_services.h"
#include "cli/commands.h"
#include "cli/history/open.h"
#include "cli/history/scratch.h"
#include "cli/history_flags.h"
#include "cli/replay/replay.h"
#include "cli/show.h"
#include "common/domain/json_text.h"
#include "common/log/position.h"
#include "common/runtime/parked_reactions.h"
#include "common/server/reads.h"
#include "common/store/model_directories.h"

namespace leadstream::cli {
namespace {

constexpr size_t kDetailsMax = 160;

struct ReplayFlags {
  server::Options log;
  std::string against;
  std::string into;
  std::vector<std::string> services, to;
  int64_t rate_max = 0;
  bool rebuild = false, rollback = false;
  int threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  bool json = false;
};

// Events done and in all, how fast, how long it still takes, and the time in the log.
class ReplayBar {
 public:
  ReplayBar(std::string service, const replay::ReadOnlyLog* log)
      : service_(std::move(service)), log_(log), visible_(isatty(STDERR_FILENO) == 1) {}
  ~ReplayBar() {
    if (shown_) std::fputs("\r\033[K", stderr);
  }

  void Show(int64_t done, int64_t all) {
    if (!visible_) return;
    shown_ = true;
    const double seconds = std::max(absl::ToDoubleSeconds(absl::Now() - begun_), 0.001);
    const double rate = static_cast<double>(done) / seconds;
    const double left = rate > 0 ? static_cast<double>(all - done) / rate : 0;
    absl::FPrintF(stderr, "\r\033[K%s  %d of %d  %.0f/s  %.0f s left  %s", service_, done, all,
                  rate, left,
                  absl::FormatTime("%Y-%m-%d %H:%M", log_->reached(), absl::UTCTimeZone()));
    std::fflush(stderr);
  }

 private:
  const std::string service_;
  const replay::ReadOnlyLog* const log_;
  const bool visible_;
  const absl::Time begun_ = absl::Now();
  bool shown_ = false;
};

struct Replayed {
  std::string service;
  int64_t records = 0;
  double seconds = 0;
  std::string fingerprint;
  std::optional<replay::OtherModel::Difference> difference;
};

// Where a server keeps a service's model.
std::string ModelOf(const std::string& data, const std::string& service) {
  return (std::filesystem::path(data) / "models" / service).string();
}

class Replayer {
 public:
  Replayer(const ReplayFlags& flags, log::EventLog* log, std::string directory)
      : flags_(flags), log_(log, flags.rate_max), directory_(std::move(directory)) {}

  absl::StatusOr<Replayed> Replay(const domain::ServiceDefinition& service, log::Positions to) {
    std::unique_ptr<replay::OtherModel> other;
    if (!flags_.against.empty()) {
      auto opened = replay::OtherModel::Open(ModelOf(flags_.against, service.name));
      if (!opened.ok()) return opened.status();
      other = std::move(*opened);
      auto reached = other->Reached(static_cast<int>(to.size()));
      if (!reached.ok()) return reached.status();
      to = *reached;
    }
    const store::Schema schema(service);
    ReplayBar bar(service.name, &log_);
    replay::ReplayOptions options;
    const std::string in_use = ModelOf(flags_.log.data, service.name);
    options.directory = flags_.rebuild
                            ? store::BuildingDirectory(in_use)
                            : (std::filesystem::path(directory_) / service.name).string();
    options.threads = flags_.threads;
    options.progress = [&bar](int64_t done, int64_t all) { bar.Show(done, all); };
    const absl::Time begun = absl::Now();
    auto model = replay::Fold(&log_, service.name, &schema, to, options);
    if (!model.ok()) return model.status();
    Replayed replayed{service.name, 0, absl::ToDoubleSeconds(absl::Now() - begun), "", {}};
    for (const auto& [partition, offset] : to) replayed.records += offset;
    auto fingerprint = (*model)->Fingerprint();
    if (!fingerprint.ok()) return fingerprint.status();
    replayed.fingerprint = *fingerprint;
    if (other != nullptr) {
      auto difference = other->FirstDifference(**model);
      if (!difference.ok()) return difference.status();
      replayed.difference = *difference;
    }
    if (flags_.rebuild) {
      model->reset();
      absl::Status next = store::MakeNext(in_use);
      if (!next.ok()) return next;
    }
    return replayed;
  }

  void Print(const Replayed& replayed) {
    const bool compared = !flags_.against.empty();
    if (flags_.json) {
      absl::PrintF("{\"context\":\"%s\",\"records\":%d,\"seconds\":%.3f,\"fingerprint\":\"%s\"",
                   replayed.service, replayed.records, replayed.seconds, replayed.fingerprint);
      if (compared) absl::PrintF(",\"identical\":%s", replayed.difference ? "false" : "true");
      if (replayed.difference)
        absl::PrintF(",\"difference\":%s,\"resource\":%s",
                     domain::JsonText(replayed.difference->what),
                     domain::JsonText(replayed.difference->resource));
      std::puts("}");
      return;
    }
    absl::PrintF("%-12s %10d records in %.1f s  %s%s\n", replayed.service, replayed.records,
                 replayed.seconds, replayed.fingerprint.substr(0, 16),
                 !compared             ? ""
                 : replayed.difference ? "  DIFFERS"
                                       : "  identical");
    if (!replayed.difference) return;
    absl::PrintF("  %s: %s\n", replayed.difference->resource, replayed.difference->what);
    if (!replayed.difference->resource.empty()) PrintStory(replayed.difference->resource);
  }

 private:
  // What there is of it: a resource that does not follow from the log has none.
  void PrintStory(const std::string& resource) {
    auto history = history::History::Open(flags_.log, AllServices());
    if (!history.ok()) return;
    (*history)
        ->EachEventOf(resource,
                      [](const std::string& of, const log::LoggedRecord& event) {
                        const std::string line = ToLine(
                            server::EventOf(of, {{event.partition, event.offset}, event.record}),
                            kDetailsMax);
                        std::printf("  %s\n", line.c_str());
                        return true;
                      })
        .IgnoreError();
  }

  const ReplayFlags& flags_;
  replay::ReadOnlyLog log_;
  const std::string directory_;
};

// Where the partitions of a service's topic are folded to. NotFound: there is no such topic.
absl::StatusOr<log::Positions> EndsOf(const ReplayFlags& flags, const std::string& service,
                                      log::EventLog* log) {
  auto ends = log->Ends(log::TopicOf(service));
  if (!ends.ok()) return ends;
  for (const std::string& text : flags.to) {
    auto position = log::ParsePosition(text);
    if (!position)
      return absl::InvalidArgumentError(
          absl::StrCat("--to: '", text, "' is no position, such as lead/3:1041"));
    if (position->service == service) (*ends)[position->partition] = position->offset;
  }
  return ends;
}

bool Wants(const ReplayFlags& flags, const std::string& service) {
  return flags.services.empty() ||
         std::count(flags.services.begin(), flags.services.end(), service) > 0;
}

int RollBack(const ReplayFlags& flags) {
  bool any = false;
  for (const auto& service : AllServices()) {
    if (!Wants(flags, service.name)) continue;
    absl::Status back = store::RollBack(ModelOf(flags.log.data, service.name));
    if (absl::IsNotFound(back)) continue;
    if (!back.ok()) return ExitOf(back);
    any = true;
    absl::PrintF("%-12s the model before the last switch is in use again\n", service.name);
  }
  if (any) return 0;
  return ExitOf(absl::NotFoundError(
      absl::StrCat("there is no model to go back to in ", flags.log.data, "/models")));
}

// 0: done, and identical. 1: it cannot be done. 2: something differs.
int Replay(const ReplayFlags& flags) {
  if (flags.rollback) return RollBack(flags);
  auto log = history::OpenForReading(flags.log);
  if (!log.ok()) return ExitOf(log.status());
  const history::Scratch scratch;
  Replayer replayer(flags, log->get(), flags.into.empty() ? scratch.path() : flags.into);
  bool differs = false;
  for (const auto& context : AllServices()) {
    const domain::ServiceDefinition service = runtime::WithParkedReactions(context);
    if (!Wants(flags, service.name)) continue;
    auto ends = EndsOf(flags, service.name, log->get());
    if (absl::IsNotFound(ends.status())) continue;  // a service of its own executable
    if (!ends.ok()) return ExitOf(ends.status());
    auto replayed = replayer.Replay(service, *ends);
    if (!replayed.ok()) return ExitOf(replayed.status());
    replayer.Print(*replayed);
    differs = differs || replayed->difference.has_value();
  }
  return differs ? 2 : 0;
}

}  // namespace

void AddReplay(CLI::App* app, Run* run) {
  auto flags = std::make_shared<ReplayFlags>();
  CLI::App* command = app->add_subcommand(
      "replay", "Fold the log once more, beside the models of a server; nothing follows from it");
  CLI::Option* against = command->add_option(
      "--against", flags->against,
      "a server's --data: its models must be what the log comes to, byte for byte; "
      "2: something differs");
  CLI::Option* into =
      command->add_option("--into", flags->into,
                          "where the models are made, and stay; one that is there is gone on with");
  CLI::Option* rebuild = command->add_flag(
      "--rebuild", flags->rebuild,
      "make the models beside those in --data, also while its server runs; it goes on with them "
      "when it is started next, and keeps the others");
  rebuild->excludes(against)->excludes(into);
  command
      ->add_flag("--rollback", flags->rollback,
                 "the server in --data, which is stopped, goes on with the models that it had "
                 "before; done once more, with the newer ones again")
      ->excludes(against)
      ->excludes(into)
      ->excludes(rebuild);
  command->add_option("--context", flags->services,
                      "only of lead, opportunity, quoting, ordering or billing; repeatable");
  command
      ->add_option("--to", flags->to,
                   "fold this partition before this event, such as lead/3:1041; repeatable")
      ->excludes(rebuild);
  command->add_option("--rate", flags->rate_max, "no more events a second than that");
  command->add_option("--threads", flags->threads)->check(CLI::Range(1, 64))->capture_default_str();
  command->add_flag("--json", flags->json, "a JSON object for each service");
  AddHistoryFlags(command, &flags->log);
  command->callback([flags, run] { *run = [flags] { return Replay(*flags); }; });
}

}  // namespace leadstream::cli
