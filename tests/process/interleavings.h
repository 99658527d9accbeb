// Every order in which a few concurrent commands, and what reactions make of their events, can
// reach the rules of all services: what a race comes to is looked at by exhaustion, not by chance.
//
//   Interleavings race;
//   race.Given(create).Given(activate);
//   race.Caller("customer", accept).Caller("rep", lose);
//   race.ForEachEnd([](const Interleavings::World& end) { ... });
//
// The rules, tables of reactions, addresses and folds are those of the services; log, threads and
// time are left out. What a reaction does is taken apart as it may be in a cluster: first it is
// decided what to command, from what it can read then, and later each command arrives. Reactions of
// one service to one resource's events keep their order, as they do there; all others have none.
#pragma once

#include <google/protobuf/message.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/domain/service_definition.h"
#include "common/runtime/command.h"
#include "common/runtime/reaction_commands.h"
#include "tests/domain/story.h"

namespace leadstream::process {

class Interleavings {
 public:
  using Message = google::protobuf::Message;

  struct Resource {
    std::vector<std::shared_ptr<const Message>> after;  // the event of revision i + 1
    std::string created_by;                             // the event that its creation follows from
    bool deleted = false;
  };
  // An event that some reactions of a service have yet to do something about.
  struct Step {
    const domain::Reaction* reaction = nullptr;
    std::shared_ptr<const common::v1::Record> event;
    bool decided = false;
    std::vector<std::shared_ptr<const runtime::IssuedCommand>> commands;  // that have not arrived
  };
  struct World {
    std::map<std::string, Resource> resources;
    std::map<std::string, testing::RememberedFacts> facts;  // by service
    // By the service that reacts and the resource.
    std::map<std::pair<std::string, std::string>, std::vector<Step>> reactions;
    std::map<std::string, size_t> arrived;      // how many of a caller's commands
    std::map<std::string, std::string> answer;  // the caller's last one: "accepted", or a reason
    std::vector<std::string> parked;            // reaction, resource, reason

    template <typename State>
    const State* Find(const std::string& name) const {
      auto at = resources.find(name);
      if (at == resources.end() || at->second.deleted) return nullptr;
      return dynamic_cast<const State*>(at->second.after.back().get());
    }
  };

  Interleavings();
  Interleavings(Interleavings&&) noexcept;
  ~Interleavings();

  // Happened before: the command is accepted, and so is all that follows from it.
  Interleavings& Given(const Message& request);
  // A caller's next command, sent when the one before was answered.
  Interleavings& Caller(const std::string& caller, const Message& request);
  // Visits every world in which nothing is left to be done, once. How many there were.
  int ForEachEnd(const std::function<void(const World&)>& visit);

 private:
  class Reading;
  struct Service;

  // The reason it is refused with; empty: accepted.
  std::string Arrive(const Message& request, const runtime::CallInfo& call, World* world) const;
  std::string Decide(const Service& service, runtime::PendingCommand command, World* world) const;
  void Fold(const Service& service, const runtime::PendingCommand& command, const Message& event,
            World* world) const;
  void React(Step* step, const Service& service, World* world) const;
  // The worlds that one more arrival may lead to.
  std::vector<World> Next(const World& world) const;
  static std::string FingerprintOf(const World& world);

  std::vector<std::unique_ptr<Service>> services_;
  std::map<std::string, std::vector<std::unique_ptr<Message>>> callers_;
  World given_;
};

}  // namespace leadstream::process
