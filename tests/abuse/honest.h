// A caller who means no harm, and the disk that it waits for: how long each takes.
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/time.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "leadstream/lead/v1/lead_commands.pb.h"
#include "leadstream/lead/v1/lead_service.pb.h"

namespace leadstream::testing {

// One connection. Not thread-safe.
class Honest {
 public:
  Honest(const std::string& address, std::string lead);

  // Reads of `lead` and commands, by turns, so many a second. Returns when all have ended.
  void Call(absl::Duration duration, int rate);
  // Of the calls since the last time, each from the moment it was due: of all, and of those that
  // read.
  std::vector<double> TakeMs(std::vector<double>* reads);
  std::vector<std::string> TakeFailures();

 private:
  template <typename Request>
  using Stub = grpc::TemplatedGenericStub<Request, lead::v1::Lead>;

  template <typename Request>
  void Begin(Stub<Request>* stub, const char* method, Request request, absl::Time due);

  const std::string lead_;
  const std::shared_ptr<grpc::Channel> channel_;
  Stub<lead::v1::GetLeadRequest> reads_;
  Stub<lead::v1::CreateLeadRequest> writes_;
  uint64_t number_ = 0;
  absl::Mutex mutex_;
  int open_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<double> ms_ ABSL_GUARDED_BY(mutex_), reads_ms_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> failures_ ABSL_GUARDED_BY(mutex_);
};

// Makes a few bytes durable in a file again and again, as commands do, on a thread of its own.
class Disk {
 public:
  explicit Disk(const std::string& path);
  ~Disk();

  // How long it took each time since the last time, from the moment it was due.
  std::vector<double> TakeMs();

 private:
  void Write();

  const int file_;
  std::atomic<bool> over_{false};
  absl::Mutex mutex_;
  std::vector<double> ms_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;  // the last one: it uses what stands above
};

}  // namespace leadstream::testing
