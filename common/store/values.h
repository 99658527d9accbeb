// The values beside the keys of keys.h. Integers are big-endian.
//
//   state      revision:u64 partition:u32 offset:u64 deleted:u8 resource
//   history    partition:u32 offset:u64 Record
//   request    revision:u64 time:u64 hash-length:u8 hash name
//   tally      count:u64 then, each behind a NUL, the sums in plain notation
//   partition  next offset:u64 epoch:u64 node NUL incarnation NUL address
#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include <string>

#include "common/domain/tally.h"
#include "common/store/read_model.h"

namespace leadstream::store {

std::string EncodeState(const StoredState& state);
// DataLoss: it is none.
absl::StatusOr<StoredState> DecodeState(const google::protobuf::Message& prototype,
                                        absl::string_view bytes);

std::string EncodeHistory(const EventPosition& position, const common::v1::Record& record);
absl::StatusOr<StoredEvent> DecodeHistory(absl::string_view bytes);

std::string EncodeRequest(const AcceptedRequest& request);
absl::StatusOr<AcceptedRequest> DecodeRequest(absl::string_view bytes);

std::string EncodeTally(const domain::TallyTotal& total);
absl::StatusOr<domain::TallyTotal> DecodeTally(absl::string_view bytes);

std::string EncodePartition(int64_t next_offset, const log::Fence& fence);
absl::Status DecodePartition(absl::string_view bytes, int64_t* next_offset, log::Fence* fence);

}  // namespace leadstream::store
