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

class Fence {
 public:
  Fence() = default;
  explicit Fence(int64_t epoch, std::string node = "", std::string address = "")
      : epoch_(epoch), node_(std::move(node)), address_(std::move(address)) {}

  // Takes the next record of the partition. True: it is an event that counts.
  bool Admit(const common::v1::Record& record);

  // The epoch, node and address of the last valid claim; 0 and empty before the first.
  int64_t epoch() const { return epoch_; }
  const std::string& node() const { return node_; }
  const std::string& address() const { return address_; }

  static bool IsClaim(const common::v1::Record& record);
  // The claim by which `node` becomes the writer after all that `this` has admitted.
  common::v1::Record NextClaim(absl::string_view id, absl::string_view node,
                               absl::string_view address, int64_t time_us) const;

 private:
  int64_t epoch_ = 0;
  std::string node_;
  std::string address_;
};

}  // namespace leadstream::log
