#include "common/ops/ops_port.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/time/clock.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "common/domain/json_text.h"
#include "common/ops/status_page.h"

namespace leadstream::ops {
namespace {

constexpr std::array<const char*, 4> kLogLevels = {"debug", "info", "warning", "error"};

HttpResponse Json(int status, const char* key, bool value, const char* list_key,
                  const std::vector<std::string>& list) {
  std::string body = absl::StrCat("{\"", key, "\":", value ? "true" : "false");
  if (!list.empty()) {
    absl::StrAppend(&body, ",\"", list_key, "\":[");
    for (size_t i = 0; i < list.size(); ++i) {
      if (i > 0) body.append(",");
      domain::AppendJsonText(list[i], &body);
    }
    body.append("]");
  }
  body.append("}\n");
  return {status, "application/json", std::move(body)};
}

}  // namespace

absl::StatusOr<std::unique_ptr<OpsPort>> OpsPort::Open(Options options) {
  auto port = std::unique_ptr<OpsPort>(new OpsPort(std::move(options)));
  auto http = HttpServer::Open(
      port->options_.address,
      [raw = port.get()](const HttpRequest& request) { return raw->Answer(request); });
  if (!http.ok()) return http.status();
  port->http_ = std::move(*http);
  return port;
}

OpsPort::~OpsPort() {
  http_.reset();
  Close();
}

void OpsPort::Started(std::vector<runtime::Service*> services, log::EventLog* log) {
  auto sampler = std::make_unique<Sampler>(std::move(services), log);
  absl::MutexLock lock(&mutex_);
  sampler_ = std::move(sampler);
  phase_ = Phase::kFolding;
}

void OpsPort::Ready() {
  absl::MutexLock lock(&mutex_);
  phase_ = Phase::kReady;
}

void OpsPort::Draining() {
  absl::MutexLock lock(&mutex_);
  phase_ = Phase::kDraining;
}

void OpsPort::Close() {
  std::unique_ptr<Sampler> sampler;
  absl::MutexLock lock(&mutex_);
  sampler = std::move(sampler_);
}

HttpResponse OpsPort::Answer(const HttpRequest& request) {
  if (request.path == "/loglevel") return LogLevel(request);
  using Page = HttpResponse (*)(OpsPort*);
  static const auto* kPages = new std::map<std::string, Page>{
      {"/healthz",
       [](OpsPort*) {
         return HttpResponse{200, "text/plain", "ok\n"};
       }},
      {"/startupz", [](OpsPort* port) { return port->Started(); }},
      {"/readyz", [](OpsPort* port) { return port->Readiness(); }},
      {"/metrics", [](OpsPort* port) { return port->Metrics(); }},
      {"/statusz", [](OpsPort* port) { return port->Status(); }},
      {"/", [](OpsPort* port) { return port->Status(); }},
      {"/configz",
       [](OpsPort* port) {
         return HttpResponse{200, "text/plain; charset=utf-8", port->options_.configuration};
       }},
  };
  auto page = kPages->find(request.path);
  if (page == kPages->end()) return {404, "text/plain", "there is no such page\n"};
  if (request.method != "GET" && request.method != "HEAD")
    return {405, "text/plain", "this page is only read\n"};
  return page->second(this);
}

std::vector<std::string> OpsPort::Awaited() {
  switch (phase_) {
    case Phase::kOpening:
      return {"the log is being opened"};
    case Phase::kReady:
      return {};
    case Phase::kDraining:
      return {"the server is draining and takes no more calls"};
    case Phase::kFolding:
      break;
  }
  std::vector<std::string> awaited;
  for (runtime::Service* service : sampler_->services()) {
    if (service->caught_up() && service->serving()) continue;
    int64_t behind = 0;
    for (const auto& [partition, end] : sampler_->Of(*service).ends)
      behind += std::max<int64_t>(0, end - service->model().NextOffset(partition));
    awaited.push_back(service->caught_up()
                          ? absl::StrCat(service->name(), ": not every partition has a writer yet")
                          : absl::StrCat(service->name(), ": ", behind,
                                         " records of the log are not folded yet"));
  }
  if (awaited.empty()) awaited.emplace_back("reactions and timers are about to start");
  return awaited;
}

HttpResponse OpsPort::Started() {
  absl::MutexLock lock(&mutex_);
  const bool started = phase_ != Phase::kOpening;
  return Json(started ? 200 : 503, "started", started, "awaited",
              started ? std::vector<std::string>() : Awaited());
}

HttpResponse OpsPort::Readiness() {
  absl::MutexLock lock(&mutex_);
  const bool ready = phase_ == Phase::kReady;
  return Json(ready ? 200 : 503, "ready", ready, "awaited", Awaited());
}

HttpResponse OpsPort::Metrics() {
  Exposition out;
  out.AddGauge("leadstream_build_info", "1, with the version that runs.",
               {{"version", options_.version}}, 1);
  AddProcessMetrics(&out);
  if (options_.rpcs != nullptr) AddRpcMetrics(*options_.rpcs, &out);
  if (options_.kafka != nullptr) AddKafkaMetrics(*options_.kafka, &out);
  if (options_.spans != nullptr) AddSpanMetrics(*options_.spans, &out);
  {
    absl::MutexLock lock(&mutex_);  // so that no service ends meanwhile
    if (sampler_ != nullptr) {
      for (runtime::Service* service : sampler_->services())
        AddServiceMetrics(*service, sampler_->Of(*service), &out);
    }
  }
  return {200, "text/plain; version=0.0.4; charset=utf-8", out.Text()};
}

HttpResponse OpsPort::Status() {
  NodeView view;
  view.version = options_.version;
  view.began = began_;
  view.now = absl::Now();
  for (const spdlog::sink_ptr& sink : spdlog::default_logger()->sinks()) {
    if (auto* recent = dynamic_cast<RecentProblems*>(sink.get())) view.problems = recent->lines();
  }
  absl::MutexLock lock(&mutex_);
  const std::vector<std::string> awaited = Awaited();
  view.standing = awaited.empty() ? "Ready." : absl::StrCat(absl::StrJoin(awaited, "; "), ".");
  if (sampler_ != nullptr) {
    view.services = sampler_->services();
    for (runtime::Service* service : view.services) view.samples.push_back(sampler_->Of(*service));
  }
  return {200, "text/html; charset=utf-8", StatusPage(view)};
}

HttpResponse OpsPort::LogLevel(const HttpRequest& request) {
  if (request.method == "PUT") {
    const std::string level(absl::StripAsciiWhitespace(request.body));
    if (std::find(kLogLevels.begin(), kLogLevels.end(), level) == kLogLevels.end()) {
      return {400, "text/plain",
              absl::StrCat("a level is one of ", absl::StrJoin(kLogLevels, ", "), "\n")};
    }
    spdlog::set_level(spdlog::level::from_str(level));
    spdlog::info("the log level is {} from now on", level);
  } else if (request.method != "GET" && request.method != "HEAD") {
    return {405, "text/plain", "PUT sets the level\n"};
  }
  const auto level = spdlog::level::to_string_view(spdlog::get_level());
  return {200, "text/plain", absl::StrCat(absl::string_view(level.data(), level.size()), "\n")};
}

}  // namespace leadstream::ops
