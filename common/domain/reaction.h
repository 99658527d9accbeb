// "Whenever X happens there, do Y here": the rows of a service's reaction table.
//
//   Whenever<QuoteAccepted, CreateOrderRequest>("place-order-of-accepted-quote",
//       [](const QuoteAccepted& accepted, const Occurrence& on, CreateOrderRequest* place)
//           -> absl::StatusOr<bool> {
//         ...
//         return true;
//       })
//
// An event that concerns several resources yields a command for each of them:
//
//   Whenever<OpportunityLost, CloseQuoteRequest>("close-quotes-of-lost-opportunity",
//       [](const OpportunityLost& lost, const Occurrence& on, Commands* out) -> absl::Status {
//         for (const std::string& quote : lost.quotes_to_close()) {
//           out->Add<CloseQuoteRequest>(quote)->set_name(quote);
//         }
//         return absl::OkStatus();
//       })
//
// A command with an etag is carried out only if the resource is still as the reaction read it
// (Occurrence::own); a reaction that gives one also reacts to the events by which it may have
// changed.
//
// The machinery reads the other service's log, issues the commands to this service with request ids
// derived from the event, the reaction's name and each command's key, and remembers how far it got:
// at least once in, exactly one effect.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <google/protobuf/message.h>

#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "common/domain/decision.h"
#include "common/domain/reader.h"
#include "leadstream/common/v1/record.pb.h"

namespace leadstream::domain {

// The event's circumstances.
struct Occurrence {
  // The resource that changed, its revision after, id, actor, time: all but the event itself.
  const common::v1::Record& record;
  // Asks the owning service for a resource as it stood right after this event, or at any revision
  // (0: now). NotFound: there is none. Unavailable: ask later; the reaction is tried again.
  std::function<absl::StatusOr<std::shared_ptr<const google::protobuf::Message>>(
      const std::string& name, int64_t revision)>
      ask;
  // The resources of the service that reacts, with this event, all that was answered before it was
  // read, and what came of the events of the same resource before it. Unavailable,
  // DeadlineExceeded: ask later.
  std::function<absl::StatusOr<const Reader*>()> own = nullptr;

  template <typename Resource>
  absl::StatusOr<Resource> Ask(const std::string& name, int64_t revision = 0) const {
    auto found = ask(name, revision);
    if (!found.ok()) return found.status();
    return dynamic_cast<const Resource&>(**found);
  }
};

// What a reaction wants done. Empty: nothing to do.
class Commands {
 public:
  struct Command {
    std::string key;
    std::unique_ptr<google::protobuf::Message> request;
  };

  // One more command. `key` tells it from the event's other commands and is part of its request id:
  // it must follow from the event alone (the name of the resource concerned, say), so that a
  // reaction that is repeated after a crash, when some commands are no longer needed, gives the
  // others the ids they had.
  template <typename Request>
  Request* Add(absl::string_view key = "") {
    auto request = std::make_unique<Request>();
    Request* added = request.get();
    all_.push_back({std::string(key), std::move(request)});
    return added;
  }

  const std::vector<Command>& all() const { return all_; }

 private:
  std::vector<Command> all_;
};

struct Reaction {
  // "It came too late, and that is fine": after a refusal with one of these reasons nothing is left
  // to be done, because what stands in the way has an event of its own that tells everybody. Any
  // other refusal is parked, for an operator.
  template <typename... Reasons>
  Reaction SettledBy(Reasons... reasons) && {
    settled_by = {ReasonName(reasons)...};
    return std::move(*this);
  }

  // Stable and unique within the service: it is part of request ids and of the name progress is
  // kept under.
  std::string name;
  // The event's full proto name. The topic is that of its package: leadstream.quoting.v1.X is read
  // from leadstream.quoting.
  const google::protobuf::Message* event = nullptr;
  // The kind of command that it issues.
  const google::protobuf::Message* request = nullptr;
  // Adds the commands to issue, in order. An error: try again later, nothing is issued.
  std::function<absl::Status(const google::protobuf::Message& event, const Occurrence&,
                             Commands* out)>
      react;
  std::vector<std::string> settled_by = {};
};

// `react` is (const Event&, const Occurrence&, Request*) -> StatusOr<bool>, where false means that
// there is nothing to do, or (const Event&, const Occurrence&, Commands*) -> Status.
template <typename Event, typename Request, typename React>
Reaction Whenever(std::string name, React react) {
  return {std::move(name), &Event::default_instance(), &Request::default_instance(),
          [react](const google::protobuf::Message& event, const Occurrence& on,
                  Commands* out) -> absl::Status {
            if constexpr (std::is_invocable_v<React, const Event&, const Occurrence&, Commands*>) {
              return react(static_cast<const Event&>(event), on, out);
            } else {
              Request request;
              absl::StatusOr<bool> wanted = react(static_cast<const Event&>(event), on, &request);
              if (wanted.ok() && *wanted) *out->Add<Request>() = std::move(request);
              return wanted.status();
            }
          }};
}

}  // namespace leadstream::domain
