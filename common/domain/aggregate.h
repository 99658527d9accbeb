// A table of what may happen to one kind of resource: its commands, its events, what lists order
// and filter by.
//
//   AggregateOf<Lead>("leads")
//       .Creates<CreateLeadRequest>(Decide)
//       .On<QualifyLeadRequest>(Decide, Needs)     // needs what its request names
//       .On<AddQuoteLinesRequest>(Decide, Needs)   // needs what state, request and findings name
//       .Folds<LeadCreated>(Evolve)
//       .Folds<LeadQualified>(Evolve)
//       .Answers<QualifyLeadRequest, QualifyLeadResponse>(Answer)
//       .MatchedBy("state")
//       .SortedBy("score")
//       .WhenDue<ExpireQuoteRequest>("expiry", ExpiryOf)
//       .TalliedBy("pipeline", PipelineEntries);
//
// The state is the API resource itself. The fields name, uid, etag, create_time, update_time and
// creator are the machinery's: rules read them and never write them. Thread-safe once built:
// everything here is const.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>
#include <google/protobuf/message.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "common/domain/context.h"
#include "common/domain/decision.h"

namespace leadstream::domain {

using google::protobuf::Message;

struct TallyEntry;  // tally.h

// One command: how it is decided, and what it must know of other resources.
struct Command {
  const google::protobuf::Descriptor* request = nullptr;
  bool creates = false;
  std::function<Decision(const Message& state, const Message& request, const Context&)> decide;
  // The names of the resources to be read before deciding; unset: none. Asked again with what was
  // found, until it names nothing new (StillNeeded); what it names may then follow from the state,
  // and from resources named before. `scoringRules/-` names all of a collection, and
  // `processDefinitions/sale@3` a resource as it was at a revision.
  std::function<std::vector<std::string>(const Message& state, const Message& request,
                                         const Found& found)>
      needs;
  // Fills a reply that is not the resource itself; unset: the reply is the resource.
  std::function<void(const Message& state, Message* reply)> answer;
};

// What a command names so often is refused: its needs have no end.
inline constexpr int kNeedsRoundsMax = 32;

// What the command needs and was not found yet, each name once; empty: it can be decided.
std::vector<std::string> StillNeeded(const Command& command, const Message& state,
                                     const Message& request, const Found& found);

// One kind of event: how it changes the state. Total: history is never refused.
struct Fold {
  const Message* prototype = nullptr;
  bool deletes = false;
  std::function<void(const Message& event, Message* state)> evolve;
  // What the partition remembers of it; unset: nothing.
  std::function<void(const Message& event, const Message& after, MutableFacts*)> remember;
};

// A view kept beside the states, in the same batch.
struct Index {
  enum class Kind {
    kSorted,   // lists can be ordered by it; a field path
    kMatched,  // lists can be filtered by equality with it, newest first; a field path
    kKeyed,    // exact look-ups by computed keys (a normalised e-mail, say); never seen in a filter
  };
  Kind kind;
  std::string name;
  std::function<std::vector<std::string>(const Message& state)> keys;  // kKeyed only
};

// Something that is due by itself, at a moment that follows from how the resource stands. The node
// that writes the resource then issues the command, and what comes of that is an event like any
// other: so a log that is folded again never asks a clock.
struct Timer {
  // Unique within the kind of resource: part of keys and request ids, so it never changes.
  std::string name;
  // Its field `name` says which resource.
  const Message* request = nullptr;
  // Nothing: not at all, as the resource stands. Once its command was accepted it must be another
  // moment, or none.
  std::function<std::optional<absl::Time>(const Message& state)> due;
};

// Sums that are kept beside the states, in the same batch (tally.h).
struct Tally {
  std::string name;
  std::function<std::vector<TallyEntry>(const Message& state)> entries;
};

// Type-erased: what the machinery sees of a kind of resource.
class Aggregate {
 public:
  Aggregate(std::string collection, const Message* prototype);

  // The collection's path, "leads": names are `leads/{id}`.
  const std::string& collection() const { return collection_; }
  const Message& prototype() const { return *prototype_; }
  // What the partition is chosen by; unless said otherwise, the resource's name.
  std::string PartitionKey(absl::string_view name) const {
    return partition_key_ ? partition_key_(name) : std::string(name);
  }
  bool has_partition_key() const { return partition_key_ != nullptr; }

  const Command* FindCommand(const google::protobuf::Descriptor* request) const;
  const Fold* FindFold(absl::string_view event_type) const;
  const std::vector<Index>& indexes() const { return indexes_; }
  const std::vector<Timer>& timers() const { return timers_; }
  const std::vector<Tally>& tallies() const { return tallies_; }
  const Timer* FindTimer(absl::string_view name) const;
  const absl::flat_hash_map<std::string, Fold>& folds() const { return folds_; }
  const absl::flat_hash_map<const google::protobuf::Descriptor*, Command>& commands() const {
    return commands_;
  }

