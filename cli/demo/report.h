// What the demo shows at its end.
#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <string>

#include "cli/client.h"
#include "cli/demo/books.h"
#include "cli/importer.h"

namespace leadstream::demo {

struct Figures {
  size_t inquiries, leads, possible_duplicates, rejected_rows, merged, disqualified, qualified;
  size_t opportunities, lost_opportunities, quotes, revised_quotes, approved_discounts,
      accepted_quotes;
  size_t orders, partly_fulfilled_orders, fulfilled_orders, invoices, paid_invoices;
  size_t deposits, credit_notes;
  int64_t events;
  double seconds;
};

Figures FiguresOf(const cli::ImportReport& imported, const Books& books, absl::Duration took);

// One JSON object, its keys as the fields above.
std::string ToJson(const Figures& figures);

// The funnel, the sums of each currency, one customer's timeline. INTERNAL: amounts that must agree
// to the cent do not.
absl::Status Print(const Figures& figures, const cli::ImportReport& imported, const Books& books,
                   cli::Client* client);

}  // namespace leadstream::demo
