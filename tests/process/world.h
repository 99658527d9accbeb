// What the log says there is, folded event by event as it is written, by nobody's help but the
// rules' own Evolve; and whether what happens stands in the tables of what may happen.
#pragma once

#include <google/protobuf/message.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/domain/service_definition.h"
#include "common/log/event_log.h"
#include "common/log/fence.h"

namespace leadstream::process {

// An event that counts.
struct Happened {
  std::string service;
  common::v1::Record record;
  std::shared_ptr<const google::protobuf::Message> payload;
};

class World {
 public:
  // `definitions` with their parked reactions.
  World(log::EventLog* log, const std::vector<domain::ServiceDefinition>* definitions);

  // Folds what was written since. What no table allows becomes a line of `wrong`.
  absl::Status ReadOn(std::vector<std::string>* wrong);

  // The living resources of a collection ("leads"), in the order of their names.
  const std::vector<std::string>& Names(const std::string& collection) const;
  // Null: there is none, or no more.
  const google::protobuf::Message* Find(const std::string& name) const;
  template <typename Resource>
  const Resource* Get(const std::string& name) const {
    return dynamic_cast<const Resource*>(Find(name));
  }
  template <typename Resource, typename Visit>
  void Each(const std::string& collection, Visit visit) const {
    for (const std::string& name : Names(collection)) visit(name, *Get<Resource>(name));
  }
  // Events of one type, in the order in which each partition has them.
  template <typename Event, typename Visit>
  void EachEvent(Visit visit) const {
    for (const Happened& happened : events_) {
      if (const auto* event = dynamic_cast<const Event*>(happened.payload.get()))
        visit(happened.record, *event);
    }
  }
  const std::vector<Happened>& events() const { return events_; }
  int64_t RevisionOf(const std::string& name) const;
  bool Saw(const std::string& event_type) const { return seen_.contains(event_type); }

 private:
  struct Resource {
    std::unique_ptr<google::protobuf::Message> state;
    int64_t revision = 0;
    bool deleted = false;
  };
  struct Topic {
    const domain::ServiceDefinition* definition = nullptr;
    log::Positions next;
    std::map<int, log::Fence> fences;
  };
  absl::Status ReadOn(Topic* topic, std::vector<std::string>* wrong);
  void Fold(const Topic& topic, common::v1::Record record, std::vector<std::string>* wrong);

  log::EventLog* const log_;
  std::vector<Topic> topics_;
  std::map<std::string, Resource> resources_;
  std::map<std::string, std::vector<std::string>> names_;  // by collection
  std::vector<Happened> events_;
  std::map<std::string, int64_t> seen_;  // how often, by event type
};

}  // namespace leadstream::process
