#include "cli/demo/timeline.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/strings/strip.h>
#include <absl/time/time.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "cli/demo/words.h"
#include "cli/pages.h"
#include "leadstream/billing/v1/invoice_service.pb.h"
#include "leadstream/lead/v1/account_service.pb.h"
#include "leadstream/lead/v1/contact_service.pb.h"
#include "leadstream/lead/v1/lead_service.pb.h"
#include "leadstream/opportunity/v1/opportunity_service.pb.h"
#include "leadstream/ordering/v1/order_service.pb.h"
#include "leadstream/quoting/v1/quote_service.pb.h"

namespace leadstream::demo {
namespace {

using common::v1::Event;

template <typename Request, typename Response>
absl::Status AddStory(cli::Client* client, const std::string& name, std::vector<Event>* events) {
  if (name.empty()) return absl::OkStatus();
  Request request;
  request.set_name(name);
  return cli::EachPage<Response>(client, request, [events](const Response& page) {
    events->insert(events->end(), page.events().begin(), page.events().end());
  });
}

bool Earlier(const Event& a, const Event& b) {
  return std::make_tuple(a.time().seconds(), a.time().nanos()) <
         std::make_tuple(b.time().seconds(), b.time().nanos());
}

}  // namespace

absl::StatusOr<std::vector<std::string>> TimelineOf(const lead::v1::Lead& lead, const Books& books,
                                                    cli::Client* client) {
  std::vector<Event> events;
  absl::Status status;
  status.Update(AddStory<lead::v1::ListLeadEventsRequest, lead::v1::ListLeadEventsResponse>(
      client, lead.name(), &events));
  status.Update(AddStory<lead::v1::ListAccountEventsRequest, lead::v1::ListAccountEventsResponse>(
      client, lead.account(), &events));
  status.Update(AddStory<lead::v1::ListContactEventsRequest, lead::v1::ListContactEventsResponse>(
      client, lead.contact(), &events));
  status.Update(AddStory<opportunity::v1::ListOpportunityEventsRequest,
                         opportunity::v1::ListOpportunityEventsResponse>(client, lead.opportunity(),
                                                                         &events));
  for (const auto& quote : books.quotes) {
    if (quote.opportunity() != lead.opportunity()) continue;
    status.Update(
        AddStory<quoting::v1::ListQuoteEventsRequest, quoting::v1::ListQuoteEventsResponse>(
            client, quote.name(), &events));
    status.Update(
        AddStory<ordering::v1::ListOrderEventsRequest, ordering::v1::ListOrderEventsResponse>(
            client, quote.order(), &events));
    for (const auto& invoice : books.invoices) {
      if (quote.order().empty() || invoice.order() != quote.order()) continue;
      status.Update(
          AddStory<billing::v1::ListInvoiceEventsRequest, billing::v1::ListInvoiceEventsResponse>(
              client, invoice.name(), &events));
    }
  }
  if (!status.ok()) return status;
  std::stable_sort(events.begin(), events.end(), Earlier);
  std::vector<std::string> lines;
  for (const Event& event : events) {
    const std::string words = InWords(event);
    if (words.empty()) continue;
    const absl::Time time =
        absl::FromUnixSeconds(event.time().seconds()) + absl::Nanoseconds(event.time().nanos());
    lines.push_back(absl::StrCat(
        absl::FormatTime("%H:%M:%E3S", time, absl::UTCTimeZone()), "  ",
        absl::StrFormat("%-34s", absl::StripPrefix(event.actor(), "reactions/")), "  ", words));
  }
  return lines;
}

const lead::v1::Lead* RichestStory(const Books& books) {
  std::map<std::string, int> richness;  // by opportunity
  std::map<std::string, std::string> opportunity_of;
  for (const auto& quote : books.quotes) {
    richness[quote.opportunity()] += 1 + 4 * quote.revisions_size();
    opportunity_of[quote.order()] = quote.opportunity();
  }
  for (const auto& invoice : books.invoices) {
    richness[opportunity_of[invoice.order()]] +=
        (invoice.type() == billing::v1::Invoice::CREDIT_NOTE ? 6 : 2) + 2 * invoice.payments_size();
  }
  const lead::v1::Lead* richest = nullptr;
  for (const auto& lead : books.leads) {
    if (lead.opportunity().empty()) continue;
    if (richest == nullptr || richness[lead.opportunity()] > richness[richest->opportunity()])
      richest = &lead;
  }
  return richest;
}

}  // namespace leadstream::demo
