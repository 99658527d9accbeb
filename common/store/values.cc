#include "common/store/values.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

#include "common/store/keys.h"

namespace leadstream::store {
namespace {

constexpr size_t kStateHeader = 8 + 4 + 8 + 1;
constexpr size_t kHistoryHeader = 4 + 8;
constexpr size_t kRequestHeader = 8 + 8 + 1;
constexpr size_t kPartitionHeader = 8 + 8;
constexpr size_t kCountBytes = 8;

absl::Status Broken(const char* what) {
  return absl::DataLossError(absl::StrCat("the read model holds a broken ", what));
}

}  // namespace

std::string EncodeState(const StoredState& state) {
  std::string bytes = absl::StrCat(BigEndian64(state.revision), BigEndian32(state.partition),
                                   BigEndian64(state.offset));
  bytes.push_back(state.deleted ? '\1' : '\0');
  state.resource->AppendToString(&bytes);
  return bytes;
}

absl::StatusOr<StoredState> DecodeState(const google::protobuf::Message& prototype,
                                        absl::string_view bytes) {
  if (bytes.size() < kStateHeader) return Broken("state");
  StoredState state;
  state.revision = ReadBigEndian64(bytes);
  state.partition = ReadBigEndian32(bytes.substr(8));
  state.offset = ReadBigEndian64(bytes.substr(12));
  state.deleted = bytes[20] != '\0';
  bytes.remove_prefix(kStateHeader);
  std::shared_ptr<google::protobuf::Message> resource(prototype.New());
  if (!resource->ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return Broken("state");
  state.resource = std::move(resource);
  return state;
}

std::string EncodeHistory(const EventPosition& position, const common::v1::Record& record) {
  std::string bytes = absl::StrCat(BigEndian32(position.partition), BigEndian64(position.offset));
  record.AppendToString(&bytes);
  return bytes;
}

absl::StatusOr<StoredEvent> DecodeHistory(absl::string_view bytes) {
  if (bytes.size() < kHistoryHeader) return Broken("event");
  StoredEvent event{{ReadBigEndian32(bytes), ReadBigEndian64(bytes.substr(4))}, {}};
  bytes.remove_prefix(kHistoryHeader);
  if (!event.record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return Broken("event");
  return event;
}

std::string EncodeRequest(const AcceptedRequest& request) {
  return absl::StrCat(BigEndian64(request.revision), BigEndian64(request.time_us),
                      std::string(1, static_cast<char>(request.hash.size())), request.hash,
                      request.name);
}

absl::StatusOr<AcceptedRequest> DecodeRequest(absl::string_view bytes) {
  if (bytes.size() < kRequestHeader) return Broken("request id");
  AcceptedRequest request;
  request.revision = ReadBigEndian64(bytes);
  request.time_us = ReadBigEndian64(bytes.substr(8));
  const size_t hash_bytes = static_cast<unsigned char>(bytes[16]);
  bytes.remove_prefix(kRequestHeader);
  if (bytes.size() < hash_bytes) return Broken("request id");
  request.hash = std::string(bytes.substr(0, hash_bytes));
  request.name = std::string(bytes.substr(hash_bytes));
  return request;
}

std::string EncodeTally(const domain::TallyTotal& total) {
  std::string bytes = BigEndian64(total.count);
  for (const domain::Decimal& sum : total.sums)
    absl::StrAppend(&bytes, absl::string_view("\0", 1), sum.ToString());
  return bytes;
}

absl::StatusOr<domain::TallyTotal> DecodeTally(absl::string_view bytes) {
  if (bytes.size() < kCountBytes) return Broken("tally");
  domain::TallyTotal total;
  total.count = ReadBigEndian64(bytes);
  bytes.remove_prefix(kCountBytes);
  if (bytes.empty()) return total;
  for (absl::string_view text : absl::StrSplit(bytes.substr(1), '\0')) {
    auto sum = domain::Decimal::Parse(text);
    if (!sum.ok()) return Broken("tally");
    total.sums.push_back(*std::move(sum));
  }
  return total;
}

std::string EncodePartition(int64_t next_offset, const log::Fence& fence) {
  const absl::string_view nul("\0", 1);
  const log::NodeIdentity& writer = fence.writer();
  return absl::StrCat(BigEndian64(next_offset), BigEndian64(fence.epoch()), writer.node, nul,
                      writer.incarnation, nul, writer.address);
}

absl::Status DecodePartition(absl::string_view bytes, int64_t* next_offset, log::Fence* fence) {
  if (bytes.size() < kPartitionHeader) return Broken("partition");
  const std::vector<std::string> writer =
      absl::StrSplit(bytes.substr(kPartitionHeader), absl::MaxSplits('\0', 2));
  if (writer.size() != 3) return Broken("partition");
  *next_offset = ReadBigEndian64(bytes);
  *fence = log::Fence(ReadBigEndian64(bytes.substr(8)), {writer[0], writer[1], writer[2]});
  return absl::OkStatus();
}

}  // namespace leadstream::store
