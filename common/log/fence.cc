#include "common/log/fence.h"

namespace leadstream::log {

using common::v1::PartitionClaimed;
using common::v1::Record;

bool Fence::IsClaim(const Record& record) {
  return record.type() == PartitionClaimed::descriptor()->full_name();
}

bool Fence::Admit(const Record& record) {
  if (!IsClaim(record)) return record.epoch() == epoch_;
  PartitionClaimed claimed;
  if (record.epoch() > epoch_ && claimed.ParseFromString(record.data())) {
    epoch_ = record.epoch();
    node_ = claimed.node();
    address_ = claimed.address();
  }
  return false;
}

Record Fence::NextClaim(absl::string_view id, absl::string_view node, absl::string_view address,
                        int64_t time_us) const {
  PartitionClaimed claimed;
  claimed.set_node(std::string(node));
  claimed.set_address(std::string(address));
  Record record;
  record.set_type(PartitionClaimed::descriptor()->full_name());
  record.set_id(std::string(id));
  record.set_time_us(time_us);
  record.set_epoch(epoch_ + 1);
  record.set_actor(std::string(node));
  claimed.SerializeToString(record.mutable_data());
  return record;
}

}  // namespace leadstream::log
