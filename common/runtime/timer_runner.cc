#include "common/runtime/timer_runner.h"

#include <absl/time/clock.h>

#include <utility>

namespace leadstream::runtime {
namespace {

constexpr absl::Duration kInterval = absl::Seconds(1);

TimersOptions OptionsOf(const TimerRunner::Options& runner) {
  TimersOptions options;
  options.service = runner.service;
  options.counters = runner.counters;
  return options;
}

}  // namespace

TimerRunner::TimerRunner(const store::ReadModel* model, ExecuteCommand execute, Options options)
    : execute_(std::move(execute)),
      options_(std::move(options)),
      timers_(model, this, OptionsOf(options_)) {}

TimerRunner::~TimerRunner() { Stop(); }

void TimerRunner::Start() {
  thread_ = std::thread([this] { Run(); });
}

void TimerRunner::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void TimerRunner::Execute(IssuedCommand command, std::function<void(Outcome)> done) {
  // Nobody asks for it, so it begins a trace, if any.
  auto span = options_.tracer->Begin(telemetry::SpanRecord::kInternal, options_.service,
                                     command.call.actor, "");
  command.call.traceparent = span.traceparent();
  execute_(std::move(command.request), std::move(command.call),
           [this, done, span](Outcome outcome) mutable {
             span.End(outcome.refusal ? outcome.refusal->message : "");
             absl::MutexLock lock(&mutex_);
             ended_.push_back([done, span, outcome = std::move(outcome)] {
               telemetry::ScopedTrace trace(span.traceparent());
               done(outcome);
             });
           });
}

void TimerRunner::Run() {
  absl::Time next = absl::Now();
  auto ready = [this]()
                   ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stopping_ || !ended_.empty(); };
  for (;;) {
    std::vector<std::function<void()>> ended;
    bool stopping = false;
    {
      absl::MutexLock lock(&mutex_);
      mutex_.AwaitWithDeadline(absl::Condition(&ready), next);
      ended.swap(ended_);
      stopping = stopping_;
    }
    for (auto& one : ended) one();
    if (stopping && timers_.idle()) return;
    if (stopping || absl::Now() < next) continue;
    timers_.Advance();
    next = absl::Now() + kInterval;
  }
}

}  // namespace leadstream::runtime
