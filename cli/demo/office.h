// How the demo's people reach the services, and by which clock they work.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/clock.h>
#include <google/protobuf/message.h>

#include "cli/client.h"

namespace leadstream::demo {

class Office {
 public:
  virtual ~Office() = default;

  // As cli::Client's.
  template <typename Reply>
  absl::StatusOr<Reply> Call(const google::protobuf::Message& request) {
    Reply reply;
    absl::Status status = CallInto(request, &reply);
    if (!status.ok()) return status;
    return reply;
  }
  virtual absl::Status CallInto(const google::protobuf::Message& request,
                                google::protobuf::Message* reply) = 0;

  virtual absl::Time Now() const = 0;
  // Something will have happened a moment later.
  virtual void Wait(absl::Duration moment) = 0;
  // People take their time: days go by, unless nobody has them.
  virtual void Pass(absl::Duration days) = 0;
};

// Services that answer over gRPC, today.
class LiveOffice : public Office {
 public:
  explicit LiveOffice(cli::Client* client) : client_(client) {}

  absl::Status CallInto(const google::protobuf::Message& request,
                        google::protobuf::Message* reply) override {
    return client_->CallInto(request, reply);
  }
  absl::Time Now() const override { return absl::Now(); }
  void Wait(absl::Duration moment) override { absl::SleepFor(moment); }
  void Pass(absl::Duration) override {}

 private:
  cli::Client* const client_;
};

}  // namespace leadstream::demo
