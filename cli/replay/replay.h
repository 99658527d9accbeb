// A log folded once more, into read models beside those of a server, and what differs between them.
//
// What is folded is the service's tables alone (common/store), from a log that can only be read: no
// reaction, timer or command is anywhere near. Models stay where they were made; a replay that was
// killed is gone on with there.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "cli/replay/read_only_log.h"
#include "common/log/event_log.h"
#include "common/store/read_model.h"

namespace leadstream::replay {

struct ReplayOptions {
  std::string directory;  // the model's own
  int threads = 1;
  // What was recorded later is left out.
  absl::Time until = absl::InfiniteFuture();
  // Told now and then: of one service, records folded and in all.
  std::function<void(int64_t done, int64_t all)> progress = [](int64_t, int64_t) {};
};

// A service's model, folded up to `to` and durable. OutOfRange: the log ends before.
// FailedPrecondition: the model there has been folded farther, or a record cannot be read
// (log/skips.h).
absl::StatusOr<std::unique_ptr<store::ReadModel>> Fold(ReadOnlyLog* log, const std::string& service,
                                                       const store::Schema* schema,
                                                       const log::Positions& to,
                                                       const ReplayOptions& options);

// A server's model, as it is on disk; also while the server runs, as it was flushed last.
class OtherModel {
 public:
  // NotFound: there is none. FailedPrecondition: its format is another version's.
  static absl::StatusOr<std::unique_ptr<OtherModel>> Open(const std::string& directory);

  // By partition, how far it has been folded.
  absl::StatusOr<log::Positions> Reached(int partitions) const;

  struct Difference {
    std::string what;      // "the resource", "its story at revision 3", ...
    std::string resource;  // may be empty
  };
  // Where it first differs from `model`, key by key and byte by byte; nothing: it does not.
  absl::StatusOr<std::optional<Difference>> FirstDifference(const store::ReadModel& model) const;

 private:
  explicit OtherModel(std::unique_ptr<rocksdb::DB> db) : db_(std::move(db)) {}
  const std::unique_ptr<rocksdb::DB> db_;
};

}  // namespace leadstream::replay
