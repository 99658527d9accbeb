#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <cstdio>
#include <memory>
#include <utility>

#include "cli/commands.h"
#include "cli/importer.h"
#include "cli/progress.h"

namespace leadstream::cli {
namespace {

using lead::v1::Lead;

struct ImportCommand {
  std::vector<std::string> paths;
  std::string server = "127.0.0.1:7400";
  std::string actor = "import";
  std::string time_zone = "UTC";
  std::string source;
  std::string delimiter;
  std::string on_duplicate = "create";
  std::vector<std::string> map;
  ImportOptions options;
};

std::string PlaceOf(const std::string& file, int64_t line) {
  return line > 0 ? absl::StrCat(file, ":", line) : file;
}

std::string WhoIs(const Lead& lead) {
  std::vector<std::string> parts;
  const std::string name =
      absl::StrCat(lead.person().given_name(), lead.person().given_name().empty() ? "" : " ",
                   lead.person().family_name());
  for (const std::string& part : {name, lead.company()}) {
    if (!part.empty()) parts.push_back(part);
  }
  if (parts.empty() && lead.emails_size() > 0) parts.push_back(lead.emails(0));
  return absl::StrJoin(parts, ", ");
}

std::string WhyAlike(const lead::v1::Duplicate& duplicate) {
  switch (duplicate.matches(0).reason()) {
    case lead::v1::Duplicate::SAME_EMAIL:
      return absl::StrCat("same e-mail ", duplicate.matches(0).value());
    case lead::v1::Duplicate::SAME_PHONE:
      return absl::StrCat("same phone ", duplicate.matches(0).value());
    case lead::v1::Duplicate::SIMILAR_NAME_AND_COMPANY:
      return "similar name and company";
    default:
      return "similar name, same e-mail domain";
  }
}

void Print(const ImportReport& report) {
  if (!report.possible_duplicates.empty()) std::puts("possible duplicates");
  for (const PossibleDuplicate& possible : report.possible_duplicates) {
    const lead::v1::Duplicate& likeliest = possible.of.front();
    std::printf("  %s  %s  may be %s, %s (%s)%s\n", PlaceOf(possible.file, possible.line).c_str(),
                WhoIs(possible.lead).c_str(), WhoIs(likeliest.lead()).c_str(),
                likeliest.lead().name().c_str(), WhyAlike(likeliest).c_str(),
                possible.of.size() > 1
                    ? absl::StrCat(" and ", possible.of.size() - 1, " more").c_str()
                    : "");
  }
  for (const auto& [heading, taken] :
       {std::pair("open leads filled", &report.filled), std::pair("skipped", &report.skipped)}) {
    if (!taken->empty()) std::puts(heading);
    for (const TakenInquiry& one : *taken) {
      std::printf("  %s  %s  may be %s%s%s\n", PlaceOf(one.file, one.line).c_str(),
                  WhoIs(one.lead).c_str(), one.open.c_str(), one.filled.empty() ? "" : ": ",
                  absl::StrJoin(one.filled, ", ").c_str());
    }
  }
  if (!report.rejected.empty()) std::puts("rejected rows");
  for (const inquiries::RejectedRow& row : report.rejected)
    std::printf("  %s  %s\n", PlaceOf(row.file, row.line).c_str(), row.reason.c_str());
  std::printf(
      "%7zu inquiries\n%7zu leads created\n%7zu known already\n%7zu possible duplicates\n%7zu rows "
      "rejected\n",
      report.inquiries, report.created.size(), report.known, report.possible_duplicates.size(),
      report.rejected.size());
  if (!report.filled.empty()) std::printf("%7zu open leads filled\n", report.filled.size());
  if (!report.skipped.empty()) std::printf("%7zu skipped\n", report.skipped.size());
}

// What the flags say, in the words of the importer; an error names the flag.
absl::Status Understand(ImportCommand* command) {
  inquiries::Options& reading = command->options.reading;
  for (const std::string& pair : command->map) {
    const size_t equals = pair.rfind('=');
    if (equals == std::string::npos)
      return absl::InvalidArgumentError(absl::StrCat("--map takes HEADING=FIELD, not ", pair));
    reading.fields[pair.substr(0, equals)] = pair.substr(equals + 1);
  }
  if (command->delimiter == "tab" || command->delimiter == "\\t") command->delimiter = "\t";
  if (command->delimiter.size() > 1)
    return absl::InvalidArgumentError("--delimiter takes one character, or tab");
  if (!command->delimiter.empty()) reading.delimiter = command->delimiter[0];
  if (!command->source.empty() && !Lead::Source_Parse(command->source, &reading.source)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--source takes WEB, EMAIL, TRADE_SHOW, REFERRAL, PHONE, PARTNER, IMPORT or OTHER, not ",
        command->source));
  }
  if (!lead::v1::ImportLeadsRequest::OnDuplicate_Parse(absl::AsciiStrToUpper(command->on_duplicate),
                                                       &command->options.on_duplicate)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--on-duplicate takes create, fill or skip, not ", command->on_duplicate));
  }
  if (!absl::LoadTimeZone(command->time_zone, &reading.time_zone)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--time-zone takes a name such as Europe/Budapest, not ", command->time_zone));
  }
  return absl::OkStatus();
}

