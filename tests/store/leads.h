// Read models of leads, and records to fold into them.
#pragma once

#include <absl/strings/str_cat.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "common/store/read_model.h"
#include "leadstream/lead/v1/events.pb.h"

namespace leadstream::store {

inline void Evolve(const lead::v1::LeadCreated& event, lead::v1::Lead* lead) {
  *lead = event.lead();
}
inline void Evolve(const lead::v1::LeadUpdated& event, lead::v1::Lead* lead) {
  *lead = event.lead();
}

// In a directory of its own, with as much memory as a test needs.
inline std::unique_ptr<ReadModel> OpenSmall(const Schema& schema, ReadModelOptions options) {
  options.memory = SharedMemory::Make(8 << 20, 64 << 20);
  auto model = ReadModel::Open(options, &schema);
  EXPECT_TRUE(model.ok()) << model.status();
  return model.ok() ? std::move(*model) : nullptr;
}

// The event that makes a resource's revision, of the first epoch.
inline common::v1::Record RecordOf(const std::string& name, int64_t revision,
                                   const google::protobuf::Message& event) {
  common::v1::Record record;
  record.set_subject(name);
  record.set_revision(revision);
  record.set_type(event.GetDescriptor()->full_name());
  record.set_data(event.SerializeAsString());
  record.set_id(absl::StrCat(name, "-", revision));
  record.set_epoch(1);
  return record;
}

}  // namespace leadstream::store
