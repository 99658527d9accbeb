#include "cli/inquiries/inquiry.h"

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/strip.h>

#include <algorithm>

#include "cli/inquiries/columns.h"
#include "cli/inquiries/email.h"
#include "cli/inquiries/encoding.h"
#include "cli/inquiries/table.h"
#include "cli/inquiries/vcard.h"
#include "common/domain/formats.h"

namespace leadstream::inquiries {
namespace {

enum class Kind { kUnknown, kTable, kCards, kEmail };

constexpr size_t kStartMax = 16 * 1024;

// Files that people take for tables, by how they start.
struct Foreign {
  absl::string_view start;
  absl::string_view advice;
};
constexpr Foreign kForeign[] = {
    {"PK\x03\x04", "a workbook or archive; save it as CSV"},
    {"\xD0\xCF\x11\xE0",
     "an old Office document or an Outlook message; save it as CSV, or as .eml"},
    {"%PDF", "a PDF; only tables (CSV), cards (vCard) and e-mails (.eml) can be read"},
    {"\x89PNG", "a picture"},
    {"\xFF\xD8\xFF", "a picture"},
    {"\x1F\x8B", "compressed; unpack it"},
};

// How many of the headers that any e-mail has stand at the start, before the first line that is
// none.
int EmailHeaders(absl::string_view start) {
  int headers = 0;
  while (!start.empty()) {
    const size_t end = std::min(start.find('\n'), start.size() - 1) + 1;
    const absl::string_view line = absl::StripAsciiWhitespace(start.substr(0, end));
    const bool folded = start[0] == ' ' || start[0] == '\t';
    start.remove_prefix(end);
    if (folded || (headers == 0 && absl::StartsWith(line, "From "))) continue;
    const size_t colon = line.find(':');
    const absl::string_view name = line.substr(0, colon);
    const bool is_header =
        colon != absl::string_view::npos && colon > 0 &&
        std::all_of(name.begin(), name.end(), [](char c) {
          return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
        });
    if (!is_header) break;
    for (const absl::string_view known :
         {"From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Received", "Content-Type",
          "Return-Path", "Reply-To"}) {
      headers += absl::EqualsIgnoreCase(name, known);
    }
  }
  return headers;
}

Kind KindByName(absl::string_view name) {
  const std::string lower = absl::AsciiStrToLower(name);
  for (const absl::string_view ending : {".eml", ".mbox", ".msg"}) {
    if (absl::EndsWith(lower, ending)) return Kind::kEmail;
  }
  for (const absl::string_view ending : {".vcf", ".vcard"}) {
    if (absl::EndsWith(lower, ending)) return Kind::kCards;
  }
  return absl::EndsWith(lower, ".csv") || absl::EndsWith(lower, ".tsv") ||
                 absl::EndsWith(lower, ".txt")
             ? Kind::kTable
             : Kind::kUnknown;
}

Kind KindOf(absl::string_view bytes, absl::string_view name, const std::string& encoding) {
  const absl::StatusOr<Text> decoded = Decode(bytes.substr(0, kStartMax), encoding);
  const absl::string_view start =
      decoded.ok() ? absl::StripLeadingAsciiWhitespace(decoded->utf8) : bytes.substr(0, kStartMax);
  if (absl::StartsWithIgnoreCase(start, "BEGIN:VCARD")) return Kind::kCards;
  const int headers = EmailHeaders(start);
  if (headers >= 2) return Kind::kEmail;
  const Kind by_name = KindByName(name);
  if (by_name == Kind::kUnknown) return headers == 1 ? Kind::kEmail : Kind::kTable;
  return by_name;
}

// So that a wrong option is told whatever is read.
absl::Status Check(const Options& options) {
  if (absl::StatusOr<Text> known = Decode("", options.encoding); !known.ok()) return known.status();
  if (absl::StatusOr<Columns> known = Columns::Of({}, options.fields); !known.ok())
    return known.status();
  if (!options.country.empty() && !domain::IsCountry(options.country)) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", options.country, "\" is no country code, such as HU"));
  }
  if (absl::StrContains("\"\r\n", options.delimiter) && options.delimiter != 0) {
    return absl::InvalidArgumentError("a quote or a line break cannot separate cells");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Read(absl::string_view bytes, const std::string& name, const Options& options,
                  const Sink& sink) {
  if (const absl::Status valid = Check(options); !valid.ok()) return valid;
  for (const Foreign& foreign : kForeign) {
    if (!absl::StartsWith(bytes, foreign.start)) continue;
    sink.rejected({name, 1, absl::StrCat("this is ", foreign.advice)});
    return absl::OkStatus();
  }
  if (absl::StripAsciiWhitespace(bytes.substr(0, kStartMax)).empty()) {
    sink.rejected({name, 1, "the file is empty"});
    return absl::OkStatus();
  }
  switch (KindOf(bytes, name, options.encoding)) {
    case Kind::kCards:
      return ReadCards(bytes, name, options, sink);
    case Kind::kEmail:
      return ReadEmails(bytes, name, options, sink);
    default:
      return ReadTable(bytes, name, options, sink);
  }
}

}  // namespace leadstream::inquiries
