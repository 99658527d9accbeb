// What must hold of one partition, record by record in the order of the log.
//
//   offset-gap              offsets are dense
//   claim-unreadable        a claim names a node
//   epoch-skipped           a valid claim has the next epoch
//   epoch-unclaimed         no event has an epoch that nobody has claimed yet
//   type-unknown            its type is one that this version knows
//   payload-unreadable      it can be read, or an operator has decided to skip it (log/skips.h)
//   payload-not-canonical   written again it is the same, byte for byte
//   subject-unknown         it names a resource of the service's
//   type-of-other-resource  its type is one of that kind of resource
//   partition-wrong         the partition is the one that Kafka's murmur2 finds for its key
//   revision-gap            a resource's revisions are 1, 2, 3, ...
//   event-after-deletion    nothing happens to what was deleted
//   event-id-missing  actor-missing  time-invalid  request-hash-missing
//   time-backwards          a resource's events are in the order of time, to an hour
//   request-id-reused       a request id is used once in the time that it is remembered
//
// Of a partition it keeps 24 bytes for each resource and 16 for each request id, until the
// partition has been read.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/time/time.h>

#include <map>
#include <memory>
#include <string>

#include "cli/verify/findings.h"
#include "common/log/event_log.h"
#include "common/store/schema.h"

namespace leadstream::verify {

class PartitionChecks {
 public:
  struct Of {
    std::string service;
    int partition = 0;
    int partitions = 0;
    const store::Schema* schema = nullptr;
    // It is a log, and not an export, which holds the events that count alone.
    bool whole = true;
  };

  PartitionChecks(Of of, Findings* findings) : of_(std::move(of)), findings_(findings) {}

  // What an event that counts says; null: it does not count, or cannot be read.
  std::unique_ptr<google::protobuf::Message> See(const log::LoggedRecord& logged, bool counts);
  // There are no more records: none of them skips what could not be read.
  void Ended();
  // When the last event that counts was recorded.
  int64_t newest_us() const { return newest_us_; }

 private:
  struct Resource {
    int64_t revision = 0;
    int64_t time_us = 0;
    bool deleted = false;
  };

  Finding FindingOf(const char* check, const log::LoggedRecord& logged, std::string what) const;
  void Report(const char* check, const log::LoggedRecord& logged, std::string what);
  void SeePlace(const log::LoggedRecord& logged);
  void SeeClaim(const log::LoggedRecord& logged);
  void SeeHeaders(const log::LoggedRecord& logged);
  void SeeStory(const log::LoggedRecord& logged, const domain::Aggregate& aggregate);
  void SeeRequest(const log::LoggedRecord& logged);
  std::unique_ptr<google::protobuf::Message> Decode(const log::LoggedRecord& logged);

  const Of of_;
  Findings* const findings_;
  int64_t next_offset_ = 0;
  int64_t epoch_ = 0;
  int64_t newest_us_ = 0;
  std::map<int64_t, Finding> unreadable_;            // by offset
  absl::flat_hash_map<size_t, Resource> resources_;  // by the hash of its name
  absl::flat_hash_map<size_t, int64_t> requests_;    // by the hash of its id: when
};

}  // namespace leadstream::verify
