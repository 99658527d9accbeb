// What a server needs, and how fast it reads and starts, with very many leads in it: `leadstream
// serve` as a child process, all of it through the public API.
#include <absl/random/random.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "tests/bench/leads.h"
#include "tests/bench/limit.h"
#include "tests/bench/load.h"
#include "tests/serving_process.h"
#include "tests/temporary_directory.h"

namespace leadstream::bench {
namespace {

using lead::v1::Lead;

constexpr char kService[] = "/leadstream.lead.v1.LeadService/";
constexpr double kMiB = 1 << 20;
constexpr absl::Duration kStartMax = absl::Minutes(10);
constexpr absl::Duration kStopMax = absl::Minutes(1);
constexpr int kPageSize = 50;
constexpr int kDeepPages = 200;

// What is demanded.
constexpr double kResidentMiBMax = 1024;
constexpr double kPageUsMax = 5'000;
constexpr double kStartUpMsMax = 2'000;

struct Options {
  uint64_t leads = 1'000'000;
  int seconds = 10;
  std::string data;
  std::string limit_pipeline, limit_grpc;
  bool json = false;
};

struct Order {
  const char* name;
  const char* order_by;
};
constexpr Order kOrders[] = {{"newest_first", "create_time desc"}, {"by_score", "score desc"}};

class MillionLeads {
 public:
  explicit MillionLeads(const Options& options)
      : options_(options),
        figures_("million_leads", options.json),
        data_(options.data.empty() ? temporary_.path() + "/data" : options.data),
        server_(LEADSTREAM_EXECUTABLE, data_) {}

  absl::Status Run() {
    for (auto step : {&MillionLeads::StartEmpty, &MillionLeads::Fill, &MillionLeads::Read,
                      &MillionLeads::UseMemory, &MillionLeads::Restart}) {
      absl::Status done = (this->*step)();
      if (!done.ok()) return done;
    }
    figures_.Finish();
    return absl::OkStatus();
  }

 private:
  absl::Status StartEmpty() { return Start(); }
  absl::Status Fill();
  absl::Status Read();
  absl::Status ReadPages(const Order& order);
  absl::Status UseMemory();
  absl::Status Restart();

  absl::Status Start() {
    absl::Status started = server_.Start({"serve", "--data", data_});
    return started.ok() ? server_.WaitUntilServing(kStartMax) : started;
  }
  // The time it took.
  absl::StatusOr<absl::Duration> Stop() {
    const absl::Time began = absl::Now();
    if (server_.Stop(kStopMax) == 0) return absl::Now() - began;
    return absl::UnavailableError(absl::StrCat("it did not stop; see ", server_.log_path()));
  }
  template <typename Request, typename Reply>
  absl::StatusOr<Timings> Measure(const char* method, int in_flight, absl::Duration duration,
                                  std::function<bool(Request*)> next,
                                  std::function<void(const Reply&)> answered = nullptr) {
    Load<Request, Reply> load(Channels(server_.address()), absl::StrCat(kService, method),
                              in_flight);
    Timings timings = load.Run(duration, std::move(next), std::move(answered));
    if (!timings.error.empty())
      return absl::InternalError(absl::StrCat(method, ": ", timings.error));
    return timings;
  }
  // p50 and p99, p50 beside what is demanded, or beside a limit program's echo of as many bytes.
  void AddTimings(const std::string& name, Timings timings, std::optional<double> p50_max,
                  int echo_bytes = 0);

