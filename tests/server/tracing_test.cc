// One trace from a lead to its invoice: from the caller through the log into what follows.
#include <gmock/gmock.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <map>
#include <set>

#include "common/ops/http_server.h"
#include "leadstream/billing/v1/invoice_service.pb.h"
#include "leadstream/lead/v1/lead_service.pb.h"
#include "leadstream/opportunity/v1/opportunity_service.pb.h"
#include "leadstream/ordering/v1/order_service.pb.h"
#include "leadstream/quoting/v1/quote_service.pb.h"
#include "tests/server/serving.h"

namespace leadstream::testing {
namespace {

using google::protobuf::Struct;
using ::testing::Contains;
using ::testing::IsSupersetOf;

constexpr char kTrace[] = "0af7651916cd43dd8448eb211c80319c";
constexpr char kCaller[] = "b7ad6b7169203331";

struct Exported {
  std::string trace, parent, name, service;
};

// A collector, as small as can be.
class Collector {
 public:
  Collector() {
    ops::HttpLimits limits;
    limits.body_bytes_max = 64 << 20;
    auto opened = ops::HttpServer::Open(
        "127.0.0.1:0",
        [this](const ops::HttpRequest& request) {
          Take(request.body);
          return ops::HttpResponse{200, "application/json", "{}"};
        },
        limits);
    if (opened.ok()) server_ = std::move(*opened);
  }
  std::string endpoint() const { return absl::StrCat("http://127.0.0.1:", server_->port()); }
  // By span id.
  std::map<std::string, Exported> spans() {
    absl::MutexLock lock(&mutex_);
    return spans_;
  }

 private:
  static const Struct& At(const google::protobuf::Value& value) { return value.struct_value(); }
  static const auto& List(const Struct& object, const char* field) {
    return object.fields().at(field).list_value().values();
  }
  static std::string Text(const Struct& object, const char* field) {
    auto at = object.fields().find(field);
    return at == object.fields().end() ? "" : at->second.string_value();
  }
  void Take(const std::string& body) {
    Struct request;
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(body, &request).ok()) << body;
    absl::MutexLock lock(&mutex_);
    for (const auto& of_resource : List(request, "resourceSpans")) {
      std::string service;
      for (const auto& attribute :
           List(At(At(of_resource).fields().at("resource")), "attributes")) {
        if (Text(At(attribute), "key") == "service.name")
          service = Text(At(At(attribute).fields().at("value")), "stringValue");
      }
      for (const auto& of_scope : List(At(of_resource), "scopeSpans")) {
        for (const auto& span : List(At(of_scope), "spans")) {
          spans_[Text(At(span), "spanId")] = {Text(At(span), "traceId"),
                                              Text(At(span), "parentSpanId"),
                                              Text(At(span), "name"), service};
        }
      }
    }
  }

  absl::Mutex mutex_;
  std::map<std::string, Exported> spans_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<ops::HttpServer> server_;
};

class Tracing : public Serving {
 protected:
  void Configure(server::Options* options) override {
    options->otlp_endpoint = collector_.endpoint();
    options->trace_sample_ratio = ratio_;
  }
  // Carries a command out as part of a trace.
  template <typename Request>
  void Do(const std::string& text, const std::string& traceparent) {
    const auto request = Of<Request>(text);
    const auto* method = runtime::MethodTaking(request.GetDescriptor());
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(30)));
    if (!traceparent.empty()) context.AddMetadata("traceparent", traceparent);
    std::unique_ptr<google::protobuf::Message> reply(
        runtime::PrototypeOf(method->output_type())->New());
    const grpc::Status status =
        server::Call(channel_.get(), method, &context, request, reply.get());
    ASSERT_TRUE(status.ok()) << method->name() << ": " << status.error_message();
  }
  // Everything up to the first invoice, each call with this traceparent.
  void Sell(const std::string& traceparent) {
    Do<lead::v1::CreateLeadRequest>(
        "lead_id: 'anna' lead { topic: '40 seats' company: 'Kovács Kft.' }", traceparent);
    Do<lead::v1::QualifyLeadRequest>(
        "name: 'leads/anna' need: 'seats' budget { currency_code: 'EUR' units: 6000 }",
        traceparent);
    Await<opportunity::v1::Opportunity>(
        Of<opportunity::v1::GetOpportunityRequest>("name: 'opportunities/anna'"),
        [](const auto&) { return true; });
    Do<quoting::v1::CreateQuoteRequest>(
        "quote_id: 'anna' quote { opportunity: 'opportunities/anna' lines { description: 'Seat' "
        "quantity { value: '40' } unit_price { value: '99.5' } tax_rate { value: '27' } } }",
        traceparent);
    Do<quoting::v1::ActivateQuoteRequest>("name: 'quotes/anna'", traceparent);
    Do<quoting::v1::AcceptQuoteRequest>("name: 'quotes/anna'", traceparent);
    Await<ordering::v1::Order>(Of<ordering::v1::GetOrderRequest>("name: 'orders/anna'"),
                               [](const auto&) { return true; });
    Do<ordering::v1::FulfillOrderRequest>("name: 'orders/anna'", traceparent);
    Await<billing::v1::Invoice>(Of<billing::v1::GetInvoiceRequest>("name: 'invoices/anna-1'"),
                                [](const auto&) { return true; });
  }

  double ratio_ = 0;
  Collector collector_;
};

