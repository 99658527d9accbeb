#include "tests/process/stillness.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <google/protobuf/util/message_differencer.h>

#include <map>
#include <set>

#include "common/log/position.h"

namespace leadstream::process {

using google::protobuf::Message;

namespace {

constexpr absl::Duration kStillnessMax = absl::Seconds(60);

using Ends = std::map<std::string, log::Positions>;  // by topic

absl::StatusOr<Ends> EndsOf(const std::vector<domain::ServiceDefinition>& definitions,
                            log::EventLog* log) {
  Ends all;
  for (const domain::ServiceDefinition& definition : definitions) {
    const std::string topic = log::TopicOf(definition.name);
    auto ends = log->Ends(topic);
    if (!ends.ok()) return ends.status();
    all[topic] = *ends;
  }
  return all;
}

// A service and a topic that it has not reacted to the end of; empty: there is none.
std::string Behind(server::Server& server,
                   const std::vector<domain::ServiceDefinition>& definitions, const Ends& ends) {
  for (const domain::ServiceDefinition& definition : definitions) {
    for (const auto& [topic, done] : server.service(definition.name)->ReactedTo()) {
      for (const auto& [partition, end] : ends.at(topic)) {
        auto at = done.find(partition);
        if (at == done.end() || at->second < end)
          return absl::StrCat(definition.name, " reacting to ", topic, "/", partition);
      }
    }
  }
  return "";
}

void ClearMachinery(Message* resource) {
  for (const char* field : {"uid", "create_time", "update_time", "creator"}) {
    const auto* found = resource->GetDescriptor()->FindFieldByName(field);
    if (found != nullptr) resource->GetReflection()->ClearField(resource, found);
  }
}

}  // namespace

absl::Status AwaitStillness(server::Server& server,
                            const std::vector<domain::ServiceDefinition>& definitions,
                            log::EventLog* log) {
  std::string behind;
  for (const absl::Time deadline = absl::Now() + kStillnessMax; absl::Now() < deadline;
       absl::SleepFor(absl::Microseconds(200))) {
    auto before = EndsOf(definitions, log);
    if (!before.ok()) return before.status();
    behind = Behind(server, definitions, *before);
    if (!behind.empty()) continue;
    // What was done before the ends were read has appended nothing since: nothing is left to do.
    auto after = EndsOf(definitions, log);
    if (!after.ok()) return after.status();
    if (*before == *after) return absl::OkStatus();
  }
  return absl::DeadlineExceededError(absl::StrCat("it never comes to rest: ", behind));
}

std::vector<std::string> Differences(server::Server& server, const World& world) {
  std::vector<std::string> different;
  std::set<std::string> seen;
  for (const Happened& happened : world.events()) {
    const std::string& name = happened.record.subject();
    if (!seen.insert(name).second) continue;
    const auto shown = server.service(happened.service)->Find(name);
    const Message* said = world.Find(name);
    if ((shown == nullptr) != (said == nullptr)) {
      different.push_back(absl::StrCat(name, said == nullptr ? " is shown" : " is not shown"));
    } else if (said != nullptr) {
      std::unique_ptr<Message> a(shown->New()), b(said->New());
      a->CopyFrom(*shown);
      b->CopyFrom(*said);
      ClearMachinery(a.get());
      ClearMachinery(b.get());
      if (!google::protobuf::util::MessageDifferencer::Equals(*a, *b))
        different.push_back(absl::StrCat(name, " is shown as ", a->ShortDebugString(),
                                         ", and the log says ", b->ShortDebugString()));
    }
  }
  return different;
}

}  // namespace leadstream::process
