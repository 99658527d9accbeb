// How a service asks the owners of other resources.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <memory>
#include <optional>
#include <string>

#include "common/log/position.h"

namespace leadstream::runtime {

class Peers {
 public:
  virtual ~Peers() = default;
  // A resource as it is (revision 0) or as it was, by an owner that has folded `after`, if that is
  // an event of its own. NotFound: there is none. Unavailable: its owner does not answer, or is not
  // that far.
  virtual absl::StatusOr<std::shared_ptr<const google::protobuf::Message>> Get(
      const std::string& name, int64_t revision, const std::optional<log::Position>& after,
      absl::Time deadline) = 0;
  // Any method that answers once, by an owner that has folded all that was answered before.
  // Unavailable: there is none.
  virtual absl::Status Call(const std::string& service,
                            const google::protobuf::MethodDescriptor* method,
                            const google::protobuf::Message& request, absl::Time deadline,
                            google::protobuf::Message* reply) {
    (void)method, (void)request, (void)deadline, (void)reply;
    return absl::UnavailableError("nobody is known of the service " + service);
  }
};

}  // namespace leadstream::runtime
