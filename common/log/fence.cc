#include "common/log/fence.h"

namespace leadstream::log {

using common::v1::PartitionClaimed;
using common::v1::Record;
using common::v1::WriterAnswered;
using common::v1::WriterAsked;

bool Fence::IsClaim(const Record& record) {
  return record.type() == PartitionClaimed::descriptor()->full_name();
}

bool Fence::IsQuestion(const Record& record) {
  return record.type() == WriterAsked::descriptor()->full_name();
}

bool Fence::Admit(const Record& record) {
  if (IsEvent(record)) return epoch_ > 0 && record.epoch() == epoch_;
  PartitionClaimed claimed;
  if (IsClaim(record) && record.epoch() > epoch_ && claimed.ParseFromString(record.data())) {
    epoch_ = record.epoch();
    writer_ = {claimed.node(), claimed.incarnation(), claimed.address()};
  }
  return false;
}

Record Fence::Control(const google::protobuf::Message& message, absl::string_view id,
                      absl::string_view actor, int64_t epoch, int64_t time_us) const {
  Record record;
  record.set_type(message.GetDescriptor()->full_name());
  record.set_id(std::string(id));
  record.set_time_us(time_us);
  record.set_epoch(epoch);
  record.set_actor(std::string(actor));
  message.SerializeToString(record.mutable_data());
  return record;
}

Record Fence::NextClaim(absl::string_view id, const NodeIdentity& writer, int64_t time_us) const {
  PartitionClaimed claimed;
  claimed.set_node(writer.node);
  claimed.set_incarnation(writer.incarnation);
  claimed.set_address(writer.address);
  return Control(claimed, id, writer.node, epoch_ + 1, time_us);
}

Record Fence::Question(absl::string_view id, absl::string_view node, int64_t time_us) const {
  WriterAsked asked;
  asked.set_node(std::string(node));
  return Control(asked, id, node, epoch_, time_us);
}

Record Fence::Answer(absl::string_view id, int64_t time_us) const {
  return Control(WriterAnswered(), id, writer_.node, epoch_, time_us);
}

Record Fence::Skip(absl::string_view id, absl::string_view actor, int64_t offset,
                   absl::string_view reason, int64_t time_us) const {
  common::v1::RecordSkipped skipped;
  skipped.set_offset(offset);
  skipped.set_reason(std::string(reason));
  return Control(skipped, id, actor, epoch_, time_us);
}

}  // namespace leadstream::log
