// Spans on their way to a collector, and what becomes of those that it does not take.
#include "common/ops/otlp_exporter.h"

#include <absl/synchronization/mutex.h>
#include <absl/time/clock.h>
#include <gmock/gmock.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "common/ops/http_server.h"
#include "tests/await.h"

namespace leadstream::ops {
namespace {

using telemetry::SpanRecord;
using ::testing::HasSubstr;

SpanRecord Span(const std::string& name, const std::string& service = "lead") {
  SpanRecord span;
  span.context = {"0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", true};
  span.parent_span_id = "00f067aa0ba902b7";
  span.kind = SpanRecord::kServer;
  span.service = service;
  span.name = name;
  span.began = absl::FromUnixNanos(1'700'000'000'000'000'001);
  span.ended = absl::FromUnixNanos(1'700'000'000'000'000'999);
  span.attributes = {{"outcome", "\"quoted\""}};
  return span;
}

TEST(OtlpJson, IsWhatTheStandardSays) {
  const std::string json = OtlpJson({Span("CreateLead")}, "node-1", "0.1.0");
  EXPECT_EQ(
      json,
      R"({"resourceSpans":[{"resource":{"attributes":[)"
      R"({"key":"service.namespace","value":{"stringValue":"leadstream"}},)"
      R"({"key":"service.name","value":{"stringValue":"lead"}},)"
      R"({"key":"service.instance.id","value":{"stringValue":"node-1"}},)"
      R"({"key":"service.version","value":{"stringValue":"0.1.0"}}]},)"
      R"("scopeSpans":[{"scope":{"name":"leadstream"},"spans":[)"
      R"({"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331",)"
      R"("parentSpanId":"00f067aa0ba902b7","name":"CreateLead","kind":2,)"
      R"("startTimeUnixNano":"1700000000000000001","endTimeUnixNano":"1700000000000000999",)"
      R"("attributes":[{"key":"outcome","value":{"stringValue":"\"quoted\""}}],"status":{}}]}]}]})");
}

TEST(OtlpJson, OfSeveralServicesAndOfAnErrorIsJson) {
  SpanRecord failed = Span("PayInvoice", "billing");
  failed.error = "no";
  const std::string json = OtlpJson({Span("a"), failed, Span("b")}, "n", "1");
  google::protobuf::Struct parsed;
  EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(json, &parsed).ok()) << json;
  EXPECT_EQ(parsed.fields().at("resourceSpans").list_value().values_size(), 2);
  EXPECT_THAT(json, HasSubstr(R"("status":{"code":2,"message":"no"})"));
}

class OtlpExporterTest : public ::testing::Test {
 protected:
  // A collector that answers with these, one after the other, then with 200.
  void Collect(std::vector<int> statuses) {
    HttpLimits limits;
    limits.body_bytes_max = 16 << 20;
    auto opened = HttpServer::Open(
        "127.0.0.1:0",
        [this, statuses](const HttpRequest& request) {
          absl::MutexLock lock(&mutex_);
          requests_.push_back(request);
          const size_t turn = requests_.size() - 1;
          return HttpResponse{turn < statuses.size() ? statuses[turn] : 200, "application/json",
                              "{}"};
        },
        limits);
    ASSERT_TRUE(opened.ok()) << opened.status();
    collector_ = std::move(*opened);
    options_.endpoint = "http://127.0.0.1:" + std::to_string(collector_->port());
  }
  void Start() {
    auto started = OtlpExporter::Start(options_);
    ASSERT_TRUE(started.ok()) << started.status();
    exporter_ = std::move(*started);
  }
  std::vector<HttpRequest> requests() {
    absl::MutexLock lock(&mutex_);
    return requests_;
  }

  absl::Mutex mutex_;
  std::vector<HttpRequest> requests_;
  OtlpOptions options_;
  std::unique_ptr<HttpServer> collector_;
  std::unique_ptr<OtlpExporter> exporter_;
};

TEST_F(OtlpExporterTest, SendsWhatHasEnded) {
  Collect({});
  options_.batch_interval = absl::Milliseconds(20);
  Start();
  exporter_->Add(Span("CreateLead"));
  EXPECT_TRUE(testing::Await([&] { return exporter_->exported().value() == 1; }));
  ASSERT_EQ(requests().size(), 1u);
  EXPECT_EQ(requests()[0].method, "POST");
  EXPECT_EQ(requests()[0].path, "/v1/traces");
  EXPECT_THAT(requests()[0].body, HasSubstr("CreateLead"));
}

TEST_F(OtlpExporterTest, SendsWhatWaitsBeforeItEnds) {
  Collect({});
  options_.batch_interval = absl::Hours(1);
  Start();
  exporter_->Add(Span("CreateLead"));
  exporter_.reset();
  EXPECT_EQ(requests().size(), 1u);
}

TEST_F(OtlpExporterTest, TriesAgainWhatMayPassAndDropsWhatIsRefused) {
  Collect({503, 200, 400});
  options_.batch_interval = absl::Milliseconds(20);
  Start();
  exporter_->Add(Span("a"));
  EXPECT_TRUE(testing::Await([&] { return exporter_->exported().value() == 1; }));
  exporter_->Add(Span("b"));
  EXPECT_TRUE(testing::Await([&] { return exporter_->dropped().value() == 1; }));
  EXPECT_EQ(requests().size(), 3u);
}

TEST_F(OtlpExporterTest, HoldsSoManyAndKeepsNobodyWaiting) {
  options_.endpoint = "http://192.0.2.1:4318";  // nobody ever answers there
  options_.queue_max = 100;
  options_.timeout = absl::Milliseconds(100);
  Start();
  const absl::Time began = absl::Now();
  for (int i = 0; i < 10'000; ++i) exporter_->Add(Span("a"));
  EXPECT_LT(absl::Now() - began, absl::Seconds(2));
  EXPECT_GE(exporter_->dropped().value(), 9'000);
  exporter_.reset();
}

TEST(OtlpExporter, SaysWhatIsNoEndpoint) {
  for (const char* endpoint : {"", "localhost:4318", "https://localhost:4318", "http://localhost",
                               "http://:4318", "http://localhost:"}) {
    OtlpOptions options;
    options.endpoint = endpoint;
    EXPECT_TRUE(absl::IsInvalidArgument(OtlpExporter::Start(options).status())) << endpoint;
  }
}

}  // namespace
}  // namespace leadstream::ops
