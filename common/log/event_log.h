// The event log: ordered, durable, partitioned records. The only source of truth.
//
// The interface holds what a writer, a follower and a reaction need, and no more, so that the
// embedded LocalLog and a Kafka log with several nodes serve it alike; tests/log holds the contract
// both must pass. A topic belongs to one service, a partition has one writer at a time
// (common/runtime/fence.h says who), and offsets of a partition only grow.
//
// All methods are thread-safe. Errors: NotFound is an expected miss; Unavailable may be tried
// again; anything else is a fault.
#pragma once

#include <absl/functional/function_ref.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "leadstream/common/v1/record.pb.h"

namespace leadstream::log {

using common::v1::Record;

// A record on its way in.
struct PendingRecord {
  int partition = 0;
  const Record* record = nullptr;  // owned by the caller until the append has ended
};

// A record where it stands.
struct LoggedRecord {
  int partition = 0;
  int64_t offset = 0;
  Record record;
};

// What became of an append.
struct AppendResult {
  // OK: all records are durable, at `offsets`. Anything else: nobody knows; some, all or none may
  // be in the log, now or later. The only way to find out is to claim the partition anew and to
  // read it up to that claim.
  absl::Status status;
  // One for each record, in the order given. A writer compares them with the offsets it expected:
  // equal ones prove that nobody wrote in between.
  std::vector<int64_t> offsets;
};

// Reads a topic onward from given positions. Not thread-safe but for Wake.
class Cursor {
 public:
  virtual ~Cursor() = default;
  // At least one record and at most `records_max`, of any partitions, each partition's in order.
  // Waits for the first one until the deadline; then, or when woken, it answers an empty list.
  virtual absl::StatusOr<std::vector<LoggedRecord>> Next(size_t records_max,
                                                         absl::Time deadline) = 0;
  // The same, each record shown and then forgotten, for who reads very many: none is made anew. How
  // many there were.
  virtual absl::StatusOr<size_t> Show(size_t records_max, absl::Time deadline,
                                      absl::FunctionRef<void(const LoggedRecord&)> show) = 0;
  // Makes the present or the next call of Next return at once. From any thread.
  virtual void Wake() = 0;
  // Reads a partition no more; and reads it on from an offset. Records that were read ahead before
  // do not come.
  virtual void Pause(int partition) = 0;
  virtual absl::Status Resume(int partition, int64_t next_offset) = 0;
};

// By partition, the offset of the next record.
using Positions = std::map<int, int64_t>;

// By partition, the offset of the next record and the epoch of the last valid claim before it:
// whoever goes on from there must know which records count.
struct Progress {
  int64_t next_offset = 0;
  int64_t epoch = 0;
  bool operator==(const Progress&) const = default;
};
using GroupProgress = std::map<int, Progress>;

class EventLog {
 public:
  virtual ~EventLog() = default;

  // How many partitions a topic has. NotFound: there is no such topic.
  virtual absl::StatusOr<int> Partitions(const std::string& topic) = 0;
  // Makes the topic unless it exists. FailedPrecondition: it exists with another number of
  // partitions.
  virtual absl::Status CreateTopic(const std::string& topic, int partitions) = 0;

  // Appends a group. `done` is called once, from any thread, maybe before Append returns.
  virtual void Append(const std::string& topic, const std::vector<PendingRecord>& group,
                      std::function<void(AppendResult)> done) = 0;
  // The offset that the next record of the partition will have.
  virtual absl::StatusOr<int64_t> End(const std::string& topic, int partition) = 0;
  // The same of all its partitions, in one go.
  virtual absl::StatusOr<Positions> Ends(const std::string& topic) = 0;
  // Reads the partitions named in `from`, each onward from its offset. A record may be kept back
  // for `patience`, if the log is cheaper to read when more come at a time.
  virtual absl::StatusOr<std::unique_ptr<Cursor>> Read(const std::string& topic,
                                                       const Positions& from,
                                                       absl::Duration patience) = 0;
  absl::StatusOr<std::unique_ptr<Cursor>> Read(const std::string& topic, const Positions& from) {
    return Read(topic, from, absl::ZeroDuration());
  }
  // Makes the log usable again after an append that failed, if that is possible now. Unavailable:
  // not yet.
  virtual absl::Status Recover() = 0;

  // How far a reader's group has got: what a reaction commits after its command was answered.
  virtual absl::Status CommitProgress(const std::string& group, const std::string& topic,
                                      const GroupProgress& progress) = 0;
  // Partitions for which nothing was ever committed are missing from the answer.
  virtual absl::StatusOr<GroupProgress> Progress(const std::string& group,
                                                 const std::string& topic) = 0;

  // Divides a topic's partitions among the nodes that join, and proposes to each its share, at once
  // and whenever they are divided anew, until the returned membership is destroyed. A proposal
  // gives nobody a right, and may be out of date, so that two nodes hold the same one: only a claim
  // in the log gives it.
  class Membership {
   public:
    virtual ~Membership() = default;
  };
  virtual std::unique_ptr<Membership> Join(const std::string& topic, const std::string& node,
                                           std::function<void(std::vector<int>)> propose) = 0;

  // Only this process can write the log, so that what it has written itself need not be read back.
  virtual bool exclusive() const = 0;
};

}  // namespace leadstream::log
