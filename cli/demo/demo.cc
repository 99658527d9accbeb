// leadstream demo: a sales office that works on the sample inquiries through the public gRPC API of
// a server of the demo's own, on the embedded log or on Kafka, or of one that runs.
#include <absl/algorithm/container.h>
#include <absl/strings/str_cat.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include "cli/all_services.h"
#include "cli/commands.h"
#include "cli/demo/await.h"
#include "cli/demo/books.h"
#include "cli/demo/catalogue.h"
#include "cli/demo/desk.h"
#include "cli/demo/office.h"
#include "cli/demo/place.h"
#include "cli/demo/report.h"
#include "cli/demo/scale.h"
#include "cli/demo/sellers.h"
#include "cli/importer.h"
#include "cli/parallel.h"
#include "cli/progress.h"
#include "common/server/server.h"
#include "leadstream/lead/v1/lead_service.pb.h"

namespace leadstream::demo {
namespace {

using lead::v1::Duplicate;
using lead::v1::Lead;

constexpr size_t kInFlight = 16;

// Leads of one person, whose name and e-mail address or telephone number agree, are one inquiry:
// the later one goes into the earlier. (An address alone may be a whole company's.)
bool IsSamePerson(const Duplicate& similar) {
  const auto strongest = similar.matches(0).reason();
  return similar.matches_size() > 1 &&
         (strongest == Duplicate::SAME_EMAIL || strongest == Duplicate::SAME_PHONE);
}

// Done when each lead has what it takes from those that went into it.
absl::Status MergeDuplicates(const cli::ImportReport& imported, Office* office) {
  std::vector<std::pair<std::string, std::string>> merges;  // which, into which
  for (const cli::PossibleDuplicate& possible : imported.possible_duplicates) {
    for (const Duplicate& similar : possible.of) {
      if (!IsSamePerson(similar)) continue;
      lead::v1::MergeLeadsRequest merge;
      merge.set_name(possible.lead.name());
      merge.set_into(similar.lead().name());
      auto merged = office->Call<Lead>(merge);
      if (merged.ok()) {
        merges.emplace_back(merge.name(), merge.into());
        break;
      }
      // The earlier one went into a third, which this one is compared with as well.
      if (!absl::IsFailedPrecondition(merged.status())) return merged.status();
    }
  }
  for (const auto& [which, into] : merges) {
    auto has_it = [&name = which](const Lead& lead) {
      return absl::c_linear_search(lead.merged_leads(), name);
    };
    auto taken = Await<Lead, lead::v1::GetLeadRequest>(office, into, has_it);
    if (!taken.ok()) return taken.status();
  }
  return absl::OkStatus();
}

absl::Status WorkOn(const std::vector<std::string>& leads, const Catalogue& catalogue,
                    Office* office, Office* manager) {
  Desk desk(office, manager, &catalogue);
  cli::ProgressBar bar("selling");
  absl::Mutex mutex;
  absl::Status failed;
  size_t done = 0;
  cli::EachInParallel(leads.size(), kInFlight, [&](size_t i) {
    lead::v1::GetLeadRequest get;
    get.set_name(leads[i]);
    auto lead =
        office->Call<Lead>(get);  // it may have been merged, or have taken something from another
    absl::Status worked =
        lead.ok() && lead->state() == Lead::OPEN ? desk.Work(*lead) : lead.status();
    absl::MutexLock lock(&mutex);
    if (!worked.ok() && failed.ok())
      failed = absl::Status(worked.code(), absl::StrCat(leads[i], ": ", worked.message()));
    bar.Show(++done, leads.size());
  });
  return failed;
}

absl::StatusOr<std::unique_ptr<server::Server>> ServeAnew(server::Options* serving) {
  if (absl::Status begun = BeginAnew(serving); !begun.ok()) return begun;
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
  cli::ImportOptions importing;
  auto bar = std::make_unique<cli::ProgressBar>("importing");
  importing.progress = [&bar](size_t done, size_t all) { bar->Show(done, all); };
  auto imported = cli::Import(client, InquiriesOf(options.samples), importing);
  bar.reset();
  if (!imported.ok()) return imported.status();
  LiveOffice office(client), managers(manager);
  absl::Status status = MergeDuplicates(*imported, &office);
  if (status.ok()) status = catalogue.PutOnSale(&office);
  if (status.ok()) status = DescribeSellers(&office);
  if (status.ok()) status = WorkOn(imported->created, catalogue, &office, &managers);
  if (!status.ok()) return status;

  auto books = Books::Read(client);
  if (!books.ok()) return books.status();
  const Figures figures = FiguresOf(*imported, *books, absl::Now() - began);
  if (!options.json) return Print(figures, *imported, *books, client);
  std::puts(ToJson(figures).c_str());
  return absl::OkStatus();
}

absl::Status Demo(DemoOptions options) {
  auto catalogue = Catalogue::Read(options.samples);
  if (!catalogue.ok()) return catalogue.status();
  if (options.scale > 0) return ScaleDemo(std::move(options), *catalogue);
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
  CLI::Option* scale = command->add_option("--scale", options->scale,
                                           "years of sales instead, about so many events, straight "
                                           "into the log; nobody serves meanwhile");
  scale->check(CLI::Range(int64_t{1'000}, int64_t{1'000'000'000}));
  command
      ->add_option("--since", options->since,
                   "the day of its first inquiry; not said: the beginning of the year before last")
      ->needs(scale);
  command->add_option("--until", options->until, "its end; not said: as today began")->needs(scale);
  command->add_option("--seed", options->seed, "of --scale: the same one tells the same stories")
      ->needs(scale)
      ->capture_default_str();
  command->callback([options, run] {
    *run = [options] {
      server::StartLogging("warning");
      const absl::Status status = demo::Demo(*options);
      return ExitOf(status);
    };
  });
}

}  // namespace leadstream::cli
