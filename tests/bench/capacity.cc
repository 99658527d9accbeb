// What a sale costs a server, step by step: processor time with all that follows from the step, and
// bytes in the log and in the read models. `leadstream serve` as a child process, through the
// public API; the callers' own time is not counted.
//
//   build/release/tests/bench_capacity --sales 5000
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "cli/all_services.h"
#include "common/log/local_log.h"
#include "common/log/position.h"
#include "leadstream/billing/v1/invoice_service.pb.h"
#include "leadstream/ordering/v1/order_service.pb.h"
#include "leadstream/quoting/v1/quote_service.pb.h"
#include "tests/bench/leads.h"
#include "tests/bench/load.h"
#include "tests/message_of.h"
#include "tests/read_log.h"
#include "tests/serving_process.h"
#include "tests/temporary_directory.h"

namespace leadstream::bench {
namespace {

using testing::Of;

constexpr int kInFlight = 16;
constexpr absl::Duration kServingMax = absl::Minutes(1);
constexpr absl::Duration kQuietMax = absl::Minutes(2);
constexpr absl::Duration kLook = absl::Milliseconds(250);
// An idle server takes less between two looks.
constexpr absl::Duration kIdle = absl::Milliseconds(20);

std::string IdOf(uint64_t sale) { return absl::StrCat("sale-", sale); }

lead::v1::CreateLeadRequest MakeLead(uint64_t sale) {
  auto create = CreateLead(sale, "capacity");
  create.set_lead_id(IdOf(sale));
  return create;
}
lead::v1::QualifyLeadRequest Qualify(uint64_t sale) {
  return Of<lead::v1::QualifyLeadRequest>(
      absl::StrCat("name: 'leads/", IdOf(sale), "' request_id: 'qualify-", IdOf(sale),
                   "' budget { currency_code: 'EUR' units: 6000 }"));
}
quoting::v1::CreateQuoteRequest Quote(uint64_t sale) {
  std::string lines;
  for (const char* what : {"Seat licence", "Roll-out", "Training"})
    absl::StrAppend(&lines, "lines { description: '", what,
                    "' quantity { value: '4' } unit_price { value: '99.50' } tax_rate { value: "
                    "'27' } }");
  return Of<quoting::v1::CreateQuoteRequest>(
      absl::StrCat("quote_id: '", IdOf(sale), "' request_id: 'quote-", IdOf(sale),
                   "' quote { opportunity: 'opportunities/", IdOf(sale), "' ", lines, "}"));
}
quoting::v1::ActivateQuoteRequest Activate(uint64_t sale) {
  return Of<quoting::v1::ActivateQuoteRequest>(
      absl::StrCat("name: 'quotes/", IdOf(sale), "' request_id: 'activate-", IdOf(sale), "'"));
}
quoting::v1::AcceptQuoteRequest Accept(uint64_t sale) {
  return Of<quoting::v1::AcceptQuoteRequest>(
      absl::StrCat("name: 'quotes/", IdOf(sale), "' request_id: 'accept-", IdOf(sale), "'"));
}
ordering::v1::FulfillOrderRequest Fulfill(uint64_t sale) {
  return Of<ordering::v1::FulfillOrderRequest>(
      absl::StrCat("name: 'orders/", IdOf(sale), "' request_id: 'fulfil-", IdOf(sale), "'"));
}
billing::v1::RecordPaymentRequest Pay(uint64_t sale) {
  return Of<billing::v1::RecordPaymentRequest>(absl::StrCat(
      "name: 'invoices/", IdOf(sale), "-1' request_id: 'pay-", IdOf(sale), "' reference: 'TR-",
      sale, "' amount { currency_code: 'EUR' units: 1516 nanos: 380000000 }"));
}
lead::v1::GetLeadRequest Get(uint64_t sale) {
  return Of<lead::v1::GetLeadRequest>(absl::StrCat("name: 'leads/", IdOf(sale), "'"));
}
lead::v1::ListLeadsRequest List(uint64_t) {
  return Of<lead::v1::ListLeadsRequest>("page_size: 50 filter: 'state = QUALIFIED'");
}

class Capacity {
 public:
  Capacity(int sales, bool json)
      : sales_(static_cast<uint64_t>(sales)),
        figures_("capacity", json),
        data_(temporary_.path() + "/data"),
        server_(LEADSTREAM_EXECUTABLE, data_) {}

