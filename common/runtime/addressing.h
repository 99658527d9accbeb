// Which resource a command is about, and in which partition that is.
#pragma once

#include <absl/strings/string_view.h>
#include <google/protobuf/message.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "common/runtime/command.h"
#include "common/store/schema.h"

namespace leadstream::runtime {

// A string field of a message; empty if it has none of that name.
std::string StringOf(const google::protobuf::Message& message, absl::string_view field);

// Thread-safe.
class Addressing {
 public:
  // `new_id` makes a unique id for a resource whose client chose none; `best` names the partition
  // that it had best lie in, -1 if it does not matter.
  Addressing(
      const store::Schema* schema, int partitions, std::function<std::string()> new_id,
      std::function<int()> best = [] { return -1; })
      : schema_(schema),
        partitions_(partitions),
        new_id_(std::move(new_id)),
        best_(std::move(best)) {}

  // Fills in all of `command` that follows from its request. One that was forwarded was validated
  // where it came from, and has its name. A refusal: there is no such command here, or its fields
  // are bad, all of which are named.
  std::optional<domain::Refusal> Address(std::unique_ptr<google::protobuf::Message> request,
                                         PendingCommand* command) const;
  int PartitionOf(const store::Collection& collection, absl::string_view name) const;

 private:
  void Name(PendingCommand* command) const;
  std::string NewName(const store::Collection& collection, const std::string& request_id) const;

  const store::Schema* const schema_;
  const int partitions_;
  const std::function<std::string()> new_id_;
  const std::function<int()> best_;
};

}  // namespace leadstream::runtime
