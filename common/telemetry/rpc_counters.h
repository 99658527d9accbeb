// How often each method of a server was called, how long that took, and how it ended.
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/clock.h>

#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "common/telemetry/counter.h"

namespace leadstream::telemetry {

class RpcCounters {
 public:
  static constexpr int kCodes = 17;  // of google.rpc.Code, from OK on

  class Method {
   public:
    explicit Method(Gauge* in_flight) : in_flight_(in_flight) {}
    ~Method() {
      for (auto& durations : durations_) delete durations.load();
    }
    Method(const Method&) = delete;
    Method& operator=(const Method&) = delete;
    Gauge& in_flight() { return *in_flight_; }
    void Ended(int code, absl::Duration took) {
      auto& slot = durations_[static_cast<size_t>(code >= 0 && code < kCodes ? code : 2)];
      Histogram* durations = slot.load(std::memory_order_acquire);
      if (durations == nullptr) durations = Make(&slot);
      durations->Observe(absl::ToInt64Nanoseconds(took));
    }
    // Null: it never ended with that code.
    const Histogram* durations(int code) const {
      return durations_[static_cast<size_t>(code)].load(std::memory_order_acquire);
    }

   private:
    static Histogram* Make(std::atomic<Histogram*>* slot) {
      auto made = std::make_unique<Histogram>(Durations());
      Histogram* there = nullptr;
      if (slot->compare_exchange_strong(there, made.get(), std::memory_order_acq_rel))
        return made.release();
      return there;
    }

    Gauge* const in_flight_;
    std::array<std::atomic<Histogram*>, kCodes> durations_{};
  };

  // A method, such as "LeadService/CreateLead", of a context, such as "lead". It lives as long as
  // this does.
  Method* Of(const std::string& context, const std::string& method) {
    absl::MutexLock lock(&mutex_);
    auto& found = methods_[{context, method}];
    if (found == nullptr) found = std::make_unique<Method>(&in_flight_[context]);
    return found.get();
  }
  void ForEach(const std::function<void(const std::string& context, const std::string& method,
                                        const Method&)>& show) const {
    absl::MutexLock lock(&mutex_);
    for (const auto& [key, method] : methods_) show(key.first, key.second, *method);
  }
  void ForEachInFlight(
      const std::function<void(const std::string& context, int64_t calls)>& show) const {
    absl::MutexLock lock(&mutex_);
    for (const auto& [context, calls] : in_flight_) show(context, calls.value());
  }

 private:
  mutable absl::Mutex mutex_;
  std::map<std::pair<std::string, std::string>, std::unique_ptr<Method>> methods_
      ABSL_GUARDED_BY(mutex_);
  std::map<std::string, Gauge> in_flight_ ABSL_GUARDED_BY(mutex_);
};

// One call under way: it is counted as such until the one of its copies that is told of its end.
class RpcUnderWay {
 public:
  explicit RpcUnderWay(RpcCounters::Method* method) : method_(method), began_(absl::Now()) {
    method_->in_flight().Add(1);
  }
  void Ended(int code) {
    Left();
    method_->Ended(code, absl::Now() - began_);
  }
  // The same of a stream, whose time says nothing.
  void Left() { method_->in_flight().Add(-1); }

 private:
  RpcCounters::Method* method_;
  absl::Time began_;
};

}  // namespace leadstream::telemetry