  const Options options_;
  Figures figures_;
  testing::TemporaryDirectory temporary_;
  const std::string data_;
  testing::ServingProcess server_;
  std::vector<std::string> names_;  // of some of the leads
  absl::BitGen random_;
};

void MillionLeads::AddTimings(const std::string& name, Timings timings,
                              std::optional<double> p50_max, int echo_bytes) {
  absl::StatusOr<Limit> echo;
  if (!options_.limit_grpc.empty() && echo_bytes > 0)
    echo = RunLimit(absl::StrCat(options_.limit_grpc, " 3 1 1 ", echo_bytes));
  figures_.Add({name + ".p50", timings.P50(), "us", echo.ok() ? echo->p50_us : p50_max});
  figures_.Add({name + ".p99", timings.P99(), "us",
                echo.ok() ? std::optional<double>(echo->p99_us) : std::nullopt});
}

absl::Status MillionLeads::Fill() {
  const uint64_t keep_each = options_.leads / 20'000 + 1;
  uint64_t number = 0, answers = 0;
  auto filled = Measure<lead::v1::CreateLeadRequest, Lead>(
      "CreateLead", 256, absl::InfiniteDuration(),
      [&](lead::v1::CreateLeadRequest* request) {
        if (number == options_.leads) return false;
        *request = CreateLead(number++, "million_leads");
        return true;
      },
      [&](const Lead& lead) {
        if (answers++ % keep_each == 0) names_.push_back(lead.name());
      });
  if (!filled.ok()) return filled.status();
  absl::StatusOr<Limit> limit;
  if (!options_.limit_pipeline.empty()) {
    testing::TemporaryDirectory directory;
    limit = RunLimit(absl::StrCat(options_.limit_pipeline, " localsync 10 256 ", directory.path()));
  }
  figures_.Add({"load.leads_per_second", filled->PerSecond(), "1/s",
                limit.ok() ? std::optional<double>(limit->per_second) : std::nullopt});
  figures_.Add({"memory.peak_while_loading", static_cast<double>(server_.ResidentBytesMax()) / kMiB,
                "MiB", kResidentMiBMax});
  return absl::OkStatus();
}

absl::Status MillionLeads::Read() {
  auto got = Measure<lead::v1::GetLeadRequest, Lead>(
      "GetLead", 1, absl::Seconds(options_.seconds), [&](lead::v1::GetLeadRequest* request) {
        request->set_name(names_[absl::Uniform<size_t>(random_, 0, names_.size())]);
        return true;
      });
  if (!got.ok()) return got.status();
  AddTimings("get", std::move(*got), std::nullopt, 600);
  for (const Order& order : kOrders) {
    absl::Status read = ReadPages(order);
    if (!read.ok()) return read;
  }
  return absl::OkStatus();
}

// The first page again and again, then pages one after another, as somebody would who scrolls down.
absl::Status MillionLeads::ReadPages(const Order& order) {
  lead::v1::ListLeadsRequest page;
  page.set_page_size(kPageSize);
  page.set_filter("state = OPEN AND source = WEB");
  page.set_order_by(order.order_by);
  auto first = Measure<lead::v1::ListLeadsRequest, lead::v1::ListLeadsResponse>(
      "ListLeads", 1, absl::Seconds(options_.seconds), [&](lead::v1::ListLeadsRequest* request) {
        *request = page;
        return true;
      });
  if (!first.ok()) return first.status();
  AddTimings(absl::StrCat("list_", order.name, ".first_page"), std::move(*first), kPageUsMax);
  int pages = 0;
  auto deep = Measure<lead::v1::ListLeadsRequest, lead::v1::ListLeadsResponse>(
      "ListLeads", 1, absl::InfiniteDuration(),
      [&](lead::v1::ListLeadsRequest* request) {
        *request = page;
        return pages++ < kDeepPages && (pages == 1 || !page.page_token().empty());
      },
      [&](const lead::v1::ListLeadsResponse& response) {
        page.set_page_token(response.next_page_token());
      });
  if (!deep.ok()) return deep.status();
  AddTimings(absl::StrCat("list_", order.name, ".next_pages"), std::move(*deep), kPageUsMax);
  return absl::OkStatus();
}

// Four readers and four writers at a time, for a while.
absl::Status MillionLeads::UseMemory() {
  int64_t resident_max = 0;
  uint64_t number = options_.leads;
  const absl::Time ends = absl::Now() + absl::Seconds(3 * options_.seconds);
  while (absl::Now() < ends) {
    auto written = Measure<lead::v1::CreateLeadRequest, Lead>(
        "CreateLead", 4, absl::Milliseconds(500), [&](lead::v1::CreateLeadRequest* request) {
          *request = CreateLead(number++, "million_leads");
          return true;
        });
    auto read = Measure<lead::v1::GetLeadRequest, Lead>(
        "GetLead", 4, absl::Milliseconds(500), [&](lead::v1::GetLeadRequest* request) {
          request->set_name(names_[absl::Uniform<size_t>(random_, 0, names_.size())]);
          return true;
        });
    auto listed = Measure<lead::v1::ListLeadsRequest, lead::v1::ListLeadsResponse>(
        "ListLeads", 4, absl::Milliseconds(500), [&](lead::v1::ListLeadsRequest* request) {
          request->set_filter("state = OPEN AND source = WEB");
          return true;
        });
    for (const auto& used : {written.status(), read.status(), listed.status()}) {
      if (!used.ok()) return used;
    }
    resident_max = std::max(resident_max, server_.ResidentBytes());
  }
  figures_.Add({"memory.in_use", static_cast<double>(resident_max) / kMiB, "MiB", kResidentMiBMax});
  figures_.Add({"memory.peak", static_cast<double>(server_.ResidentBytesMax()) / kMiB, "MiB",
                kResidentMiBMax});
  return absl::OkStatus();
}

absl::Status MillionLeads::Restart() {
  auto stop = Stop();
  if (!stop.ok()) return stop.status();
  figures_.Add({"stop", absl::ToDoubleMilliseconds(*stop), "ms", std::nullopt});
  const auto leads = static_cast<double>(options_.leads);
  figures_.Add({"disk.log_bytes_per_lead", BytesIn(data_ + "/log") / leads, "bytes", std::nullopt});
  figures_.Add({"disk.model_bytes_per_lead", BytesIn(data_ + "/models/lead") / leads, "bytes",
                std::nullopt});
  absl::Status started = Start();
  if (!started.ok()) return started;
  figures_.Add(
      {"start_up.after_stop", absl::ToDoubleMilliseconds(server_.start_up()), "ms", kStartUpMsMax});

  uint64_t number = 2 * options_.leads;  // killed in the middle of writing
  auto written = Measure<lead::v1::CreateLeadRequest, Lead>(
      "CreateLead", 64, absl::Seconds(options_.seconds), [&](lead::v1::CreateLeadRequest* request) {
        *request = CreateLead(number++, "million_leads");
        return true;
      });
  if (!written.ok()) return written.status();
  absl::Status killed = server_.Kill();
  if (!killed.ok()) return killed;
  started = Start();
  if (!started.ok()) return started;
  figures_.Add(
      {"start_up.after_kill", absl::ToDoubleMilliseconds(server_.start_up()), "ms", std::nullopt});
  return Stop().status();
}

int Main(int argc, char** argv) {
  Options options;
  CLI::App app("Memory, disk, reads and start-up with very many leads.");
  app.add_option("--leads", options.leads, "how many")->capture_default_str();
  app.add_option("--seconds", options.seconds, "how long each kind of read is measured")
      ->capture_default_str();
  app.add_option("--data", options.data,
                 "an empty directory to use and keep (default: one that is removed at the end)");
  app.add_option("--limit", options.limit_pipeline,
                 "a limit program, called with `localsync SECONDS IN_FLIGHT DIRECTORY`");
  app.add_option("--limit-echo", options.limit_grpc,
                 "a limit program, called with `SECONDS IN_FLIGHT CHANNELS BYTES`");
  app.add_flag("--json", options.json, "one JSON object instead of lines");
  CLI11_PARSE(app, argc, argv);
  absl::Status status = MillionLeads(options).Run();
  if (!status.ok()) std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return status.ok() ? 0 : 1;
}

}  // namespace
}  // namespace leadstream::bench

int main(int argc, char** argv) { return leadstream::bench::Main(argc, argv); }
