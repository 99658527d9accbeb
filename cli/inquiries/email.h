// E-mails as inquiries.
#pragma once

#include "cli/inquiries/inquiry.h"

namespace leadstream::inquiries {

absl::Status ReadEmails(absl::string_view bytes, const std::string& name, const Options& options,
                        const Sink& sink);

}  // namespace leadstream::inquiries
