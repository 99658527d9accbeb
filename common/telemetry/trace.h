// W3C trace context (https://www.w3.org/TR/trace-context/), and spans: what took how long, and what
// it followed from. Knows no exporter.
//
//   Span span = tracer.Begin(Span::kServer, "lead", "LeadService/CreateLead", caller_traceparent);
//   ... span.traceparent() goes on with what follows from it ...
//   span.End();
//
// A caller's sampled trace is followed; a call without one begins a trace by chance, as the tracer
// is told. What is not sampled costs nothing, and its traceparent is passed on as it came.
#pragma once

#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace leadstream::telemetry {

struct TraceContext {
  std::string trace_id;  // 32 hexadecimal digits
  std::string span_id;   // 16
  bool sampled = false;
};

// Nothing: it is none, of any version so far.
std::optional<TraceContext> ParseTraceparent(absl::string_view text);
std::string ToTraceparent(const TraceContext& context);

// What is exported of a span that has ended.
struct SpanRecord {
  enum Kind { kInternal = 1, kServer = 2, kClient = 3, kProducer = 4, kConsumer = 5 };  // as OTLP's

  TraceContext context;
  std::string parent_span_id;  // empty: it begins its trace
  Kind kind = kInternal;
  std::string service;  // "lead"
  std::string name;
  absl::Time began, ended;
  std::vector<std::pair<std::string, std::string>> attributes;
  std::string error;  // empty: it went well
};

// Takes spans that have ended; never waits. Thread-safe.
using SpanSink = std::function<void(SpanRecord)>;

class Span {
 public:
  Span() = default;  // records nothing

  // What follows from this goes on with it; empty where there is no trace.
  const std::string& traceparent() const { return traceparent_; }
  bool recorded() const { return record_ != nullptr; }
  void Set(const std::string& attribute, std::string value) {
    if (record_ != nullptr) record_->attributes.emplace_back(attribute, std::move(value));
  }
  // Once. An empty error: it went well.
  void End(const std::string& error = "");

 private:
  friend class Tracer;
  std::string traceparent_;
  std::shared_ptr<SpanRecord> record_;  // shared by copies, of which one ends it
  const SpanSink* sink_ = nullptr;
};

class Tracer {
 public:
  Tracer() = default;  // passes on what callers bring
  // `ratio` of the calls that bring no trace begin one.
  Tracer(double ratio, SpanSink sink) : ratio_(ratio), sink_(std::move(sink)) {}
  Tracer(const Tracer&) = delete;
  Tracer& operator=(const Tracer&) = delete;

  // Following from `traceparent`, which may be empty. It lives no longer than the tracer.
  Span Begin(SpanRecord::Kind kind, const std::string& service, const std::string& name,
             const std::string& traceparent) const;
  // The same, but only if it follows from something.
  Span Follow(SpanRecord::Kind kind, const std::string& service, const std::string& name,
              const std::string& traceparent) const {
    return traceparent.empty() ? Span() : Begin(kind, service, name, traceparent);
  }

 private:
  const double ratio_ = 0;
  const SpanSink sink_;
};

// Passes on what callers bring, for ever.
const Tracer* NoTracer();

// The trace that this thread is at work for, so that what it logs can say so.
class ScopedTrace {
 public:
  explicit ScopedTrace(std::string traceparent);
  ~ScopedTrace();
  ScopedTrace(const ScopedTrace&) = delete;
  ScopedTrace& operator=(const ScopedTrace&) = delete;
  // Empty: there is none.
  static const std::string& Current();

 private:
  std::string before_;
};

}  // namespace leadstream::telemetry
