#include "common/telemetry/trace.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace leadstream::telemetry {
namespace {

constexpr char kCaller[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
constexpr char kUnsampled[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

TEST(Traceparent, IsReadAndWritten) {
  const auto context = ParseTraceparent(kCaller);
  ASSERT_TRUE(context);
  EXPECT_EQ(context->trace_id, "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(context->span_id, "b7ad6b7169203331");
  EXPECT_TRUE(context->sampled);
  EXPECT_EQ(ToTraceparent(*context), kCaller);
  EXPECT_FALSE(ParseTraceparent(kUnsampled)->sampled);
}

TEST(Traceparent, OfALaterVersionMayHaveMore) {
  EXPECT_TRUE(ParseTraceparent("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what"));
  EXPECT_FALSE(ParseTraceparent("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.what"));
}

TEST(Traceparent, ThatIsNoneIsNone) {
  for (const char* text : {
           "",
           "00",
           "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
           "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what",
           "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
           "00-00000000000000000000000000000000-b7ad6b7169203331-01",
           "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
           "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
           "00-0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331-01",
           "00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333x-01",
       })
    EXPECT_FALSE(ParseTraceparent(text)) << text;
}

class TracerTest : public ::testing::Test {
 protected:
  std::vector<SpanRecord> ended_;
  const SpanSink sink_ = [this](SpanRecord span) { ended_.push_back(std::move(span)); };
};

TEST_F(TracerTest, ASpanFollowsFromItsCallers) {
  const Tracer tracer(0, sink_);
  Span outer = tracer.Begin(SpanRecord::kServer, "lead", "LeadService/CreateLead", kCaller);
  Span inner = tracer.Begin(SpanRecord::kInternal, "lead", "decide", outer.traceparent());
  inner.Set("outcome", "accepted");
  inner.End();
  outer.End("no");
  outer.End("once is enough");
  ASSERT_EQ(ended_.size(), 2u);
  EXPECT_EQ(ended_[1].parent_span_id, "b7ad6b7169203331");
  EXPECT_EQ(ended_[0].parent_span_id, ended_[1].context.span_id);
  EXPECT_EQ(ended_[0].context.trace_id, "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(ended_[1].error, "no");
  EXPECT_LE(ended_[1].began, ended_[0].began);
}

TEST_F(TracerTest, WhatIsNotSampledIsPassedOnAsItCame) {
  const Tracer tracer(1, sink_);
  Span span = tracer.Begin(SpanRecord::kServer, "lead", "x", kUnsampled);
  EXPECT_EQ(span.traceparent(), kUnsampled);
  EXPECT_FALSE(span.recorded());
  span.End();
  EXPECT_EQ(Tracer().Begin(SpanRecord::kServer, "lead", "x", kCaller).traceparent(), kCaller);
  EXPECT_TRUE(ended_.empty());
}

TEST_F(TracerTest, BeginsATraceForCallsWithoutOneByChance) {
  EXPECT_EQ(Tracer(0, sink_).Begin(SpanRecord::kServer, "lead", "x", "").traceparent(), "");
  const Tracer always(1, sink_);
  std::set<std::string> traces;
  for (int i = 0; i < 100; ++i) {
    Span span = always.Begin(SpanRecord::kServer, "lead", "x", i % 2 == 0 ? "" : "no traceparent");
    ASSERT_TRUE(ParseTraceparent(span.traceparent())) << span.traceparent();
    traces.insert(ParseTraceparent(span.traceparent())->trace_id);
  }
  EXPECT_EQ(traces.size(), 100u);
  const Tracer tenth(0.1, sink_);
  int begun = 0;
  for (int i = 0; i < 10'000; ++i)
    begun += tenth.Begin(SpanRecord::kServer, "lead", "x", "").recorded();
  EXPECT_GT(begun, 800);
  EXPECT_LT(begun, 1'200);
  EXPECT_FALSE(always.Follow(SpanRecord::kServer, "lead", "x", "").recorded());
}

}  // namespace
}  // namespace leadstream::telemetry
