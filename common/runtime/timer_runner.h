// Timers (timers.h) in a process: a thread that looks every second.
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/runtime/timers.h"
#include "common/telemetry/trace.h"

namespace leadstream::runtime {

class TimerRunner : private TimersHost {
 public:
  using ExecuteCommand = std::function<void(std::unique_ptr<google::protobuf::Message>, CallInfo,
                                            std::function<void(Outcome)>)>;
  struct Options {
    std::string service;
    std::function<int64_t()> now_us;
    // Whether this node writes a partition now.
    std::function<bool(int partition)> writes;
    std::shared_ptr<Counters> counters = std::make_shared<Counters>();
    const telemetry::Tracer* tracer = telemetry::NoTracer();
    std::function<void(int level, const std::string& message)> report;
  };

  TimerRunner(const store::ReadModel* model, ExecuteCommand execute, Options options);
  ~TimerRunner() override;

  void Start();
  // Waits for the commands under way and stops.
  void Stop();

 private:
  int64_t TimeMicros() override { return options_.now_us(); }
  bool Writes(int partition) override { return options_.writes(partition); }
  void Execute(IssuedCommand command, std::function<void(Outcome)> done) override;
  void Report(int level, const std::string& message) override { options_.report(level, message); }
  void Run();

  const ExecuteCommand execute_;
  const Options options_;
  Timers timers_;  // the thread's own
  absl::Mutex mutex_;
  std::vector<std::function<void()>> ended_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace leadstream::runtime
