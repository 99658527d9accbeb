// leadstream pipeline, forecast and funnel: what is to come, and how far opportunities come.
#include <absl/strings/str_cat.h>

#include <cstdio>
#include <memory>
#include <vector>

#include "cli/client.h"
#include "cli/commands.h"
#include "cli/pages.h"
#include "cli/request_text.h"
#include "cli/show.h"
#include "cli/sums_text.h"
#include "leadstream/opportunity/v1/process_service.pb.h"
#include "services/opportunity/process.h"

namespace leadstream::cli {
namespace {

using namespace opportunity::v1;  // NOLINT(google-build-using-namespace): a page of these messages

struct SumsOptions {
  std::string server = "localhost:7400", language = "en";
  std::string process, owner, customer_type, from, to, currency;
  bool of_owner = false, by_owner = false, json = false;
};

// The one that is asked for; else all that there are, the default one first.
absl::StatusOr<std::vector<ProcessDefinition>> ProcessesOf(const SumsOptions& options,
                                                           Client* client) {
  std::vector<ProcessDefinition> processes;
  if (options.process == "default") return std::vector{opportunity::DefaultProcess()};
  if (!options.process.empty()) {
    GetProcessDefinitionRequest get;
    get.set_name(absl::StrCat("processDefinitions/", options.process));
    auto process = client->Call<ProcessDefinition>(get);
    if (!process.ok()) return process.status();
    return std::vector{*std::move(process)};
  }
  processes.push_back(opportunity::DefaultProcess());
  ListProcessDefinitionsRequest list;
  list.set_order_by("create_time");
  const absl::Status listed = EachPage<ListProcessDefinitionsResponse>(
      client, list, [&](const ListProcessDefinitionsResponse& page) {
        processes.insert(processes.end(), page.process_definitions().begin(),
                         page.process_definitions().end());
      });
  if (!listed.ok()) return listed;
  return processes;
}

// As a line of JSON, or as a table under the process's name. What holds nothing is passed over,
// unless it alone was asked for.
template <typename Response>
void PrintOf(const ProcessDefinition& process, const Response& response, bool is_empty,
             const SumsOptions& options) {
  if (is_empty && options.process.empty()) return;
  if (options.json) {
    std::printf("{\"process_definition\":\"%s\",\"answer\":%s}\n", process.name().c_str(),
                ToJson(response, false).c_str());
    return;
  }
  std::printf("%s\n%s", process.name().empty() ? "the default process" : process.name().c_str(),
              ToTable(response, process, options.language).c_str());
}

absl::Status PrintPipeline(const SumsOptions& options, Client* client) {
  auto processes = ProcessesOf(options, client);
  if (!processes.ok()) return processes.status();
  for (const ProcessDefinition& process : *processes) {
    GetPipelineRequest get;
    get.set_process_definition(process.name());
    get.set_customer_type(options.customer_type);
    get.set_report_currency(options.currency);
    if (options.of_owner) get.set_owner(options.owner);
    auto pipeline = client->Call<GetPipelineResponse>(get);
    if (!pipeline.ok()) return pipeline.status();
    PrintOf(process, *pipeline, pipeline->rows().empty(), options);
  }
  return absl::OkStatus();
}

absl::Status SetMonths(const SumsOptions& options, google::protobuf::Message* request) {
  for (const auto& [field, month] :
       {std::pair("from_month", &options.from), {"to_month", &options.to}}) {
    if (month->empty()) continue;
    const absl::Status set = SetField(absl::StrCat(field, "=", *month, "-01"), request);
    if (!set.ok()) return absl::InvalidArgumentError(absl::StrCat(*month, " is no month, 2026-03"));
  }
  return absl::OkStatus();
}

absl::Status PrintForecast(const SumsOptions& options, Client* client) {
  GetForecastRequest get;
  if (absl::Status set = SetMonths(options, &get); !set.ok()) return set;
  get.set_by_owner(options.by_owner);
  get.set_report_currency(options.currency);
  if (options.of_owner) get.set_owner(options.owner);
  auto forecast = client->Call<GetForecastResponse>(get);
  if (!forecast.ok()) return forecast.status();
  std::fputs(
      (options.json ? absl::StrCat(ToJson(*forecast, false), "\n") : ToTable(*forecast)).c_str(),
      stdout);
  return absl::OkStatus();
}

absl::Status PrintFunnel(const SumsOptions& options, Client* client) {
  auto processes = ProcessesOf(options, client);
  if (!processes.ok()) return processes.status();
  for (const ProcessDefinition& process : *processes) {
    GetFunnelRequest get;
    if (absl::Status set = SetMonths(options, &get); !set.ok()) return set;
    get.set_process_definition(process.name());
    auto funnel = client->Call<GetFunnelResponse>(get);
    if (!funnel.ok()) return funnel.status();
    bool is_empty = true;
    for (const FunnelRow& row : funnel->rows()) is_empty &= row.entered() == 0;
    PrintOf(process, *funnel, is_empty, options);
  }
  return absl::OkStatus();
}

using Step = absl::Status (*)(const SumsOptions&, Client*);

CLI::App* AddStep(const char* name, const char* what, Step step,
                  const std::shared_ptr<SumsOptions>& options, CLI::App* app, Run* run) {
  CLI::App* added = app->add_subcommand(name, what);
  AddServerFlag(added, &options->server)->capture_default_str();
  added->add_flag("--json", options->json, "JSON, a line for each process");
  added->callback([options, step, run] {
    *run = [=] {
      return WithClient(options->server, "leadstream",
                        [&](Client* client) { return step(*options, client); });
    };
  });
  return added;
}

void AddProcessFlags(CLI::App* step, SumsOptions* options) {
  step->add_option("--process", options->process,
                   "the id of one process, or `default`; not said: all");
  step->add_option("--language", options->language, "of the stages' labels")->capture_default_str();
}
void AddOwnerFlag(CLI::App* step, SumsOptions* options) {
  step->add_option("--owner", options->owner, "only what this seller works on; '': nobody")
      ->each([options](const std::string&) { options->of_owner = true; });
}
void AddCurrencyFlag(CLI::App* step, SumsOptions* options) {
  step->add_option("--currency", options->currency,
                   "count all currencies as this one, by today's exchange rates");
}
void AddMonthFlags(CLI::App* step, SumsOptions* options, const char* what) {
  step->add_option("--from", options->from, absl::StrCat("the first month ", what, ", 2026-03"));
  step->add_option("--to", options->to, "the last month");
}

}  // namespace

void AddSums(CLI::App* app, Run* run) {
  auto options = std::make_shared<SumsOptions>();
  CLI::App* pipeline =
      AddStep("pipeline", "What is open, by stage and currency", PrintPipeline, options, app, run);
  AddProcessFlags(pipeline, options.get());
  AddOwnerFlag(pipeline, options.get());
  AddCurrencyFlag(pipeline, options.get());
  pipeline->add_option("--customer-type", options->customer_type, "business or consumer");
  CLI::App* forecast =
      AddStep("forecast", "What is expected, by month, forecast category and currency",
              PrintForecast, options, app, run);
  AddOwnerFlag(forecast, options.get());
  AddCurrencyFlag(forecast, options.get());
  forecast->add_flag("--by-owner", options->by_owner, "a line for each owner");
  AddMonthFlags(forecast, options.get(), "of closing");
  CLI::App* funnel = AddStep("funnel", "How many opportunities go on from each stage, and how fast",
                             PrintFunnel, options, app, run);
  AddProcessFlags(funnel, options.get());
  AddMonthFlags(funnel, options.get(), "of creation");
}

}  // namespace leadstream::cli
