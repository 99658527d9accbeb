#include "common/telemetry/trace.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <algorithm>
#include <random>

namespace leadstream::telemetry {
namespace {

// version "-" trace-id "-" parent-id "-" flags
constexpr size_t kBytes = 55, kTraceAt = 3, kSpanAt = 36, kFlagsAt = 53;

bool IsHex(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}
bool IsZero(absl::string_view text) {
  return text.find_first_not_of('0') == absl::string_view::npos;
}

uint64_t Random() {
  thread_local std::mt19937_64 random([] {
    std::random_device device;
    return (static_cast<uint64_t>(device()) << 32) | device();
  }());
  uint64_t value = 0;
  while (value == 0) value = random();
  return value;
}

std::string HexOf(uint64_t value) { return absl::StrCat(absl::Hex(value, absl::kZeroPad16)); }

thread_local std::string current;

}  // namespace

// Versions to come may add to it, but not to 00; ff is none.
std::optional<TraceContext> ParseTraceparent(absl::string_view text) {
  if (text.size() < kBytes || text[2] != '-' || text[kSpanAt - 1] != '-' ||
      text[kFlagsAt - 1] != '-')
    return std::nullopt;
  const absl::string_view version = text.substr(0, 2);
  const absl::string_view trace = text.substr(kTraceAt, 32), span = text.substr(kSpanAt, 16);
  const absl::string_view flags = text.substr(kFlagsAt, 2);
  if (!IsHex(version) || version == "ff" || !IsHex(trace) || !IsHex(span) || !IsHex(flags))
    return std::nullopt;
  if (IsZero(trace) || IsZero(span)) return std::nullopt;
  if (text.size() > kBytes && (version == "00" || text[kBytes] != '-')) return std::nullopt;
  const int low = flags[1] <= '9' ? flags[1] - '0' : flags[1] - 'a' + 10;
  return TraceContext{std::string(trace), std::string(span), (low & 1) != 0};
}

std::string ToTraceparent(const TraceContext& context) {
  return absl::StrCat("00-", context.trace_id, "-", context.span_id,
                      context.sampled ? "-01" : "-00");
}

void Span::End(const std::string& error) {
  if (record_ == nullptr) return;
  record_->ended = absl::Now();
  record_->error = error;
  (*sink_)(std::move(*record_));
  record_.reset();
}

Span Tracer::Begin(SpanRecord::Kind kind, const std::string& service, const std::string& name,
                   const std::string& traceparent) const {
  Span span;
  std::optional<TraceContext> parent;
  if (!traceparent.empty()) parent = ParseTraceparent(traceparent);
  if (parent) span.traceparent_ = traceparent;
  if (!sink_ || (parent && !parent->sampled)) return span;
  if (!parent && !(ratio_ > 0 && static_cast<double>(Random() >> 11) * 0x1p-53 < ratio_))
    return span;
  auto record = std::make_shared<SpanRecord>();
  record->context.trace_id =
      parent ? parent->trace_id : absl::StrCat(HexOf(Random()), HexOf(Random()));
  record->context.span_id = HexOf(Random());
  record->context.sampled = true;
  if (parent) record->parent_span_id = parent->span_id;
  record->kind = kind;
  record->service = service;
  record->name = name;
  record->began = absl::Now();
  span.traceparent_ = ToTraceparent(record->context);
  span.record_ = std::move(record);
  span.sink_ = &sink_;
  return span;
}

const Tracer* NoTracer() {
  static const auto* const kNone = new Tracer();
  return kNone;
}

ScopedTrace::ScopedTrace(std::string traceparent) : before_(std::move(traceparent)) {
  current.swap(before_);
}
ScopedTrace::~ScopedTrace() { current.swap(before_); }
const std::string& ScopedTrace::Current() { return current; }

}  // namespace leadstream::telemetry
