// Rows of a table (CSV) as inquiries.
#pragma once

#include "cli/inquiries/inquiry.h"

namespace leadstream::inquiries {

// Spreadsheets' "sep=;" in the first line is obeyed. The delimiter is the one by which most
// headings are known.
absl::Status ReadTable(absl::string_view bytes, const std::string& name, const Options& options,
                       const Sink& sink);

}  // namespace leadstream::inquiries
