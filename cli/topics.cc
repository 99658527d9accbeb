// leadstream topics: the topics of all services on Kafka, made and checked.
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <cstdio>
#include <memory>

#include "cli/all_services.h"
#include "cli/commands.h"
#include "common/log/position.h"
#include "common/server/open_log.h"

namespace leadstream::cli {
namespace {

struct TopicsCommand {
  server::Options options;
  bool make = false;
  // Whether another number of partitions is wrong: only if one was asked for.
  bool partitions_matter = false;
};

struct Topic {
  bool good = false;
  std::string said;
};

absl::StatusOr<Topic> Look(log::KafkaLog* log, const std::string& name,
                           const TopicsCommand& command) {
  auto partitions = log->Partitions(name);
  const bool missing = absl::IsNotFound(partitions.status());
  if (missing && !command.make) return Topic{false, "there is none"};
  if (missing) {
    absl::Status made = log->CreateTopic(name, command.options.partitions);
    partitions = log->Partitions(name);
    // Its settings are looked at below; without it the reason is why it could not be made.
    if (!partitions.ok()) return made;
  }
  if (!partitions.ok()) return partitions.status();
  auto weaknesses = log->Weaknesses(name);
  if (!weaknesses.ok()) return weaknesses.status();
  Topic topic{true, absl::StrCat(missing ? "made" : "there, checked", ", ", *partitions,
                                 *partitions == 1 ? " partition" : " partitions")};
  if (command.partitions_matter && *partitions != command.options.partitions) {
    topic.good = false;
    absl::StrAppend(&topic.said, ", not ", command.options.partitions);
  }
  if (!weaknesses->empty()) {
    topic.good = topic.good && command.options.allow_weak_topics;
    absl::StrAppend(&topic.said, ", may lose records: ", absl::StrJoin(*weaknesses, "; "),
                    command.options.allow_weak_topics ? " (allowed)" : "");
  }
  return topic;
}

absl::Status InWords(const absl::Status& status, const log::KafkaLogOptions& kafka) {
  if (absl::IsUnavailable(status)) {
    return absl::UnavailableError(
        absl::StrCat("Kafka at ", kafka.brokers, " does not answer: ", status.message()));
  }
  if (absl::IsFailedPrecondition(status) && !kafka.allow_weak_topics) {
    return absl::FailedPreconditionError(
        absl::StrCat(status.message(), " For one broker, a laptop, there is --allow-weak-topics."));
  }
  return status;
}

absl::StatusOr<bool> LookAtEach(const TopicsCommand& command) {
  auto kafka = server::KafkaOptionsOf(command.options);
  if (!kafka.ok()) return kafka.status();
  if (!*kafka) {
    return absl::InvalidArgumentError(
        "topics are Kafka's: --log kafka://HOST:PORT,...[/PREFIX] says where");
  }
  (*kafka)->report = [](int, const std::string&) {};  // what matters comes back as a status
  auto log = log::KafkaLog::Open(**kafka);
  if (!log.ok()) return log.status();
  bool all_good = true;
  for (const domain::ServiceDefinition& service : AllServices()) {
    const std::string name = log::TopicOf(service.name);
    auto topic = Look(log->get(), name, command);
    if (!topic.ok()) return InWords(topic.status(), **kafka);
    std::printf("%-24s  %s\n", absl::StrCat((*kafka)->prefix, name).c_str(), topic->said.c_str());
    std::fflush(stdout);
    all_good = all_good && topic->good;
  }
  return all_good;
}

int RunTopics(const TopicsCommand& command) {
  auto all_good = LookAtEach(command);
  if (!all_good.ok()) return ExitOf(all_good.status());
  return *all_good ? 0 : 1;
}

}  // namespace

void AddTopics(CLI::App* app, Run* run) {
  CLI::App* topics = app->add_subcommand("topics", "The topics of all services on Kafka");
  topics->require_subcommand(1);
  for (const bool make : {true, false}) {
    auto command = std::make_shared<TopicsCommand>();
    command->make = make;
    CLI::App* sub =
        make ? topics->add_subcommand(
                   "create",
                   "Make those that are missing, check the others; exit code 1 if one is "
                   "not as it should be")
             : topics->add_subcommand(
                   "check",
                   "Check them; exit code 1 if one is missing, or may lose what was "
                   "acknowledged");
    server::AddLogFlags(sub, &command->options);
    if (make) server::AddReplicationFactorFlag(sub, &command->options);
    const CLI::Option* partitions = sub->get_option("--partitions");
    sub->callback([command, partitions, run] {
      command->partitions_matter = partitions->count() > 0;
      *run = [command] { return RunTopics(*command); };
    });
  }
}

}  // namespace leadstream::cli
