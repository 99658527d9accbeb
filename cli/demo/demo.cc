// leadstream demo: a sales office that works on the sample inquiries through the public gRPC API of
// a server of the demo's own, on the embedded log or on Kafka, or of one that runs.
#include <absl/strings/str_cat.h>
#include <absl/strings/strip.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>

#include "cli/all_services.h"
#include "cli/commands.h"
#include "cli/demo/books.h"
#include "cli/demo/catalogue.h"
#include "cli/demo/desk.h"
#include "cli/demo/report.h"
#include "cli/demo/sellers.h"
#include "cli/importer.h"
#include "cli/parallel.h"
#include "cli/progress.h"
#include "common/server/open_log.h"
#include "common/server/server.h"
#include "leadstream/lead/v1/lead_service.pb.h"

namespace leadstream::demo {
namespace {

using lead::v1::Duplicate;
using lead::v1::Lead;

constexpr size_t kInFlight = 16;
// Marks a directory that the demo made, and so may begin anew.
constexpr char kMark[] = "made-by-leadstream-demo";

struct DemoOptions {
  // Of the demo's own server.
  server::Options serving;
  // Where another one answers instead; as --server.
  std::string server;
  std::string samples = "samples";
  bool json = false;
};

absl::Status BeginAnew(const std::string& data) {
  std::error_code error;
  const std::filesystem::path mark = std::filesystem::path(data) / kMark;
  if (std::filesystem::exists(data) && !std::filesystem::is_empty(data, error) &&
      !std::filesystem::exists(mark)) {
    return absl::FailedPreconditionError(absl::StrCat(
        data, " holds something else than an earlier demo; --data takes another directory"));
  }
  std::filesystem::remove_all(data, error);
  std::filesystem::create_directories(data, error);
  std::ofstream out(mark);
  out << "leadstream demo begins this directory anew each time.\n" << std::flush;
  return out ? absl::OkStatus() : absl::UnavailableError(absl::StrCat("cannot write to ", data));
}

// Leads of one person, whose name and e-mail address or telephone number agree, are one inquiry:
// the later one goes into the earlier. (An address alone may be a whole company's.)
bool IsSamePerson(const Duplicate& similar) {
  const auto strongest = similar.matches(0).reason();
  return similar.matches_size() > 1 &&
         (strongest == Duplicate::SAME_EMAIL || strongest == Duplicate::SAME_PHONE);
}

absl::Status MergeDuplicates(const cli::ImportReport& imported, cli::Client* client) {
  for (const cli::PossibleDuplicate& possible : imported.possible_duplicates) {
    for (const Duplicate& similar : possible.of) {
      if (!IsSamePerson(similar)) continue;
      lead::v1::MergeLeadsRequest merge;
      merge.set_name(possible.lead.name());
      merge.set_into(similar.lead().name());
      auto merged = client->Call<Lead>(merge);
      if (merged.ok()) break;
      // The earlier one went into a third, which this one is compared with as well.
      if (!absl::IsFailedPrecondition(merged.status())) return merged.status();
    }
  }
  return absl::OkStatus();
}

absl::Status WorkOn(const std::vector<std::string>& leads, const Catalogue& catalogue,
                    cli::Client* client, cli::Client* manager) {
  Desk desk(client, manager, &catalogue);
  cli::ProgressBar bar("selling");
  absl::Mutex mutex;
  absl::Status failed;
  size_t done = 0;
  cli::EachInParallel(leads.size(), kInFlight, [&](size_t i) {
    lead::v1::GetLeadRequest get;
    get.set_name(leads[i]);
    auto lead =
        client->Call<Lead>(get);  // it may have been merged, or have taken something from another
    absl::Status worked =
        lead.ok() && lead->state() == Lead::OPEN ? desk.Work(*lead) : lead.status();
    absl::MutexLock lock(&mutex);
    if (!worked.ok() && failed.ok())
      failed = absl::Status(worked.code(), absl::StrCat(leads[i], ": ", worked.message()));
    bar.Show(++done, leads.size());
  });
  return failed;
}

// On Kafka nothing is deleted: each run has topics of its own, unless --log names a prefix.
absl::Status NameTopics(server::Options* serving) {
  auto kafka = server::KafkaOptionsOf(*serving);
  if (!kafka.ok() || !*kafka || !(*kafka)->prefix.empty()) return kafka.status();
  const std::string prefix =
      absl::FormatTime("demo-%Y%m%d-%H%M%E3S", absl::Now(), absl::UTCTimeZone());
  serving->log = absl::StrCat(absl::StripSuffix(serving->log, "/"), "/", prefix);
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<server::Server>> ServeAnew(server::Options* serving) {
  absl::Status status = BeginAnew(serving->data);
  if (status.ok()) status = NameTopics(serving);
  if (!status.ok()) return status;
  serving->listen = "127.0.0.1:0";
  serving->create_topics = true;
  return server::Server::Start(*serving, cli::AllServices());
}

// The figures are those of the whole log.
absl::Status MustBeClean(cli::Client* client, const std::string& where) {
  lead::v1::ListLeadsRequest request;
  request.set_page_size(1);
  auto leads = client->Call<lead::v1::ListLeadsResponse>(request);
  if (!leads.ok() || leads->leads().empty()) return leads.status();
  return absl::FailedPreconditionError(
      absl::StrCat("there are leads already in ", where, "; the demo begins on a clean log"));
}

absl::Status TellTheStory(const DemoOptions& options, const Catalogue& catalogue,
                          cli::Client* client, cli::Client* manager) {
  const absl::Time began = absl::Now();
  const std::filesystem::path samples = options.samples;
  cli::ImportOptions importing;
  auto bar = std::make_unique<cli::ProgressBar>("importing");
  importing.progress = [&bar](size_t done, size_t all) { bar->Show(done, all); };
  auto imported = cli::Import(
      client,
      {(samples / "web_signups.csv").string(), (samples / "hannover_fair_badges.csv").string(),
       (samples / "cards").string(), (samples / "inquiries").string()},
      importing);
  bar.reset();
  if (!imported.ok()) return imported.status();
  absl::Status status = MergeDuplicates(*imported, client);
  if (status.ok()) status = catalogue.PutOnSale(client);
  if (status.ok()) status = DescribeSellers(client);
  if (status.ok()) status = WorkOn(imported->created, catalogue, client, manager);
  if (!status.ok()) return status;

  auto books = Books::Read(client);
  if (!books.ok()) return books.status();
  const Figures figures = FiguresOf(*imported, *books, absl::Now() - began);
  if (!options.json) return Print(figures, *imported, *books, client);
  std::puts(ToJson(figures).c_str());
  return absl::OkStatus();
}

void PrintWhereItIs(const DemoOptions& options) {
  std::puts("\nIt is all still there: run");
  if (!options.server.empty()) {
    std::printf("  ./run cluster --server '%s'   who writes what\n", options.server.c_str());
    return;
  }
  const server::Options& serving = options.serving;
  std::string where = absl::StrCat(" --data ", serving.data);
  if (serving.log != "local") {
    where = absl::StrCat(" --log ", serving.log);
    for (const std::string& property : serving.kafka_properties)
      absl::StrAppend(&where, " --kafka-property ", property);
  }
  std::string serve = where;
  if (serving.log != "local") {
    absl::StrAppend(&serve, " --data ", serving.data,
                    serving.allow_weak_topics ? " --allow-weak-topics" : "");
  }
  const int width = static_cast<int>(std::max(where.size() + sizeof "events cat", serve.size()));
  std::printf("  ./run events cat%-*s  every event\n", width - 5, where.c_str());
  std::printf("  ./run serve%-*s  the services, on port 7400\n", width, serve.c_str());
}

absl::Status Demo(DemoOptions options) {
  auto catalogue = Catalogue::Read(options.samples);
  if (!catalogue.ok()) return catalogue.status();
  std::unique_ptr<server::Server> server;
  std::string address = options.server;
  if (address.empty()) {
    auto started = ServeAnew(&options.serving);
    if (!started.ok()) return started.status();
    server = std::move(*started);
    address = absl::StrCat("127.0.0.1:", server->port());
  }
  auto client = cli::Client::Connect(address, "sales");
  if (!client.ok()) return client.status();
  auto manager = cli::Client::Connect(address, "sales-manager");
  if (!manager.ok()) return manager.status();
  absl::Status status =
      MustBeClean(client->get(), server == nullptr ? options.server : options.serving.log);
  if (status.ok()) status = TellTheStory(options, *catalogue, client->get(), manager->get());
  if (status.ok() && !options.json) PrintWhereItIs(options);
  return status;
}

}  // namespace
}  // namespace leadstream::demo

namespace leadstream::cli {

void AddDemo(CLI::App* app, Run* run) {
  auto options = std::make_shared<demo::DemoOptions>();
  options->serving.data = "leadstream-data/demo";
  CLI::App* command = app->add_subcommand(
      "demo", "Take the sample inquiries all the way to paid invoices, and show what came of them");
  command
      ->add_option("--data", options->serving.data,
                   "directory of its server's log and read models; begun anew each time")
      ->capture_default_str();
  server::AddLogFlags(command, &options->serving);
  command->get_option("--log")->description(
      "the event log of its server: `local`, or kafka://HOST:PORT,...[/PREFIX]; without a prefix "
      "each run has one of its own");
  server::AddReplicationFactorFlag(command, &options->serving);
  // Not from LEADSTREAM_SERVER: sample inquiries are for those who ask for them.
  AddServerFlag(command, &options->server)->envname("");
  command->add_option("--samples", options->samples, "folder of the sample inquiries")
      ->envname("LEADSTREAM_SAMPLES")
      ->capture_default_str();
  command->add_flag("--json", options->json,
                    "print the figures as one JSON object, and nothing else");
  command->callback([options, run] {
    *run = [options] {
      server::StartLogging("warning");
      const absl::Status status = demo::Demo(*options);
      return ExitOf(status);
    };
  });
}

}  // namespace leadstream::cli
