#include "common/ops/otlp_exporter.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>
#include <spdlog/spdlog.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <utility>

namespace leadstream::ops {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using Error = boost::system::error_code;

constexpr int kAttemptsMax = 3;
constexpr absl::Duration kRetryDelay = absl::Seconds(1);

// What the standard names as passing.
bool MayPass(unsigned status) {
  return status == 429 || status == 502 || status == 503 || status == 504;
}

// One request, within the timeout of `stream`; each step follows from the one before.
class Posting {
 public:
  Posting(const std::string& host, const std::string& port, const std::string& path,
          const std::string& body, absl::Duration timeout)
      : request_(http::verb::post, path, 11), stream_(context_), resolver_(context_) {
    request_.set(http::field::host, absl::StrCat(host, ":", port));
    request_.set(http::field::content_type, "application/json");
    request_.body() = body;
    request_.prepare_payload();
    stream_.expires_after(absl::ToChronoMilliseconds(timeout));
    resolver_.async_resolve(host, port, [this](Error error, const auto& found) {
      if (Failed(error)) return;
      stream_.async_connect(found, [this](Error failed, const auto&) {
        if (Failed(failed)) return;
        http::async_write(stream_, request_, [this](Error unsent, size_t) {
          if (Failed(unsent)) return;
          http::async_read(stream_, buffer_, response_,
                           [this](Error unread, size_t) { Failed(unread); });
        });
      });
    });
    context_.run_for(absl::ToChronoMilliseconds(timeout));
    if (!context_.stopped() && !error_) error_ = beast::error::timeout;
  }
  // The status, or why there is none.
  absl::StatusOr<unsigned> Result() const {
    if (error_) return absl::UnavailableError(error_.message());
    return response_.result_int();
  }

 private:
  bool Failed(Error error) {
    error_ = error;
    return static_cast<bool>(error);
  }

  asio::io_context context_{1};
  http::request<http::string_body> request_;
  http::response<http::string_body> response_;
  beast::flat_buffer buffer_;
  beast::tcp_stream stream_;
  tcp::resolver resolver_;
  Error error_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<OtlpExporter>> OtlpExporter::Start(OtlpOptions options) {
  absl::string_view where = options.endpoint;
  const bool plain = absl::ConsumePrefix(&where, "http://");
  const std::vector<std::string> parts = absl::StrSplit(where, absl::MaxSplits('/', 1));
  const size_t colon = parts[0].rfind(':');
  if (!plain || colon == std::string::npos || colon == 0 || colon + 1 == parts[0].size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--otlp-endpoint takes http://HOST:PORT[/PATH], not ", options.endpoint,
                     "; a collector beside the server takes spans on by TLS"));
  }
  Endpoint endpoint{
      parts[0].substr(0, colon), parts[0].substr(colon + 1),
      parts.size() < 2 || parts[1].empty() ? "/v1/traces" : absl::StrCat("/", parts[1])};
  return std::unique_ptr<OtlpExporter>(new OtlpExporter(std::move(options), std::move(endpoint)));
}

OtlpExporter::OtlpExporter(OtlpOptions options, Endpoint endpoint)
    : options_(std::move(options)), endpoint_(std::move(endpoint)), thread_([this] { Run(); }) {}

OtlpExporter::~OtlpExporter() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  thread_.join();
}

void OtlpExporter::Add(telemetry::SpanRecord span) {
  absl::MutexLock lock(&mutex_);
  if (queue_.size() >= options_.queue_max || stopping_) return dropped_.Add();
  queue_.push_back(std::move(span));
}

void OtlpExporter::Run() {
  auto due = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return stopping_ || queue_.size() >= options_.batch_max;
  };
  for (;;) {
    std::vector<telemetry::SpanRecord> spans;
    bool stopping = false;
    {
      absl::MutexLock lock(&mutex_);
      mutex_.AwaitWithTimeout(absl::Condition(&due), options_.batch_interval);
      stopping = stopping_;
      const size_t many = std::min(queue_.size(), stopping ? queue_.size() : options_.batch_max);
      const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(many);
      spans.assign(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
      queue_.erase(queue_.begin(), end);
    }
    if (!spans.empty()) Send(spans);
    if (stopping) return;
  }
}

void OtlpExporter::Send(const std::vector<telemetry::SpanRecord>& spans) {
  const auto many = static_cast<int64_t>(spans.size());
  const std::string body = OtlpJson(spans, options_.node, options_.version);
  std::string why;
  for (int attempt = 1; attempt <= kAttemptsMax; ++attempt) {
    auto status =
        Posting(endpoint_.host, endpoint_.port, endpoint_.path, body, options_.timeout).Result();
    if (status.ok() && *status / 100 == 2) return exported_.Add(many);
    why = status.ok() ? absl::StrCat("status ", *status) : std::string(status.status().message());
    if (status.ok() && !MayPass(*status)) break;
    absl::MutexLock lock(&mutex_);
    if (attempt == kAttemptsMax ||
        mutex_.AwaitWithTimeout(absl::Condition(&stopping_), kRetryDelay))
      break;
  }
  dropped_.Add(many);
  spdlog::warn("{} spans were dropped: {} does not take them: {}", many, options_.endpoint, why);
}

}  // namespace leadstream::ops
