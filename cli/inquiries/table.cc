#include "cli/inquiries/table.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "cli/inquiries/columns.h"
#include "cli/inquiries/csv.h"
#include "cli/inquiries/draft.h"
#include "cli/inquiries/encoding.h"
#include "cli/inquiries/identity.h"
#include "cli/inquiries/letter.h"
#include "cli/inquiries/purchase.h"
#include "cli/inquiries/words.h"

namespace leadstream::inquiries {
namespace {

using lead::v1::Lead;

struct Header {
  char delimiter = ',';
  CsvRecord record;
  Columns columns;
};

// The header, read with the delimiter that makes most of it.
absl::StatusOr<Header> FindHeader(absl::string_view text, const Options& options,
                                  int64_t first_line) {
  std::string candidates = ",;\t|";
  if (options.delimiter != 0) candidates = std::string(1, options.delimiter);
  std::optional<Header> best;
  for (const char delimiter : candidates) {
    Header header{.delimiter = delimiter, .record = {}, .columns = {}};
    CsvReader(text, delimiter, first_line).Next(&header.record);
    while (!header.record.cells.empty() && OneLine(header.record.cells.back()).empty())
      header.record.cells.pop_back();
    absl::StatusOr<Columns> columns = Columns::Of(header.record.cells, options.fields);
    if (!columns.ok()) return columns.status();
    header.columns = *std::move(columns);
    const auto worth = [](const Header& one) {
      return std::pair(one.columns.known(), one.columns.size());
    };
    if (!best || worth(header) > worth(*best)) best = std::move(header);
  }
  return *std::move(best);
}

// "sep=;" in the first line: Excel's own way to name the delimiter. Such a line is not a header.
absl::string_view SkipSeparatorLine(absl::string_view text, Options* options, int64_t* first_line) {
  if (text.size() < 6 || !absl::StartsWithIgnoreCase(text, "sep=")) return text;
  const size_t end = text.find_first_of("\r\n");
  if (end != 5) return text;
  if (options->delimiter == 0) options->delimiter = text[4];
  text.remove_prefix(text.substr(end, 2) == "\r\n" ? end + 2 : end + 1);
  ++*first_line;
  return text;
}

// The headings' language tells guessed encodings apart; headings are known without their accents,
// so any guess will do to read them.
absl::StatusOr<Text> DecodeTable(absl::string_view bytes, Options options) {
  const std::string encoding = options.encoding.empty() ? DetectEncoding(bytes) : options.encoding;
  if (!options.encoding.empty() || !IsGuess(encoding)) return Decode(bytes, encoding);
  const absl::StatusOr<Text> start = Decode(bytes.substr(0, 64 * 1024), encoding);
  if (!start.ok()) return start.status();
  int64_t first_line = 1;
  const absl::string_view text = SkipSeparatorLine(start->utf8, &options, &first_line);
  const absl::StatusOr<Header> header = FindHeader(text, options, first_line);
  if (!header.ok()) return header.status();
  return Decode(bytes, "", header->columns.region());
}

bool SoundsLikeAFair(absl::string_view name) {
  const std::string key = Fold(name);
  for (const absl::string_view word :
       {"badge", "fair", "tradeshow", "expo", "messe", "vasar", "kiallitas", "scan"}) {
    if (absl::StrContains(key, word)) return true;
  }
  return false;
}

Lead::Source SourceOf(const Columns& columns, absl::string_view name) {
  if (columns.Has(Field::kPage)) return Lead::WEB;
  if (columns.Has(Field::kFair) || SoundsLikeAFair(name)) return Lead::TRADE_SHOW;
  return Lead::IMPORT;
}

}  // namespace

absl::Status ReadTable(absl::string_view bytes, const std::string& name, const Options& given,
                       const Sink& sink) {
  Options options = given;
  const absl::StatusOr<Text> decoded = DecodeTable(bytes, options);
  if (!decoded.ok()) return decoded.status();
  int64_t first_line = 1;
  const absl::string_view text = SkipSeparatorLine(decoded->utf8, &options, &first_line);
  const absl::StatusOr<Header> header = FindHeader(text, options, first_line);
  if (!header.ok()) return header.status();
  const Columns& columns = header->columns;
  if (!header->record.fault.empty() || !columns.NamesAnybody()) {
    sink.rejected(
        {name, std::max(header->record.line, first_line),
         !header->record.fault.empty()
             ? header->record.fault
             : Cut(absl::StrCat("no column with a name, a company or an e-mail address among: ",
                                absl::StrJoin(columns.headings(), ", ")),
                   500)});
    return absl::OkStatus();
  }

  CsvReader reader(text, header->delimiter, first_line);
  reader.ExpectCells(columns.size());
  CsvRecord record;
  reader.Next(&record);  // the header
  const Lead::Source source = SourceOf(columns, name);
  const std::string fair = options.fair.empty() ? FairNameOf(name) : options.fair;
  RowIds ids("row");
  while (reader.Next(&record)) {
    if (!record.fault.empty()) {
      sink.rejected({name, record.line, record.fault});
      continue;
    }
    // Spreadsheets leave rows of delimiters behind; nobody asked anything in them.
    if (std::all_of(record.cells.begin(), record.cells.end(),
                    [](const std::string& cell) { return OneLine(cell).empty(); }))
      continue;
    std::vector<std::pair<absl::string_view, absl::string_view>> cells;
    for (size_t i = 0; i < columns.size(); ++i)
      cells.emplace_back(columns.headings()[i], record.cells[i]);
    Draft draft;
    draft.source = source;
    draft.reference = absl::StrCat(name, ":", record.line);
    columns.Fill(record.cells, &draft);
    const std::string message = ReadLetter(draft.message, "").body;
    draft.need = TellingSentence(message);
    ReadStatements(message, &draft);
    if (draft.fair.empty() && source == Lead::TRADE_SHOW) draft.fair = fair;
    Inquiry inquiry{.file = name, .line = record.line, .request = {}};
    std::string reason;
    if (!Finish(draft, options, inquiry.request.mutable_lead(), &reason)) {
      sink.rejected({name, record.line, reason});
      continue;
    }
    inquiry.request.set_lead_id(ids.Next(cells));
    sink.inquiry(std::move(inquiry));
  }
  return absl::OkStatus();
}

}  // namespace leadstream::inquiries