  absl::Status Run() {
    absl::Status status = server_.Start({"serve", "--data", data_});
    if (status.ok()) status = server_.WaitUntilServing(kServingMax);
    using lead::v1::Lead;
    using quoting::v1::Quote;
    auto step = [&status](absl::Status done) {
      if (status.ok()) status = done;
      return status.ok();
    };
    const std::string leads = "lead.v1.LeadService/", quotes = "quoting.v1.QuoteService/";
    step(Each<Lead>(leads + "CreateLead", MakeLead)) &&
        step(Each<lead::v1::QualifyLeadResponse>(leads + "QualifyLead", Qualify)) &&
        step(Each<Quote>(quotes + "CreateQuote", bench::Quote)) &&
        step(Each<Quote>(quotes + "ActivateQuote", Activate)) &&
        step(Each<Quote>(quotes + "AcceptQuote", Accept)) &&
        step(Each<ordering::v1::Order>("ordering.v1.OrderService/FulfillOrder", Fulfill)) &&
        step(Each<billing::v1::Invoice>("billing.v1.InvoiceService/RecordPayment", Pay)) &&
        step(Each<Lead>(leads + "GetLead", Get)) &&
        step(Each<lead::v1::ListLeadsResponse>(leads + "ListLeads", List));
    if (!status.ok()) return status;
    if (server_.Stop(kServingMax) != 0) return absl::InternalError("the server did not stop");
    status = Weigh();
    figures_.Finish();
    return status;
  }

 private:
  // Until all that follows has been done.
  absl::Status AwaitQuiet() {
    const absl::Time deadline = absl::Now() + kQuietMax;
    while (absl::Now() < deadline) {
      const absl::Duration before = server_.ProcessorTime();
      absl::SleepFor(kLook);
      if (server_.ProcessorTime() - before < kIdle) return absl::OkStatus();
    }
    return absl::DeadlineExceededError("the server does not come to rest");
  }

  template <typename Reply, typename Request>
  absl::Status Each(const std::string& method, Request (*make)(uint64_t sale)) {
    absl::Status quiet = AwaitQuiet();
    if (!quiet.ok()) return quiet;
    const absl::Duration before = server_.ProcessorTime();
    uint64_t next = 0;
    Load<Request, Reply> load(Channels(server_.address()), absl::StrCat("/leadstream.", method),
                              kInFlight);
    Timings timings = load.Run(absl::InfiniteDuration(), [&](Request* request) {
      if (next == sales_) return false;
      *request = make(next++);
      return true;
    });
    if (!timings.error.empty())
      return absl::InternalError(absl::StrCat(method, ": ", timings.error));
    quiet = AwaitQuiet();
    const double us = absl::ToDoubleMicroseconds(server_.ProcessorTime() - before);
    const std::string name = method.substr(method.rfind('/') + 1);
    figures_.Add({name + ".processor_time", us / static_cast<double>(sales_), "us", std::nullopt});
    figures_.Add({name + ".p50", timings.P50(), "us", std::nullopt});
    return quiet;
  }

  // What lies on the disk, of a sale.
  absl::Status Weigh() {
    log::LocalLogOptions options;
    options.directory = data_ + "/log";
    auto log = log::LocalLog::OpenForReading(options);
    if (!log.ok()) return log.status();
    double events = 0, bytes = 0;
    for (const domain::ServiceDefinition& service : cli::AllServices()) {
      absl::Status read = testing::EachRecord(
          log->get(), log::TopicOf(service.name), [&](const log::LoggedRecord& logged) {
            ++events;
            bytes += static_cast<double>(logged.record.ByteSizeLong());
          });
      if (!read.ok()) return read;
    }
    const double sales = static_cast<double>(sales_);
    figures_.Add({"sale.events", events / sales, "", std::nullopt});
    figures_.Add({"sale.record_bytes", bytes / sales, "B", std::nullopt});
    figures_.Add({"sale.log_bytes", BytesIn(data_ + "/log") / sales, "B", std::nullopt});
    figures_.Add({"sale.model_bytes", BytesIn(data_ + "/models") / sales, "B", std::nullopt});
    return absl::OkStatus();
  }

  const uint64_t sales_;
  Figures figures_;
  testing::TemporaryDirectory temporary_;
  const std::string data_;
  testing::ServingProcess server_;
};

int Main(int argc, char** argv) {
  int sales = 5'000;
  bool json = false;
  CLI::App app("What a sale costs a server, step by step.");
  app.add_option("--sales", sales)->check(CLI::PositiveNumber)->capture_default_str();
  app.add_flag("--json", json, "one JSON object instead of lines");
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = Capacity(sales, json).Run();
  if (!status.ok()) std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return status.ok() ? 0 : 1;
}

}  // namespace
}  // namespace leadstream::bench

int main(int argc, char** argv) { return leadstream::bench::Main(argc, argv); }
