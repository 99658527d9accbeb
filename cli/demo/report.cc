#include "cli/demo/report.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_join.h>

#include <algorithm>
#include <cstdio>

#include "cli/demo/timeline.h"
#include "cli/demo/words.h"
#include "cli/sums_text.h"
#include "leadstream/opportunity/v1/process_service.pb.h"
#include "services/opportunity/process.h"

namespace leadstream::demo {

using billing::v1::Invoice;
using lead::v1::Lead;
using opportunity::v1::Opportunity;
using ordering::v1::Order;
using quoting::v1::Quote;

namespace {

constexpr int kBarWidth = 40;

template <typename Resources, typename Holds>
size_t Count(const Resources& resources, const Holds& holds) {
  return static_cast<size_t>(std::count_if(resources.begin(), resources.end(), holds));
}

void PrintFunnel(const Figures& figures) {
  std::puts("\nFrom inquiry to payment");
  auto step = [&](const char* label, size_t count, const std::string& remark) {
    const int width =
        figures.inquiries == 0 ? 0 : static_cast<int>(count * kBarWidth / figures.inquiries);
    std::printf("  %-14s %5zu  %-*s  %s\n", label, count, kBarWidth,
                std::string(static_cast<size_t>(width), '#').c_str(), remark.c_str());
  };
  step("inquiries", figures.inquiries, absl::StrCat(figures.rejected_rows, " rows rejected"));
  step("leads", figures.leads,
       absl::StrCat(figures.possible_duplicates, " possible duplicates, ", figures.merged,
                    " merged; ", figures.disqualified - figures.merged, " given up"));
  step("qualified", figures.qualified, "interest and purchasing power");
  step("quotes", figures.quotes,
       absl::StrCat(figures.revised_quotes, " revised, ", figures.approved_discounts,
                    " discounts approved; ", figures.lost_opportunities, " opportunities lost"));
  step("orders", figures.orders,
       absl::StrCat(figures.fulfilled_orders, " fulfilled, ", figures.partly_fulfilled_orders,
                    " partly"));
  step("invoices", figures.invoices,
       absl::StrCat(figures.deposits, " deposits before them, ", figures.credit_notes,
                    " credit notes"));
  step("paid invoices", figures.paid_invoices, "");
}

void PrintSums(const Books& books) {
  std::puts("\nWhat it comes to, with tax");
  std::printf("  %18s %18s %18s %18s\n", "accepted", "ordered", "invoiced", "paid");
  for (const auto& [currency, sums] : books.SumsByCurrency()) {
    for (const domain::Decimal* sum : {&sums.quoted, &sums.ordered, &sums.invoiced, &sums.paid})
      std::printf(" %18s", InWords(*sum, currency).c_str());
    std::puts("");
  }
  std::puts(
      "  ordered: less what was canceled; invoiced: less what was credited, and less what is still "
      "to be delivered");
}

// Each seller has a series of numbers for each type of document.
void PrintSeries(const Books& books) {
  std::puts("\nNumbers, from 1 on without a gap");
  for (const auto& [series, numbers] : books.Series())
    std::printf("  %-20s %5zu  up to %s\n", series.c_str(), numbers.count, numbers.last.c_str());
}

// What is open still, in the process that all follow.
absl::Status PrintOutlook(cli::Client* client) {
  const auto pipeline =
      client->Call<opportunity::v1::GetPipelineResponse>(opportunity::v1::GetPipelineRequest());
  if (!pipeline.ok()) return pipeline.status();
  const auto forecast =
      client->Call<opportunity::v1::GetForecastResponse>(opportunity::v1::GetForecastRequest());
  if (!forecast.ok()) return forecast.status();
  std::printf("\nThe pipeline, open opportunities by stage, before tax\n%s",
              cli::ToTable(*pipeline, opportunity::DefaultProcess(), "en").c_str());
  std::printf("\nThe forecast, by month of closing\n%s", cli::ToTable(*forecast).c_str());
  return absl::OkStatus();
}

}  // namespace

Figures FiguresOf(const cli::ImportReport& imported, const Books& books, absl::Duration took) {
  Figures figures{};
  figures.inquiries = imported.inquiries;
  figures.leads = imported.created.size();
  figures.possible_duplicates = imported.possible_duplicates.size();
  figures.rejected_rows = imported.rejected.size();
  figures.merged =
      Count(books.leads, [](const Lead& one) { return one.status() == Lead::DUPLICATE; });
  figures.disqualified =
      Count(books.leads, [](const Lead& one) { return one.state() == Lead::DISQUALIFIED; });
  figures.qualified =
      Count(books.leads, [](const Lead& one) { return one.state() == Lead::QUALIFIED; });
  figures.opportunities = books.opportunities.size();
  figures.lost_opportunities = Count(
      books.opportunities, [](const Opportunity& one) { return one.state() == Opportunity::LOST; });
  figures.quotes = books.quotes.size();
  figures.revised_quotes = Count(books.quotes, [](const Quote& one) { return one.revision() > 0; });
  figures.approved_discounts = Count(books.quotes, [](const Quote& one) {
    return one.discount_approval().state() == quoting::v1::DiscountApproval::APPROVED;
  });
  figures.accepted_quotes =
      Count(books.quotes, [](const Quote& one) { return one.state() == Quote::WON; });
  figures.orders = books.orders.size();
  figures.partly_fulfilled_orders = Count(
      books.orders, [](const Order& one) { return one.state() == Order::PARTIALLY_FULFILLED; });
  figures.fulfilled_orders =
      Count(books.orders, [](const Order& one) { return one.state() == Order::FULFILLED; });
  figures.invoices =
      Count(books.invoices, [](const Invoice& one) { return one.type() == Invoice::INVOICE; });
  figures.paid_invoices = Count(books.invoices, [](const Invoice& one) {
    return one.type() == Invoice::INVOICE && one.payment_state() == Invoice::PAID;
  });
  figures.deposits =
      Count(books.invoices, [](const Invoice& one) { return one.type() == Invoice::DEPOSIT; });
  figures.credit_notes =
      Count(books.invoices, [](const Invoice& one) { return one.type() == Invoice::CREDIT_NOTE; });
  figures.events = books.events;
  figures.seconds = absl::ToDoubleSeconds(took);
  return figures;
}

std::string ToJson(const Figures& f) {
  return absl::StrFormat(
      "{\"inquiries\": %d, \"leads\": %d, \"possible_duplicates\": %d, \"rejected_rows\": %d, "
      "\"merged\": %d, \"disqualified\": %d, \"qualified\": %d, "
      "\"opportunities\": %d, \"lost_opportunities\": %d, \"quotes\": %d, \"revised_quotes\": %d, "
      "\"approved_discounts\": %d, \"accepted_quotes\": %d, \"orders\": %d, "
      "\"partly_fulfilled_orders\": %d, \"fulfilled_orders\": %d, \"invoices\": %d, "
      "\"paid_invoices\": %d, \"deposits\": %d, \"credit_notes\": %d, \"events\": %d, "
      "\"seconds\": %.1f}",
      f.inquiries, f.leads, f.possible_duplicates, f.rejected_rows, f.merged, f.disqualified,
      f.qualified, f.opportunities, f.lost_opportunities, f.quotes, f.revised_quotes,
      f.approved_discounts, f.accepted_quotes, f.orders, f.partly_fulfilled_orders,
      f.fulfilled_orders, f.invoices, f.paid_invoices, f.deposits, f.credit_notes, f.events,
      f.seconds);
}

absl::Status Print(const Figures& figures, const cli::ImportReport& imported, const Books& books,
                   cli::Client* client) {
  std::puts("Rows that no lead could be made of");
  for (const inquiries::RejectedRow& row : imported.rejected)
    std::printf("  %s:%lld  %s\n", row.file.c_str(), static_cast<long long>(row.line),
                row.reason.c_str());
  PrintFunnel(figures);
  PrintSums(books);
  const std::vector<std::string> disagreements = books.Disagreements();
  if (!disagreements.empty()) return absl::InternalError(absl::StrJoin(disagreements, "\n"));
  std::printf("  quotes, orders and invoices agree to the cent, order by order (%zu orders)\n",
              books.orders.size());
  PrintSeries(books);
  if (absl::Status printed = PrintOutlook(client); !printed.ok()) return printed;
  if (const Lead* lead = RichestStory(books); lead != nullptr) {
    auto lines = TimelineOf(*lead, client);
    if (!lines.ok()) return lines.status();
    std::printf("\nOne customer's story, %s\n", lead->name().c_str());
    for (const std::string& line : *lines) std::printf("  %s\n", line.c_str());
  }
  std::printf("\n%lld events in %.1f s\n", static_cast<long long>(figures.events), figures.seconds);
  return absl::OkStatus();
}

}  // namespace leadstream::demo
