// The history that a log holds, read from it alone: as it stands now, also while servers write it.
//
//   auto history = History::Open(options);
//   auto lead = (*history)->AsOf("leads/4711", {.revision = 2});
//
// Only what counts is seen (common/log/fence.h). Not thread-safe.
#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/log/event_log.h"
#include "common/server/options.h"
#include "common/store/read_model.h"

namespace leadstream::cli {

// At a revision, or at a time; neither: now.
struct Moment {
  int64_t revision = 0;
  std::optional<absl::Time> time;
};

// A revision ("3"), a time (RFC 3339) or a day ("2026-03-01", its beginning in UTC).
// INVALID_ARGUMENT: none of them.
absl::StatusOr<Moment> ParseMoment(const std::string& text);

class History {
 public:
  // The log that --log names: the embedded one, in `<data>/log`, or one on Kafka. Unavailable:
  // there is none, or it cannot be read.
  static absl::StatusOr<std::unique_ptr<History>> Open(const server::Options& options);
  ~History();

  // Takes the events of all services, in the order of their time; those of one partition in the
  // order of the log. `service` is "lead" and the like. False from `take` ends it.
  using Take = std::function<bool(const std::string& service, const store::StoredEvent& event)>;
  absl::Status EachEvent(const Take& take);
  // One resource's events, oldest first. NotFound: there never was one of that name.
  absl::Status EachEventOf(const std::string& name, const Take& take);

  // A resource folded from its events. NotFound: there is none of that name, or it was deleted.
  // OutOfRange: it did not exist then, or has no such revision.
  absl::StatusOr<store::StoredState> AsOf(const std::string& name, const Moment& moment);

 private:
  struct Service;
  explicit History(std::unique_ptr<log::EventLog> log);
  Service* ServiceOf(absl::string_view name);

  std::unique_ptr<log::EventLog> log_;
  std::vector<std::unique_ptr<Service>> services_;
};

// Adds --log and --data: whose history it is.
void AddHistoryFlags(CLI::App* command, server::Options* options);

}  // namespace leadstream::cli
