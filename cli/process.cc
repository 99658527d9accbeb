// leadstream process: pipelines as files. Applied once what would change was shown; shown as files;
// and opportunities brought to the newest revision.
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

#include <cstdio>
#include <map>
#include <memory>
#include <vector>

#include "cli/client.h"
#include "cli/commands.h"
#include "cli/pages.h"
#include "cli/processes/definition_file.h"
#include "leadstream/opportunity/v1/opportunity_service.pb.h"
#include "leadstream/opportunity/v1/process_service.pb.h"

namespace leadstream::cli {
namespace {

using namespace opportunity::v1;  // NOLINT(google-build-using-namespace): a page of these messages

struct ProcessOptions {
  std::string server = "localhost:7400", actor = "leadstream process";
  std::vector<std::string> files;   // apply
  std::string process, to;          // show, migrate: ids
  std::vector<std::string> stages;  // migrate: "try=test"
  bool yes = false;
};

std::string NameOf(const std::string& id) {
  return absl::StartsWith(id, "processDefinitions/") ? id : absl::StrCat("processDefinitions/", id);
}

absl::StatusOr<ProcessDefinition> Get(const std::string& name, Client* client) {
  GetProcessDefinitionRequest get;
  get.set_name(name);
  return client->Call<ProcessDefinition>(get);
}

absl::Status Write(const ProcessDefinition& wanted, const ProcessDefinition* known,
                   Client* client) {
  if (known == nullptr) {
    CreateProcessDefinitionRequest create;
    *create.mutable_process_definition() = wanted;
    create.set_process_definition_id(wanted.name().substr(wanted.name().find('/') + 1));
    return client->Call<ProcessDefinition>(create).status();
  }
  UpdateProcessDefinitionRequest update;
  *update.mutable_process_definition() = wanted;
  update.mutable_process_definition()->set_etag(known->etag());  // that which was compared with
  for (const char* path : {"labels", "stages", "customer_types", "industries", "rank", "retired"})
    update.mutable_update_mask()->add_paths(path);
  return client->Call<ProcessDefinition>(update).status();
}

absl::Status Apply(const ProcessOptions& options, Client* client) {
  std::vector<ProcessDefinition> wanted;
  for (const std::string& file : options.files) {
    auto read = ReadDefinition(file);
    if (!read.ok()) return read.status();
    wanted.push_back(*std::move(read));
  }
  bool differs = false;
  for (const ProcessDefinition& process : wanted) {
    auto known = Get(process.name(), client);
    if (!known.ok() && !absl::IsNotFound(known.status())) return known.status();
    const std::string difference = Difference(known.ok() ? ToYaml(*known) : "", ToYaml(process));
    std::printf("%s: %s\n%s", process.name().c_str(),
                !known.ok() ? "new"
                : difference.empty()
                    ? "as it is"
                    : absl::StrCat("differs from revision ", known->etag()).c_str(),
                difference.c_str());
    if (difference.empty()) continue;
    differs = true;
    if (!options.yes) continue;
    const absl::Status written = Write(process, known.ok() ? &*known : nullptr, client);
    if (!written.ok()) return written;
    std::printf("%s: applied\n", process.name().c_str());
  }
  if (differs && !options.yes) std::puts("nothing is applied yet: --yes applies it");
  return absl::OkStatus();
}

absl::Status Show(const ProcessOptions& options, Client* client) {
  if (!options.process.empty()) {
    auto process = Get(NameOf(options.process), client);
    if (process.ok()) std::fputs(ToYaml(*process).c_str(), stdout);
    return process.status();
  }
  return EachPage<ListProcessDefinitionsResponse>(
      client, ListProcessDefinitionsRequest(), [](const ListProcessDefinitionsResponse& page) {
        for (const ProcessDefinition& process : page.process_definitions())
          std::printf("%-44s revision %-4s %2d stages%s\n", process.name().c_str(),
                      process.etag().c_str(), process.stages_size(),
                      process.retired() ? ", retired" : "");
      });
}

// Open opportunities that follow the process, and not in the revision `to` has.
absl::StatusOr<std::vector<Opportunity>> Followers(const std::string& process,
                                                   const ProcessDefinition& to, Client* client) {
  std::vector<Opportunity> followers;
  ListOpportunitiesRequest list;
  list.set_filter(absl::StrCat("state = OPEN AND process_definition = \"", process, "\""));
  const absl::Status listed =
      EachPage<ListOpportunitiesResponse>(client, list, [&](const ListOpportunitiesResponse& page) {
        for (const Opportunity& one : page.opportunities()) {
          if (one.process_definition() != to.name() ||
              absl::StrCat(one.process_revision()) != to.etag())
            followers.push_back(one);
        }
      });
  if (!listed.ok()) return listed;
  return followers;
}

absl::Status Migrate(const ProcessOptions& options, Client* client) {
  const std::string from = options.process == "default" ? "" : NameOf(options.process);
  auto to = Get(options.to.empty() ? from : NameOf(options.to), client);
  if (!to.ok()) return to.status();
  MigrateOpportunityRequest migrate;
  migrate.set_process_definition(to->name());
  for (const std::string& pair : options.stages) {
    const std::vector<std::string> stages = absl::StrSplit(pair, absl::MaxSplits('=', 1));
    if (stages.size() != 2)
      return absl::InvalidArgumentError(absl::StrCat("--stage takes OLD=NEW, not ", pair));
    (*migrate.mutable_stages())[stages[0]] = stages[1];
  }
  auto followers = Followers(from, *to, client);
  if (!followers.ok()) return followers.status();
  std::map<std::string, int> at;
  for (const Opportunity& one : *followers) ++at[one.stage()];
  for (const auto& [stage, count] : at) {
    const auto mapped = migrate.stages().find(stage);
    std::printf("%6d from %s to %s\n", count, stage.c_str(),
                mapped == migrate.stages().end() ? stage.c_str() : mapped->second.c_str());
  }
  if (!options.yes) {
    std::printf("%zu opportunities would follow %s in revision %s: --yes migrates them\n",
                followers->size(), to->name().c_str(), to->etag().c_str());
    return absl::OkStatus();
  }
  size_t migrated = 0;
  for (const Opportunity& one : *followers) {
    migrate.set_name(one.name());
    const absl::Status status = client->Call<Opportunity>(migrate).status();
    if (status.ok()) {
      ++migrated;
    } else {
      std::printf("%s stays as it is: %s\n", one.name().c_str(),
                  std::string(status.message()).c_str());
    }
  }
  std::printf("%zu of %zu opportunities follow %s in revision %s\n", migrated, followers->size(),
              to->name().c_str(), to->etag().c_str());
  if (migrated == followers->size()) return absl::OkStatus();
  return absl::FailedPreconditionError("some were not migrated");
}

using Step = absl::Status (*)(const ProcessOptions&, Client*);

CLI::App* AddStep(const char* name, const char* what, Step step,
                  const std::shared_ptr<ProcessOptions>& options, CLI::App* process, Run* run) {
  CLI::App* added = process->add_subcommand(name, what);
  AddServerFlag(added, &options->server)->capture_default_str();
  added->callback([options, step, run] {
    *run = [=] {
      return WithClient(options->server, options->actor,
                        [&](Client* client) { return step(*options, client); });
    };
  });
  return added;
}

void AddYes(CLI::App* step, ProcessOptions* options) {
  step->add_flag("--yes", options->yes, "do it, and do not only show what would be done");
  step->add_option("--actor", options->actor, "who the history will say it was")
      ->capture_default_str();
}

}  // namespace

void AddProcess(CLI::App* app, Run* run) {
  auto options = std::make_shared<ProcessOptions>();
  CLI::App* process = app->add_subcommand("process", "Processes that opportunities go through");
  process->require_subcommand(1);
  CLI::App* apply =
      AddStep("apply", "Define processes as files say, or edit them", Apply, options, process, run);
  apply->add_option("FILE", options->files, "YAML, such as deploy/processes/sale.yaml")->required();
  AddYes(apply, options.get());
  CLI::App* show =
      AddStep("show", "All processes, or one as its file would be", Show, options, process, run);
  show->add_option("PROCESS", options->process, "its id");
  CLI::App* migrate =
      AddStep("migrate", "Make open opportunities follow the newest revision, or another process",
              Migrate, options, process, run);
  migrate->add_option("PROCESS", options->process, "the id of the one they follow, or `default`")
      ->required();
  migrate->add_option("--to", options->to, "the id of the one they are to follow instead");
  migrate->add_option("--stage", options->stages,
                      "OLD=NEW: where those that stand at OLD are to stand; not said: where they "
                      "stand");
  AddYes(migrate, options.get());
}

}  // namespace leadstream::cli