TEST_F(Tracing, GoesFromALeadToItsInvoice) {
  Sell(absl::StrCat("00-", kTrace, "-", kCaller, "-01"));
  server_.reset();  // which sends what is left
  const auto spans = collector_.spans();
  std::set<std::string> names;
  for (const auto& [id, span] : spans) {
    EXPECT_EQ(span.trace, kTrace) << span.name;
    EXPECT_TRUE(span.parent == kCaller || spans.contains(span.parent))
        << span.name << " follows from nothing that is known";
    names.insert(absl::StrCat(span.service, ": ", span.name));
  }
  EXPECT_THAT(names, IsSupersetOf({
                         "lead: LeadService/QualifyLead",
                         "lead: decide QualifyLeadRequest",
                         "opportunity: decide CreateOpportunityRequest",
                         "quoting: QuoteService/AcceptQuote",
                         "quoting: decide AcceptQuoteRequest",
                         "ordering: reactions/place-order-of-accepted-quote",
                         "ordering: decide CreateOrderRequest",
                         "ordering: OrderService/FulfillOrder",
                         "billing: reactions/invoice-of-fulfilment",
                         "billing: decide CreateInvoiceRequest",
                     }));
  // The invoice follows, step by step, from the delivery that was asked for.
  std::string at;
  for (const auto& [id, span] : spans) {
    if (span.name == "decide CreateInvoiceRequest") at = id;
  }
  std::vector<std::string> path;
  for (; spans.contains(at); at = spans.at(at).parent) path.push_back(spans.at(at).name);
  EXPECT_THAT(
      path, ::testing::ElementsAre("decide CreateInvoiceRequest", "reactions/invoice-of-fulfilment",
                                   "decide FulfillOrderRequest", "OrderService/FulfillOrder"));
}

TEST_F(Tracing, IsInTheHistory) {
  Do<lead::v1::CreateLeadRequest>("lead_id: 'bela' lead { topic: 'x' company: 'y' }",
                                  absl::StrCat("00-", kTrace, "-", kCaller, "-01"));
  auto story = server_->service("lead")->model().Events("leads/bela", 1, 1);
  ASSERT_TRUE(story.ok() && story->size() == 1);
  const auto context = telemetry::ParseTraceparent(story->front().record.traceparent());
  ASSERT_TRUE(context);
  EXPECT_EQ(context->trace_id, kTrace);
  EXPECT_NE(context->span_id, kCaller) << "it follows from the decision, not from the caller";
}

TEST_F(Tracing, LeavesAloneWhatIsNotSampled) {
  const std::string unsampled = absl::StrCat("00-", kTrace, "-", kCaller, "-00");
  Do<lead::v1::CreateLeadRequest>("lead_id: 'bela' lead { topic: 'x' company: 'y' }", unsampled);
  auto story = server_->service("lead")->model().Events("leads/bela", 1, 1);
  ASSERT_TRUE(story.ok() && story->size() == 1);
  EXPECT_EQ(story->front().record.traceparent(), unsampled);
  Do<lead::v1::CreateLeadRequest>("lead_id: 'cili' lead { topic: 'x' company: 'y' }", "nonsense");
  story = server_->service("lead")->model().Events("leads/cili", 1, 1);
  ASSERT_TRUE(story.ok() && story->size() == 1);
  EXPECT_EQ(story->front().record.traceparent(), "");
  server_.reset();
  EXPECT_TRUE(collector_.spans().empty());
}

class TracingAll : public Tracing {
 protected:
  TracingAll() { ratio_ = 1; }
};

TEST_F(TracingAll, BeginsATraceWhereTheCallerHasNone) {
  Do<lead::v1::CreateLeadRequest>("lead_id: 'bela' lead { topic: 'x' company: 'y' }", "");
  server_.reset();
  std::vector<std::string> roots;
  for (const auto& [id, span] : collector_.spans()) {
    if (span.parent.empty()) roots.push_back(span.name);
  }
  EXPECT_THAT(roots, Contains("LeadService/CreateLead"));
}

TEST(TracingEndpoint, ThatIsNoneIsRefused) {
  TemporaryDirectory directory;
  server::Options options;
  options.listen = "127.0.0.1:0";
  options.data = directory.path();
  options.otlp_endpoint = "https://collector:4318";
  auto server = server::Server::Start(options, cli::AllServices());
  ASSERT_FALSE(server.ok());
  EXPECT_NE(std::string(server.status().message()).find("http://HOST:PORT"), std::string::npos);
}

}  // namespace
}  // namespace leadstream::testing
