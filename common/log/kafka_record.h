// A record as a Kafka message: CloudEvents 1.0, Kafka protocol binding, binary mode, so that any
// tool can read it.
//
//   key             the subject: the name of the resource. None for a claim
//   value           the event message, serialized. Never null, which would be a tombstone
//   ce_specversion  1.0
//   ce_id ce_type ce_subject ce_time (RFC 3339, UTC, microseconds)
//   ce_source       /<topic>, such as /leadstream.lead
//   ce_dataschema   https://type.googleapis.com/<ce_type>, protobuf's own URL of a type
//   content-type    application/protobuf
//   ce_revision ce_epoch                              decimal
//   ce_requestid ce_requesthash (hex) ce_actor ce_correlationid ce_causationid traceparent
//
// Empty texts are left out. A reader takes what it knows and ignores what it does not; what is
// missing is empty. Without an epoch that can be read a record has epoch -1, so that it counts for
// nobody (fence.h): nothing that a foreign producer writes into a topic becomes an event.
//
// https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md
#pragma once

#include <absl/strings/string_view.h>
#include <librdkafka/rdkafka.h>

#include <string>

#include "leadstream/common/v1/record.pb.h"

namespace leadstream::log {

// The caller destroys them, or gives them to a message.
rd_kafka_headers_t* HeadersOf(const common::v1::Record& record, const std::string& topic);

// `headers` may be null.
common::v1::Record RecordOf(absl::string_view key, absl::string_view value,
                            const rd_kafka_headers_t* headers);
// The same into a record whose memory is used again.
void ReadRecord(absl::string_view key, absl::string_view value, const rd_kafka_headers_t* headers,
                common::v1::Record* record);

}  // namespace leadstream::log
