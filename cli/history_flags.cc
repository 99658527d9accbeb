#include "cli/history_flags.h"

#include <absl/strings/str_cat.h>

#include <optional>

namespace leadstream::cli {
namespace {

absl::Status ReadPositions(const char* flag, const std::vector<std::string>& texts,
                           std::vector<log::Position>* positions) {
  for (const std::string& text : texts) {
    auto position = log::ParsePosition(text);
    if (!position)
      return absl::InvalidArgumentError(
          absl::StrCat(flag, ": '", text, "' is no position, such as lead/3:1041"));
    positions->push_back(*position);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadTime(const char* flag, const std::string& text, std::optional<absl::Time>* time) {
  if (text.empty()) return absl::OkStatus();
  auto read = history::ParseTime(text);
  if (!read.ok())
    return absl::InvalidArgumentError(absl::StrCat(flag, ": ", read.status().message()));
  *time = *read;
  return absl::OkStatus();
}

void AddHistoryFlags(CLI::App* command, server::Options* options) {
  command
      ->add_option(
          "--log", options->log,
          "the log to read: `local`, embedded in --data, or kafka://HOST:PORT,...[/PREFIX]")
      ->envname("LEADSTREAM_LOG")
      ->capture_default_str();
  command
      ->add_option("--kafka-property", options->kafka_properties,
                   "a property of librdkafka, NAME=VALUE; repeatable")
      ->envname("LEADSTREAM_KAFKA_PROPERTY");
  command->add_option("--data", options->data, "directory that the server keeps its data in")
      ->envname("LEADSTREAM_DATA")
      ->capture_default_str();
}

void AddSelectionFlags(CLI::App* command, SelectionFlags* flags) {
  command->add_option(
      "NAME", flags->resource,
      "the resource whose events they are, such as leads/4711; leads/-: of all leads");
  command->add_option("--context", flags->services,
                      "only of lead, opportunity, quoting, ordering or billing; repeatable");
  command->add_option("--type", flags->types,
                      "only events of this kind, such as LeadCreated; repeatable");
  command->add_option("--actor", flags->actor, "only what this one did");
  command->add_option("--correlation-id", flags->correlation_id, "only of this flow");
  command->add_option("--since", flags->since,
                      "recorded then or later: 2026-03-01, or 2026-03-01T09:30:00Z");
  command->add_option("--until", flags->until, "recorded before");
  command->add_option(
      "--from", flags->from,
      "only of this partition, from this event on, such as lead/3:1041; repeatable");
  command->add_option("--to", flags->to, "only of this partition, before this event; repeatable");
  command->add_option("--filter", flags->filter,
                      "AIP-160 over the event's own fields, such as 'invoice.currency = EUR'");
}

absl::StatusOr<history::SelectionOptions> SelectionOf(const SelectionFlags& flags) {
  history::SelectionOptions options;
  options.services = flags.services;
  options.types = flags.types;
  options.resource = flags.resource;
  options.actor = flags.actor;
  options.correlation_id = flags.correlation_id;
  options.filter = flags.filter;
  absl::Status read = ReadTime("--since", flags.since, &options.since);
  read.Update(ReadTime("--until", flags.until, &options.until));
  read.Update(ReadPositions("--from", flags.from, &options.from));
  read.Update(ReadPositions("--to", flags.to, &options.to));
  if (!read.ok()) return read;
  return options;
}

}  // namespace leadstream::cli
