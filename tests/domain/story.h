// Given, when, then: the rules of a service as a specification that reads aloud.
//
//   Story(LeadAggregate()).Named("leads/anna")
//       .Given(CreateLead("Anna Kovács")).When(QualifyLead()).ThenRefused(LEAD_BUDGET_UNKNOWN);
//
// Everything runs through the aggregate's own table, as the machinery runs it; only log and read
// model are left out.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "common/domain/aggregate.h"

namespace leadstream::testing {

// Facts in memory.
class RememberedFacts : public domain::MutableFacts {
 public:
  std::optional<std::string> Get(absl::string_view key) const override;
  void Put(absl::string_view key, absl::string_view value) override {
    facts_[std::string(key)] = std::string(value);
  }

 private:
  std::map<std::string, std::string> facts_;
};

class Story {
 public:
  explicit Story(domain::Aggregate aggregate);

  // The clock, RFC 3339. It stands still until set again.
  Story& At(absl::string_view time);
  // Who asks.
  Story& As(absl::string_view actor);
  // The resource that the next creation makes; "<collection>/test" unless said otherwise.
  Story& Named(absl::string_view name);
  // A resource that commands which need it will find.
  Story& Knows(absl::string_view name, const google::protobuf::Message& resource);

  // A command that is accepted, or an event, that happened before.
  Story& Given(const google::protobuf::Message& command_or_event);
  Story& When(const google::protobuf::Message& command);

  // The command was accepted with this event, of which `subset` (text format) is a part.
  template <typename Event>
  Story& Then(absl::string_view subset = "") {
    return ThenEvent(Event::descriptor()->full_name(), subset);
  }
  // `subset` (text format) is a part of the state; list elements must be equal in number and, each,
  // a superset.
  Story& ThenState(absl::string_view subset);
  // As things stand, this timer is due at that moment (RFC 3339); and: not at all.
  Story& ThenDue(absl::string_view timer, absl::string_view time);
  Story& ThenNotDue(absl::string_view timer);
  // The command was refused with this reason, and nothing changed.
  template <typename Reason>
  Story& ThenRefused(Reason reason) {
    return ThenRefusedWith(domain::ReasonName(reason));
  }
  // The paths of the bad fields of the last refusal, comma-separated.
  std::string bad_fields() const;

  template <typename State>
  const State& state() const {
    return static_cast<const State&>(*state_);
  }
  const domain::Decision& decision() const { return *decision_; }
  bool deleted() const { return deleted_; }
  const RememberedFacts& facts() const { return facts_; }

 private:
  Story& ThenEvent(const std::string& type, absl::string_view subset);
  Story& ThenRefusedWith(const std::string& reason);
  std::optional<absl::Time> DueOf(absl::string_view timer) const;
  void Fold(const google::protobuf::Message& event);

  domain::Aggregate aggregate_;
  std::unique_ptr<google::protobuf::Message> state_;
  int revision_ = 0;
  bool deleted_ = false;
  RememberedFacts facts_;
  domain::Found found_;
  domain::Context context_;
  std::optional<domain::Decision> decision_;
};

}  // namespace leadstream::testing
