// An export in Parquet as DuckDB sees it: a script of views over its files.
//
//   leads, opportunities, quotes, orders, invoices, ...   the resources
//   events."LeadCreated", ...                             each kind of event
//   funnel              what became of each month's inquiries, by source
//   cycle_times         for each lead, when it came to each step, and the days between
//   quote_to_cash       for each order, what was quoted, ordered, invoiced, credited, paid, is owed
//   pipeline_history    each stage that each opportunity was in, from when to when
//   win_loss            opportunities won and lost by month, owner, source, reason and competitor
//   revenue_by_month    what was invoiced, credited and paid by month, source, owner and currency
#pragma once

#include <string>

#include "cli/export/manifest.h"

namespace leadstream::exporting {

// `directory`: where the export is; the views name it, so they hold until it is moved.
std::string DuckDbScript(const std::string& directory, const Manifest& manifest);

}  // namespace leadstream::exporting
