// How fast the pipeline, the forecast and the funnel are read with very many opportunities, beside
// reading one opportunity: `leadstream serve` as a child process, all of it through the public API.
#include <absl/random/random.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "leadstream/lead/v1/account_service.pb.h"
#include "leadstream/opportunity/v1/opportunity_service.pb.h"
#include "leadstream/opportunity/v1/process_service.pb.h"
#include "tests/bench/load.h"
#include "tests/serving_process.h"
#include "tests/temporary_directory.h"

namespace leadstream::bench {
namespace {

using namespace opportunity::v1;  // NOLINT(google-build-using-namespace): a page of these messages

constexpr char kAccounts[] = "/leadstream.lead.v1.AccountService/";
constexpr char kOpportunities[] = "/leadstream.opportunity.v1.OpportunityService/";
constexpr char kProcesses[] = "/leadstream.opportunity.v1.ProcessService/";
constexpr absl::Duration kStartMax = absl::Minutes(10);
constexpr absl::Duration kStopMax = absl::Minutes(1);
constexpr int kInFlight = 256;
constexpr double kSumUsMax = 5'000;  // what is demanded

struct Options {
  uint64_t opportunities = 1'000'000;
  int seconds = 5;
  bool json = false;
};

// In three currencies, at four stages, of fifty owners, to be closed in the next two years.
CreateOpportunityRequest Create(uint64_t number) {
  static constexpr const char* kCurrencies[] = {"EUR", "HUF", "USD"};
  static constexpr const char* kStages[] = {"qualify", "develop", "propose", "close"};
  CreateOpportunityRequest request;
  request.set_opportunity_id(absl::StrCat("bench-", number));
  Opportunity* one = request.mutable_opportunity();
  one->set_display_name(absl::StrCat("Opportunity ", number));
  one->set_account("accounts/bench");
  one->set_currency(kCurrencies[number % 3]);
  one->set_owner(absl::StrCat("seller", number % 50, "@example.com"));
  one->set_stage(kStages[number / 3 % 4]);
  one->mutable_estimated_revenue()->set_currency_code(one->currency());
  one->mutable_estimated_revenue()->set_units(static_cast<int64_t>(number * 7919 % 100'000));
  one->mutable_estimated_close_date()->set_year(2030 + static_cast<int>(number / 12 % 2));
  one->mutable_estimated_close_date()->set_month(1 + static_cast<int>(number / 24 % 12));
  one->mutable_estimated_close_date()->set_day(15);
  return request;
}

class Pipeline {
 public:
  explicit Pipeline(const Options& options)
      : options_(options),
        figures_("pipeline", options.json),
        server_(LEADSTREAM_EXECUTABLE, temporary_.path() + "/data") {}

  absl::Status Run() {
    absl::Status done = server_.Start({"serve", "--data", temporary_.path() + "/data"});
    if (done.ok()) done = server_.WaitUntilServing(kStartMax);
    if (done.ok()) done = Fill();
    if (done.ok()) done = Read();
    figures_.Finish();
    if (!done.ok()) return done;
    if (server_.Stop(kStopMax) != 0)
      return absl::UnavailableError(absl::StrCat("it did not stop; see ", server_.log_path()));
    return absl::OkStatus();
  }

 private:
  template <typename Request, typename Reply>
  absl::StatusOr<Timings> Measure(const std::string& method, int in_flight, absl::Duration duration,
                                  std::function<bool(Request*)> next) {
    Load<Request, Reply> load(Channels(server_.address()), method, in_flight);
    Timings timings = load.Run(duration, std::move(next));
    if (!timings.error.empty())
      return absl::InternalError(absl::StrCat(method, ": ", timings.error));
    return timings;
  }

  absl::Status Fill() {
    int accounts = 0;
    auto account = Measure<lead::v1::CreateAccountRequest, lead::v1::Account>(
        absl::StrCat(kAccounts, "CreateAccount"), 1, absl::InfiniteDuration(),
        [&](lead::v1::CreateAccountRequest* request) {
          request->set_account_id("bench");
          request->mutable_account()->set_display_name("Bench");
          return accounts++ == 0;
        });
    if (!account.ok()) return account.status();
    uint64_t number = 0;
    auto filled = Measure<CreateOpportunityRequest, Opportunity>(
        absl::StrCat(kOpportunities, "CreateOpportunity"), kInFlight, absl::InfiniteDuration(),
        [&](CreateOpportunityRequest* request) {
          if (number == options_.opportunities) return false;
          *request = Create(number++);
          return true;
        });
    if (!filled.ok()) return filled.status();
    figures_.Add({"fill.opportunities_per_second", filled->PerSecond(), "1/s", std::nullopt});
    return absl::OkStatus();
  }

  absl::Status Read() {
    absl::BitGen random;
    absl::Status read = ReadOne<GetOpportunityRequest, Opportunity>(
        "get_opportunity", absl::StrCat(kOpportunities, "GetOpportunity"),
        [&](GetOpportunityRequest* request) {
          request->set_name(absl::StrCat(
              "opportunities/bench-", absl::Uniform<uint64_t>(random, 0, options_.opportunities)));
          return true;
        });
    if (!read.ok()) return read;
    read = ReadOne<GetPipelineRequest, GetPipelineResponse>(
        "pipeline", absl::StrCat(kProcesses, "GetPipeline"),
        [](GetPipelineRequest*) { return true; }, kSumUsMax);
    if (!read.ok()) return read;
    read = ReadOne<GetPipelineRequest, GetPipelineResponse>(
        "pipeline_of_owner", absl::StrCat(kProcesses, "GetPipeline"),
        [](GetPipelineRequest* request) {
          request->set_owner("seller7@example.com");
          return true;
        },
        kSumUsMax);
    if (!read.ok()) return read;
    read = ReadOne<GetForecastRequest, GetForecastResponse>(
        "forecast", absl::StrCat(kProcesses, "GetForecast"),
        [](GetForecastRequest*) { return true; }, kSumUsMax);
    if (!read.ok()) return read;
    read = ReadOne<GetForecastRequest, GetForecastResponse>(
        "forecast_of_owner", absl::StrCat(kProcesses, "GetForecast"),
        [](GetForecastRequest* request) {
          request->set_owner("seller7@example.com");
          return true;
        },
        kSumUsMax);
    if (!read.ok()) return read;
    return ReadOne<GetFunnelRequest, GetFunnelResponse>(
        "funnel", absl::StrCat(kProcesses, "GetFunnel"), [](GetFunnelRequest*) { return true; },
        kSumUsMax);
  }

  template <typename Request, typename Reply>
  absl::Status ReadOne(const std::string& name, const std::string& method,
                       std::function<bool(Request*)> next, std::optional<double> p50_max = {}) {
    auto timings =
        Measure<Request, Reply>(method, 1, absl::Seconds(options_.seconds), std::move(next));
    if (!timings.ok()) return timings.status();
    figures_.Add({name + ".p50", timings->P50(), "us", p50_max});
    figures_.Add({name + ".p99", timings->P99(), "us", std::nullopt});
    return absl::OkStatus();
  }

  const Options options_;
  Figures figures_;
  testing::TemporaryDirectory temporary_;
  testing::ServingProcess server_;
};

int Main(int argc, char** argv) {
  Options options;
  CLI::App app("Pipeline, forecast and funnel with very many opportunities.");
  app.add_option("--opportunities", options.opportunities, "how many")->capture_default_str();
  app.add_option("--seconds", options.seconds, "how long each kind of read is measured")
      ->capture_default_str();
  app.add_flag("--json", options.json, "one JSON object instead of lines");
  CLI11_PARSE(app, argc, argv);
  absl::Status status = Pipeline(options).Run();
  if (!status.ok()) std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return status.ok() ? 0 : 1;
}

}  // namespace
}  // namespace leadstream::bench

int main(int argc, char** argv) { return leadstream::bench::Main(argc, argv); }
