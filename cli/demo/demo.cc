// leadstream demo: a server of its own on the embedded log, and a sales office that works on the
// sample inquiries through its public gRPC API.
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/clock.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

#include "cli/all_services.h"
#include "cli/commands.h"
#include "cli/demo/books.h"
#include "cli/demo/catalogue.h"
#include "cli/demo/desk.h"
#include "cli/demo/report.h"
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
// Marks a directory that the demo made, and so may begin anew.
constexpr char kMark[] = "made-by-leadstream-demo";

struct DemoOptions {
  std::string data = "leadstream-data/demo";
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

absl::Status WorkOn(const std::vector<Lead>& leads, const Catalogue& catalogue,
                    cli::Client* client) {
  Desk desk(client, &catalogue);
  cli::ProgressBar bar("selling");
  absl::Mutex mutex;
  absl::Status failed;
  size_t done = 0;
  cli::EachInParallel(leads.size(), kInFlight, [&](size_t i) {
    lead::v1::GetLeadRequest get;
    get.set_name(leads[i].name());
    auto lead =
        client->Call<Lead>(get);  // it may have been merged, or have taken something from another
    absl::Status worked =
        lead.ok() && lead->state() == Lead::OPEN ? desk.Work(*lead) : lead.status();
    absl::MutexLock lock(&mutex);
    if (!worked.ok() && failed.ok())
      failed = absl::Status(worked.code(), absl::StrCat(leads[i].name(), ": ", worked.message()));
    bar.Show(++done, leads.size());
  });
  return failed;
}

absl::Status Demo(const DemoOptions& options) {
  const absl::Time began = absl::Now();
  auto catalogue = Catalogue::Read(options.samples);
  if (!catalogue.ok()) return catalogue.status();
  absl::Status status = BeginAnew(options.data);
  if (!status.ok()) return status;
  server::Options serving;
  serving.listen = "127.0.0.1:0";
  serving.data = options.data;
  auto server = server::Server::Start(serving, cli::AllServices());
  if (!server.ok()) return server.status();
  cli::Client client(grpc::CreateChannel(absl::StrCat("127.0.0.1:", (*server)->port()),
                                         grpc::InsecureChannelCredentials()),
                     "sales");

  const std::filesystem::path samples = options.samples;
  cli::ImportOptions importing;
  auto bar = std::make_unique<cli::ProgressBar>("importing");
  importing.progress = [&bar](size_t done, size_t all) { bar->Show(done, all); };
  auto imported = cli::Import(
      &client,
      {(samples / "web_signups.csv").string(), (samples / "hannover_fair_badges.csv").string(),
       (samples / "cards").string(), (samples / "inquiries").string()},
      importing);
  bar.reset();
  if (!imported.ok()) return imported.status();
  status = MergeDuplicates(*imported, &client);
  if (status.ok()) status = WorkOn(imported->created, *catalogue, &client);
  if (!status.ok()) return status;

  auto books = Books::Read(&client);
  if (!books.ok()) return books.status();
  const Figures figures = FiguresOf(*imported, *books, absl::Now() - began);
  if (options.json) {
    std::puts(ToJson(figures).c_str());
    return absl::OkStatus();
  }
  status = Print(figures, *imported, *books, &client);
  if (!status.ok()) return status;
  std::printf(
      "\nIt is all still there: run\n  ./run events cat --data %s          every event\n  ./run "
      "serve --data %s               the services, on port 7400\n",
      options.data.c_str(), options.data.c_str());
  return absl::OkStatus();
}

}  // namespace
}  // namespace leadstream::demo

namespace leadstream::cli {

void AddDemo(CLI::App* app, Run* run) {
  auto options = std::make_shared<demo::DemoOptions>();
  CLI::App* command = app->add_subcommand(
      "demo", "Take the sample inquiries all the way to paid invoices, and show what came of them");
  command
      ->add_option("--data", options->data,
                   "directory for its log and read models; begun anew each time")
      ->capture_default_str();
  command->add_option("--samples", options->samples, "folder of the sample inquiries")
      ->envname("LEADSTREAM_SAMPLES")
      ->capture_default_str();
  command->add_flag("--json", options->json,
                    "print the figures as one JSON object, and nothing else");
  command->callback([options, run] {
    *run = [options] {
      server::StartLogging("warning");
      const absl::Status status = demo::Demo(*options);
      if (!status.ok())
        std::fprintf(stderr, "leadstream: %s\n", std::string(status.message()).c_str());
      return status.ok() ? 0 : 1;
    };
  });
}

}  // namespace leadstream::cli