absl::Status ImportThrough(Client* client, ImportCommand* command) {
  auto bar = std::make_unique<ProgressBar>("importing");
  command->options.progress = [&bar](size_t done, size_t all) { bar->Show(done, all); };
  auto report = Import(client, command->paths, command->options);
  bar.reset();
  if (report.ok()) Print(*report);
  return report.status();
}

int RunImport(ImportCommand command) {
  absl::Status status = Understand(&command);
  if (status.ok()) {
    auto client = Client::Connect(command.server, command.actor);
    status = client.ok() ? ImportThrough(client->get(), &command) : client.status();
  }
  return ExitOf(status);
}

}  // namespace

void AddImport(CLI::App* app, Run* run) {
  auto command = std::make_shared<ImportCommand>();
  CLI::App* import =
      app->add_subcommand("import",
                          "Make leads of inquiries: tables (CSV), business cards (vCard) and "
                          "e-mails; a file read again creates nothing twice");
  import->add_option("FILE", command->paths, "files, or folders of files")
      ->required()
      ->check(CLI::ExistingPath);
  AddServerFlag(import, &command->server)->capture_default_str();
  import->add_option("--actor", command->actor, "who the history will say it was")
      ->capture_default_str();
  import->add_option(
      "--map", command->map,
      "HEADING=FIELD: what a column of a table means, where its heading does not say so");
  import->add_option("--encoding", command->options.reading.encoding,
                     "of the files, such as windows-1250; found out where it is not given");
  import->add_option("--delimiter", command->delimiter,
                     "what separates the cells of a table: one character, or tab; found out where "
                     "it is not given");
  import->add_option(
      "--source", command->source,
      "how they came: WEB, EMAIL, TRADE_SHOW ...; by the kind of file where it is not given");
  import->add_option("--fair", command->options.reading.fair,
                     "the fair where they were met; from the file's name where it is not given");
  import->add_option("--country", command->options.reading.country,
                     "of those who do not say, ISO 3166-1 alpha-2");
  import->add_option("--time-zone", command->time_zone, "of times without one")
      ->capture_default_str();
  import
      ->add_option("--on-duplicate", command->on_duplicate,
                   "where an open lead may be the same inquiry: create another all the same, "
                   "fill what it lacks, or skip the row")
      ->check(CLI::IsMember({"create", "fill", "skip"}))
      ->capture_default_str();
  import->callback([command, run] { *run = [command] { return RunImport(*command);
};
}  // namespace leadstream::cli
);
}

}  // namespace leadstream::cli
