// leadstream what-if: the same history under other scoring rules, or another process definition, or
// another price list.
#include <absl/strings/str_cat.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <thread>

#include "cli/all_services.h"
#include "cli/analyst_commands.h"
#include "cli/export/manifest.h"
#include "cli/history/history.h"
#include "cli/history_flags.h"
#include "cli/method.h"
#include "cli/processes/definition_file.h"
#include "cli/what_if/resources.h"
#include "cli/what_if_reports.h"
#include "common/domain/validation.h"
#include "leadstream/lead/v1/scoring_rule_service.pb.h"
#include "leadstream/quoting/v1/price_list_service.pb.h"
#include "leadstream/quoting/v1/product.pb.h"
#include "services/lead/scoring_rules.h"

namespace leadstream::cli {
namespace {

using lead::v1::Lead;
using lead::v1::ScoringRule;
using opportunity::v1::Opportunity;
using quoting::v1::PriceList;
using quoting::v1::Quote;

struct WhatIfFlags {
  server::Options log;
  std::string scoring, process, price_list, as_of;
  size_t rows_max = 20;
  bool json = false;
  size_t threads = std::max(1u, std::thread::hardware_concurrency());
};

// What a method answers, kept in a file.
absl::Status ReadAnswer(const std::string& path, google::protobuf::Message* answer) {
  auto text = exporting::ReadFile(path);
  if (!text.ok()) return text.status();
  const absl::Status read = ReadJson(*text, answer);
  return read.ok() ? read : absl::InvalidArgumentError(absl::StrCat(path, ": ", read.message()));
}

// Rules as ListScoringRules answers them; each as the service would take it.
absl::StatusOr<std::vector<ScoringRule>> ReadRules(const std::string& path) {
  lead::v1::ListScoringRulesResponse rules;
  if (absl::Status read = ReadAnswer(path, &rules); !read.ok()) return read;
  for (const ScoringRule& rule : rules.scoring_rules()) {
    lead::v1::CreateScoringRuleRequest request;
    *request.mutable_scoring_rule() = rule;
    auto bad = domain::Validate(request);
    auto refused = lead::BadFilter(rule);
    if (!refused) refused = lead::StoredRule<ScoringRule>::Bad(rule);
    if (bad.empty() && refused) bad = refused->fields;
    if (!bad.empty())
      return absl::InvalidArgumentError(
          absl::StrCat(path, ": ", rule.name(), ": ", bad[0].field, ": ", bad[0].description));
  }
  return std::vector<ScoringRule>(rules.scoring_rules().begin(), rules.scoring_rules().end());
}

template <typename Difference>
absl::Status Print(const WhatIfFlags& flags, const Difference& difference) {
  std::fputs((flags.json ? ToJson(difference) : ToText(difference, flags.rows_max)).c_str(),
             stdout);
  return absl::OkStatus();
}

absl::Status Score(const WhatIfFlags& flags, history::History* history,
                   std::optional<absl::Time> until) {
  auto rules = ReadRules(flags.scoring);
  if (!rules.ok()) return rules.status();
  std::vector<Lead> leads;
  std::vector<ScoringRule> before;
  absl::Status read =
      what_if::EachResource(history, {"lead"}, until, flags.threads,
                            [&](const std::string& collection, const std::string& resource) {
                              if (collection == "leads")
                                leads.emplace_back().ParseFromString(resource);
                              if (collection == "scoringRules")
                                before.emplace_back().ParseFromString(resource);
                            });
  if (!read.ok()) return read;
  return Print(flags, what_if::Compare(leads, before, *rules));
}

absl::Status Forecast(const WhatIfFlags& flags, history::History* history,
                      std::optional<absl::Time> until) {
  auto process = ReadDefinition(flags.process);
  if (!process.ok()) return process.status();
  std::vector<Opportunity> opportunities;
  absl::Status read =
      what_if::EachResource(history, {"opportunity"}, until, flags.threads,
                            [&](const std::string& collection, const std::string& resource) {
                              if (collection == "opportunities")
                                opportunities.emplace_back().ParseFromString(resource);
                            });
  if (!read.ok()) return read;
  if (process->name() == "processDefinitions/default") process->clear_name();
  return Print(flags, what_if::Compare(opportunities, *process));
}

// A list as GetPriceList answers it, which the service would take.
absl::StatusOr<PriceList> ReadPriceList(const std::string& path) {
  PriceList list;
  if (absl::Status read = ReadAnswer(path, &list); !read.ok()) return read;
  quoting::v1::CreatePriceListRequest request;
  *request.mutable_price_list() = list;
  if (auto bad = domain::Validate(request); !bad.empty())
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": ", bad[0].field, ": ", bad[0].description));
  if (list.name().empty()) list.set_name("priceLists/what-if");
  return list;
}

