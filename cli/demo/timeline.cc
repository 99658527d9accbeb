#include "cli/demo/timeline.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/strings/strip.h>
#include <absl/time/time.h>

#include <map>

#include "cli/demo/words.h"
#include "cli/pages.h"
#include "leadstream/lead/v1/activity_service.pb.h"

namespace leadstream::demo {

absl::StatusOr<std::vector<std::string>> TimelineOf(const lead::v1::Lead& lead,
                                                    cli::Client* client) {
  lead::v1::ListTimelineRequest request;
  request.set_regarding(lead.name());
  request.set_include_related(true);
  request.set_order_by("time");
  std::vector<std::string> lines;
  absl::Status status = cli::EachPage<lead::v1::ListTimelineResponse>(
      client, request, [&lines](const lead::v1::ListTimelineResponse& page) {
        for (const lead::v1::TimelineEntry& entry : page.entries()) {
          const std::string words = InWords(entry.event());
          if (words.empty()) continue;
          const absl::Time time = absl::FromUnixSeconds(entry.time().seconds()) +
                                  absl::Nanoseconds(entry.time().nanos());
          lines.push_back(
              absl::StrCat(absl::FormatTime("%H:%M:%E3S", time, absl::UTCTimeZone()), "  ",
                           absl::StrFormat("%-34s", absl::StripPrefix(entry.actor(), "reactions/")),
                           "  ", words));
        }
      });
  if (!status.ok()) return status;
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
        (invoice.type() == billing::v1::Invoice::INVOICE ? 2 : 6) + 2 * invoice.payments_size();
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
