// The history that a log holds, read from it alone, also while servers write it.
//
//   auto history = History::Open(options, cli::AllServices());
//   auto lead = (*history)->AsOf("leads/4711", {.revision = 2});
//
// Only what counts is seen (common/log/fence.h). Not thread-safe.
#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/history/follow.h"
#include "cli/history/merge.h"
#include "cli/history/scan.h"
#include "cli/history/selection.h"
#include "common/domain/service_definition.h"
#include "common/log/event_log.h"
#include "common/server/options.h"
#include "common/store/read_model.h"

namespace leadstream::history {

class Scratch;

// At a revision, or at a time; neither: now.
struct Moment {
  int64_t revision = 0;
  std::optional<absl::Time> time;
};

// An instant (RFC 3339) or a day ("2026-03-01", its beginning in UTC). INVALID_ARGUMENT: neither.
absl::StatusOr<absl::Time> ParseTime(const std::string& text);
// A revision ("3"), or a time as above. INVALID_ARGUMENT: none of them.
absl::StatusOr<Moment> ParseMoment(const std::string& text);

class History {
 public:
  // The log that --log names: the embedded one, in `<data>/log`, or one on Kafka, as it stands now.
  // Unavailable: there is none, or it cannot be read.
  static absl::StatusOr<std::unique_ptr<History>> Open(
      const server::Options& options, const std::vector<domain::ServiceDefinition>& services);
  // The same as it grows.
  static absl::StatusOr<std::unique_ptr<History>> OpenToFollow(
      const server::Options& options, const std::vector<domain::ServiceDefinition>& services);
  ~History();

  // What each service makes of its events; parked reactions too.
  const std::vector<domain::ServiceDefinition>& services() const { return definitions_; }

  // Where the partitions of each service that has a topic end now.
  absl::StatusOr<std::map<std::string, log::Positions>> Ends();

  // The events that are wanted, in the order of their time; those of one partition in the order of
  // the log. `service` is "lead" and the like. False from `take` ends it.
  absl::Status EachEvent(const Selection& selection, const Take& take);
  // One resource's events, oldest first. NotFound: there never was one of that name.
  absl::Status EachEventOf(const std::string& name, const Take& take);
  // The events that are wanted, on several threads and in no order (scan.h).
  absl::Status Scan(const Selection& selection, const ScanOptions& options,
                    const std::function<void(size_t thread, const std::string& service,
                                             const log::LoggedRecord& event)>& show);
  // The events that are wanted, as they happen (follow.h).
  absl::Status Follow(const Selection& selection, const FollowOptions& options, const Take& take);

  // A resource folded from its events. NotFound: there is none of that name, or it was deleted.
  // OutOfRange: it did not exist then, or has no such revision.
  absl::StatusOr<store::StoredState> AsOf(const std::string& name, const Moment& moment);

 private:
  struct Service;

  explicit History(const std::vector<domain::ServiceDefinition>& services);
  Service* ServiceOf(absl::string_view name);
  absl::StatusOr<std::vector<Share>> SharesOf(const Selection& selection);
  // Where all events of a resource are. NotFound: there is no such topic yet.
  absl::StatusOr<Share> ShareOf(const Service& service, const std::string& name);

  std::vector<domain::ServiceDefinition> definitions_;
  std::vector<std::unique_ptr<Service>> services_;
  std::unique_ptr<Scratch> scratch_;  // the log may lie in it
  std::unique_ptr<log::EventLog> log_;
};

}  // namespace leadstream::history
