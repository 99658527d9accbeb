// Calls kept in flight against a server, and how long each took. Callers need not be threads: each
// ended call begins the next.
//
//   Load<CreateLeadRequest, Lead> load(Channels(address),
//                                      "/leadstream.lead.v1.LeadService/CreateLead", 64);
//   Timings timings = load.Run(absl::Seconds(5), [&](CreateLeadRequest* request) { ... });
#pragma once

#include <absl/synchronization/mutex.h>
#include <absl/time/clock.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/bench/figures.h"
#include "tests/bench/limit.h"

namespace leadstream::bench {

// Two TCP connections, as two clients would have.
std::vector<std::shared_ptr<grpc::Channel>> Channels(const std::string& address);

struct Timings {
  double seconds = 0;
  double cpu_seconds = 0;  // of this process
  std::vector<double> us;  // of each call
  std::string error;       // of the first call that failed

  double PerSecond() const { return static_cast<double>(us.size()) / seconds; }
  double CpuUs() const { return cpu_seconds * 1e6 / static_cast<double>(us.size()); }
  double P50() { return Quantile(&us, 0.50); }
  double P99() { return Quantile(&us, 0.99); }
};

template <typename Request, typename Reply>
class Load {
 public:
  using Stub = grpc::TemplatedGenericStub<Request, Reply>;

  Load(const std::vector<std::shared_ptr<grpc::Channel>>& channels, std::string method,
       int in_flight)
      : method_(std::move(method)), slots_(static_cast<size_t>(in_flight)) {
    for (const auto& channel : channels) stubs_.push_back(std::make_unique<Stub>(channel));
  }

  // Until the time is over, `next` has no more requests (false), or a call fails. `next` and
  // `answered` are called from any thread, one at a time.
  Timings Run(absl::Duration duration, std::function<bool(Request*)> next,
              std::function<void(const Reply&)> answered = nullptr) {
    next_ = std::move(next);
    answered_ = std::move(answered);
    timings_ = {};
    const absl::Time began = absl::Now();
    const double cpu_before = CpuSeconds();
    ends_ = began + duration;
    live_ = static_cast<int>(slots_.size());
    for (size_t i = 0; i < slots_.size(); ++i) Begin(&slots_[i], stubs_[i % stubs_.size()].get());
    absl::MutexLock lock(&mutex_);
    auto all_ended = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return live_ == 0; };
    mutex_.Await(absl::Condition(&all_ended));
    timings_.seconds = absl::ToDoubleSeconds(absl::Now() - began);
    timings_.cpu_seconds = CpuSeconds() - cpu_before;
    return std::move(timings_);
  }

 private:
  struct Slot {
    Request request;
    Reply reply;
    std::unique_ptr<grpc::ClientContext> context;
    absl::Time began;
  };

  void Begin(Slot* slot, Stub* stub) {
    {
      absl::MutexLock lock(&mutex_);
      slot->request.Clear();
      if (absl::Now() >= ends_ || !timings_.error.empty() || !next_(&slot->request)) {
        --live_;
        return;
      }
    }
    slot->reply.Clear();
    slot->context = std::make_unique<grpc::ClientContext>();
    slot->began = absl::Now();
    stub->UnaryCall(slot->context.get(), method_, {}, &slot->request, &slot->reply,
                    [this, slot, stub](const grpc::Status& status) {
                      const double us = absl::ToDoubleMicroseconds(absl::Now() - slot->began);
                      {
                        absl::MutexLock lock(&mutex_);
                        if (status.ok()) {
                          timings_.us.push_back(us);
                          if (answered_) answered_(slot->reply);
                        } else {
                          timings_.error = status.error_message();
                        }
                      }
                      Begin(slot, stub);
                    });
  }

  const std::string method_;
  std::vector<std::unique_ptr<Stub>> stubs_;
  std::vector<Slot> slots_;
  std::function<bool(Request*)> next_;
  std::function<void(const Reply&)> answered_;
  absl::Mutex mutex_;
  Timings timings_;
  absl::Time ends_;
  int live_ = 0;
};

}  // namespace leadstream::bench
