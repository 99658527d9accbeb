// Who may write a partition: the rule by which every reader of a log decides which records count.
//
// A claim is valid only if its epoch is higher than that of the last valid claim. A record counts
// only if its epoch is that of the last valid claim before it. All readers fold the same log by the
// same rule, so all agree on what happened without asking anyone: a writer that was paused and
// wakes up can append, but what it appends counts for nobody.
#pragma once

#include <absl/strings/string_view.h>

#include <cstdint>
#include <string>

#include "leadstream/common/v1/record.pb.h"

namespace leadstream::log {

// A node, in one life of its process.
struct NodeIdentity {
  std::string node = {};         // unique in the cluster, the same after a restart
  std::string incarnation = {};  // another one after each start
  std::string address = {};      // where it answers, host:port
  bool operator==(const NodeIdentity&) const = default;
};

class Fence {
 public:
  Fence() = default;
  explicit Fence(int64_t epoch, NodeIdentity writer = {})
      : epoch_(epoch), writer_(std::move(writer)) {}

  // Takes the next record of the partition. True: it is an event that counts.
  bool Admit(const common::v1::Record& record);

  // The epoch of the last valid claim, and whom it made the writer; 0 and empty before the first.
  int64_t epoch() const { return epoch_; }
  const NodeIdentity& writer() const { return writer_; }

  // By a record's type. What is no event has no subject either.
  static bool IsEvent(const common::v1::Record& record) { return !record.subject().empty(); }
  static bool IsClaim(const common::v1::Record& record);
  static bool IsQuestion(const common::v1::Record& record);

  // The claim by which `writer` becomes the writer after all that `this` has admitted.
  common::v1::Record NextClaim(absl::string_view id, const NodeIdentity& writer,
                               int64_t time_us) const;
  // Asks the present writer for a sign of life; and its answer.
  common::v1::Record Question(absl::string_view id, absl::string_view node, int64_t time_us) const;
  common::v1::Record Answer(absl::string_view id, int64_t time_us) const;
  // An operator's decision to pass over the record at `offset` (log/skips.h).
  common::v1::Record Skip(absl::string_view id, absl::string_view actor, int64_t offset,
                          absl::string_view reason, int64_t time_us) const;

 private:
  common::v1::Record Control(const google::protobuf::Message& message, absl::string_view id,
                             absl::string_view actor, int64_t epoch, int64_t time_us) const;

  int64_t epoch_ = 0;
  NodeIdentity writer_;
};

}  // namespace leadstream::log