 protected:
  std::string collection_;
  const Message* prototype_;
  std::function<std::string(absl::string_view)> partition_key_;
  absl::flat_hash_map<const google::protobuf::Descriptor*, Command> commands_;
  absl::flat_hash_map<std::string, Fold> folds_;
  std::vector<Index>
      indexes_;  // the order is the index's number on disk: add at the end, never remove
  std::vector<Timer> timers_;
  std::vector<Tally> tallies_;  // the order is the tally's number on disk, likewise
};

template <typename State>
class AggregateOf : public Aggregate {
 public:
  template <typename Request>
  using Decide = Decision (*)(const State&, const Request&, const Context&);
  template <typename Request>
  using Needs = std::vector<std::string> (*)(const Request&);
  template <typename Request>
  using NeedsOfState = std::vector<std::string> (*)(const State&, const Request&, const Found&);

  explicit AggregateOf(std::string collection)
      : Aggregate(std::move(collection), &State::default_instance()) {
    SortedBy("create_time");
    SortedBy("update_time");
  }

  // A command that makes a new resource. The state it is decided on is empty; an existing name is
  // refused before.
  template <typename Request>
  AggregateOf& Creates(Decide<Request> decide, Needs<Request> needs = nullptr) {
    Add(decide, needs).creates = true;
    return *this;
  }
  template <typename Request>
  AggregateOf& Creates(Decide<Request> decide, NeedsOfState<Request> needs) {
    Add(decide, needs).creates = true;
    return *this;
  }

  // A command on an existing resource; a missing one is refused before.
  template <typename Request>
  AggregateOf& On(Decide<Request> decide, Needs<Request> needs = nullptr) {
    Add(decide, needs);
    return *this;
  }
  template <typename Request>
  AggregateOf& On(Decide<Request> decide, NeedsOfState<Request> needs) {
    Add(decide, needs);
    return *this;
  }

  // What an event does to the state, and what the partition remembers of it.
  template <typename Event>
  AggregateOf& Folds(void (*evolve)(const Event&, State*),
                     void (*remember)(const Event&, const State& after, MutableFacts*) = nullptr) {
    Fold fold{&Event::default_instance(), false,
              [evolve](const Message& event, Message* state) {
                evolve(static_cast<const Event&>(event), static_cast<State*>(state));
              },
              nullptr};
    if (remember != nullptr) {
      fold.remember = [remember](const Message& event, const Message& after, MutableFacts* facts) {
        remember(static_cast<const Event&>(event), static_cast<const State&>(after), facts);
      };
    }
    folds_[Event::descriptor()->full_name()] = std::move(fold);
    return *this;
  }

  // An event after which the resource is no more. Its story stays, and its name is never given
  // again.
  template <typename Event>
  AggregateOf& Deletes() {
    folds_[Event::descriptor()->full_name()] =
        Fold{&Event::default_instance(), true, [](const Message&, Message*) {}, nullptr};
    return *this;
  }

  // What a command answers, where that is more than the resource.
  template <typename Request, typename Response>
  AggregateOf& Answers(void (*answer)(const State& after, Response*)) {
    commands_.at(Request::descriptor()).answer = [answer](const Message& after, Message* reply) {
      answer(static_cast<const State&>(after), static_cast<Response*>(reply));
    };
    return *this;
  }

  AggregateOf& SortedBy(std::string path) {
    return AddIndex({Index::Kind::kSorted, std::move(path), nullptr});
  }
  AggregateOf& MatchedBy(std::string path) {
    return AddIndex({Index::Kind::kMatched, std::move(path), nullptr});
  }
  AggregateOf& KeyedBy(std::string name, std::vector<std::string> (*keys)(const State&)) {
    return AddIndex({Index::Kind::kKeyed, std::move(name), [keys](const Message& state) {
                       return keys(static_cast<const State&>(state));
                     }});
  }

  AggregateOf& TalliedBy(std::string name, std::vector<TallyEntry> (*entries)(const State&)) {
    tallies_.push_back({std::move(name), [entries](const Message& state) {
                          return entries(static_cast<const State&>(state));
                        }});
    return *this;
  }

  // The command takes the resource's name in `name`, and a request id if its request has the field.
  template <typename Request>
  AggregateOf& WhenDue(std::string name, std::optional<absl::Time> (*due)(const State&)) {
    timers_.push_back({std::move(name), &Request::default_instance(), [due](const Message& state) {
                         return due(static_cast<const State&>(state));
                       }});
    return *this;
  }

  // Resources that must be written by one writer, because their rules look at each other, share a
  // key.
  AggregateOf& PartitionedBy(std::string (*key)(absl::string_view name)) {
    partition_key_ = key;
    return *this;
  }

 private:
  AggregateOf& AddIndex(Index index) {
    indexes_.push_back(std::move(index));
    return *this;
  }

  template <typename Request, typename NeedsFunction>
  Command& Add(Decide<Request> decide, NeedsFunction needs) {
    Command command;
    command.request = Request::descriptor();
    command.decide = [decide](const Message& state, const Message& request,
                              const Context& context) {
      return decide(static_cast<const State&>(state), static_cast<const Request&>(request),
                    context);
    };
    if (needs != nullptr) {
      command.needs = [needs](const Message& state, const Message& request, const Found& found) {
        if constexpr (std::is_same_v<NeedsFunction, Needs<Request>>) {
          return needs(static_cast<const Request&>(request));
        } else {
          return needs(static_cast<const State&>(state), static_cast<const Request&>(request),
                       found);
        }
      };
    }
    return commands_[Request::descriptor()] = std::move(command);
  }
};

}  // namespace leadstream::domain
