// Inquiries as they come into a sales office, read from files: tables (CSV), business cards (vCard)
// and e-mails.
//
//   Read(bytes, "fair.csv", {}, {.inquiry = [](Inquiry inquiry) { ... },
//                                .rejected = [](RejectedRow row) { ... }});
//
// Only reading: nothing is sent. What cannot be understood is kept in the lead's notes; a row is
// rejected only if it is broken or there is nothing in it to make a lead of, and it never stops the
// others.
//
// Every request carries a `lead_id` that is derived from what the inquiry says (see identity.h), so
// that reading a file again, under another name, in another encoding or with rows appended, leads
// to the same leads.
#pragma once

#include <absl/status/status.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "leadstream/lead/v1/lead.pb.h"
#include "leadstream/lead/v1/lead_service.pb.h"

namespace leadstream::inquiries {

struct Inquiry {
  std::string file;
  int64_t line = 0;  // where it starts, from 1
  lead::v1::CreateLeadRequest request;
};

struct RejectedRow {
  std::string file;
  int64_t line = 0;
  std::string reason;
};

struct Options {
  // The encoding of the file, as ICU knows it ("windows-1250", "latin2"). Empty: found out.
  std::string encoding = "";
  // What separates the cells of a table. 0: found out, one of , ; tab |.
  char delimiter = 0;
  // Heading of a table → field (see FieldNames in columns.h); before the known headings.
  std::map<std::string, std::string> fields = {};
  // How they came. Unspecified: by the kind of file (e-mail, cards: a trade show, a table with
  // pages: the web ...).
  lead::v1::Lead::Source source = lead::v1::Lead::SOURCE_UNSPECIFIED;
  // The fair's name. Empty: from the name of the file.
  std::string fair = "";
  // The country of those who do not say, ISO 3166-1 alpha-2.
  std::string country = "";
  // Where times without a zone are.
  absl::TimeZone time_zone = absl::UTCTimeZone();
};

struct Sink {
  std::function<void(Inquiry)> inquiry;
  std::function<void(RejectedRow)> rejected;
};

// Reads one file. `bytes` is its content; its kind is told from that, and by the ending of `name`
// only where it leaves a doubt. A file that cannot be read at all (empty, a picture, a table
// without a heading that is known) is one rejected row. INVALID_ARGUMENT if the options make no
// sense: an unknown encoding, field or country.
absl::Status Read(absl::string_view bytes, const std::string& name, const Options& options,
                  const Sink& sink);

}  // namespace leadstream::inquiries