absl::Status Prices(const WhatIfFlags& flags, history::History* history,
                    std::optional<absl::Time> until) {
  auto list = ReadPriceList(flags.price_list);
  if (!list.ok()) return list.status();
  std::vector<Quote> quotes;
  domain::Found catalogue;
  const auto keep = [&catalogue](auto resource, const std::string& serialized) {
    resource->ParseFromString(serialized);
    catalogue[resource->name()] = resource;
  };
  absl::Status read =
      what_if::EachResource(history, {"quoting"}, until, flags.threads,
                            [&](const std::string& collection, const std::string& resource) {
                              if (collection == "quotes")
                                quotes.emplace_back().ParseFromString(resource);
                              if (collection == "products")
                                keep(std::make_shared<quoting::v1::Product>(), resource);
                              if (collection == "priceLists")
                                keep(std::make_shared<PriceList>(), resource);
                            });
  if (!read.ok()) return read;
  return Print(flags, what_if::Compare(quotes, std::move(catalogue), *list));
}

absl::Status WhatIf(const WhatIfFlags& flags) {
  std::optional<absl::Time> until;
  if (absl::Status read = ReadTime("--as-of", flags.as_of, &until); !read.ok()) return read;
  auto history = history::History::Open(flags.log, AllServices());
  if (!history.ok()) return history.status();
  if (!flags.scoring.empty()) return Score(flags, history->get(), until);
  if (!flags.process.empty()) return Forecast(flags, history->get(), until);
  return Prices(flags, history->get(), until);
}

}  // namespace

void AddWhatIf(CLI::App* app, Run* run) {
  auto flags = std::make_shared<WhatIfFlags>();
  CLI::App* command = app->add_subcommand(
      "what-if", "What would differ, in rows and amounts, under other rules; nothing is changed");
  CLI::Option_group* which = command->add_option_group("which", "Which rules");
  which->add_option("--scoring", flags->scoring,
                    "scoring rules, all of them, as `leadstream call ListScoringRules` answers");
  which->add_option("--process", flags->process,
                    "a process as a YAML file (`leadstream process show`); `process: default` "
                    "stands for the default one");
  which->add_option("--price-list", flags->price_list,
                    "a price list, as `leadstream call GetPriceList` answers; quotes in its "
                    "currency are priced by it");
  which->require_option(1);
  command->add_option("--as-of", flags->as_of,
                      "leads, opportunities and quotes as they stood then: 2026-03-01, or "
                      "2026-03-01T09:30:00Z; not said: now");
  command
      ->add_option("--rows", flags->rows_max,
                   "tables of single leads or quotes have no more rows than these")
      ->capture_default_str();
  command->add_flag("--json", flags->json, "one JSON object");
  command->add_option("--threads", flags->threads)->check(CLI::Range(1, 64))->capture_default_str();
  AddHistoryFlags(command, &flags->log);
  command->callback([flags, run] { *run = [flags] { return ExitOf(WhatIf(*flags)); }; });
}

}  // namespace leadstream::cli
