#include "services/quoting/quote_comparison.h"

#include <absl/algorithm/container.h>
#include <absl/strings/match.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <google/protobuf/util/message_differencer.h>

#include "common/domain/lines.h"
#include "common/domain/update.h"
#include "common/domain/validation.h"
#include "leadstream/common/v1/error_reason.pb.h"
#include "leadstream/quoting/v1/error_reason.pb.h"

namespace leadstream::quoting {

using common::v1::Line;
using domain::Lines;
using domain::Message;
using domain::Refusal;
using google::protobuf::util::MessageDifferencer;
using v1::CompareQuotesResponse;
using v1::Quote;
using v1::QuoteRevision;

namespace {

// A revision of a quote that is at a later one, or at this. Null if there is none.
std::shared_ptr<const Quote> Find(const std::shared_ptr<const Quote>& quote, int revision,
                                  const domain::Reader& reader) {
  if (revision == quote->revision()) return quote;
  const auto frozen = absl::c_find_if(
      quote->revisions(), [&](const QuoteRevision& one) { return one.revision() == revision; });
  int64_t events = 0;
  if (frozen == quote->revisions().end() || !absl::SimpleAtoi(frozen->etag(), &events))
    return nullptr;
  return std::dynamic_pointer_cast<const Quote>(reader.FindAt(quote->name(), events));
}

void CompareLines(const Lines& base, const Lines& compared, CompareQuotesResponse* response) {
  for (const Line& line : base) {
    const Line* other = domain::FindLine(line.line_id(), compared);
    if (other != nullptr && MessageDifferencer::Equals(line, *other)) continue;
    auto* difference = response->add_lines();
    difference->set_line_id(line.line_id());
    *difference->mutable_base() = line;
    if (other != nullptr) *difference->mutable_compared() = *other;
  }
  for (const Line& line : compared) {
    if (domain::FindLine(line.line_id(), base) != nullptr) continue;
    auto* difference = response->add_lines();
    difference->set_line_id(line.line_id());
    *difference->mutable_compared() = line;
  }
}

// Messages of ours are looked into, values (dates, decimals) are not.
void CompareFields(const Message& base, const Message& compared, const std::string& prefix,
                   CompareQuotesResponse* response) {
  const auto changed = domain::ChangedFields(base, compared);
  for (const std::string& path : changed.paths()) {
    const auto* field = base.GetDescriptor()->FindFieldByName(path);
    const auto* type = field->message_type();
    if (field->is_repeated() || type == nullptr ||
        !absl::StartsWith(type->full_name(), "leadstream.")) {
      response->add_fields(absl::StrCat(prefix, path));
      continue;
    }
    CompareFields(base.GetReflection()->GetMessage(base, field),
                  compared.GetReflection()->GetMessage(compared, field),
                  absl::StrCat(prefix, path, "."), response);
  }
}

Quote WithoutLines(Quote quote) {
  domain::ClearOutputOnly(&quote);
  quote.clear_etag();
  quote.clear_lines();
  return quote;
}

}  // namespace

std::optional<Refusal> CompareQuotes(const v1::CompareQuotesRequest& request,
                                     const domain::Reader& reader,
                                     CompareQuotesResponse* response) {
  const auto quote = reader.Find<Quote>(request.name());
  if (quote == nullptr)
    return domain::RefuseNotFound(common::v1::RESOURCE_NOT_FOUND, request.name());
  std::vector<domain::FieldViolation> bad;
  const auto find = [&](int revision, absl::string_view field) {
    auto found = Find(quote, revision, reader);
    if (found == nullptr) {
      bad.push_back({std::string(field), absl::StrCat("the quote has revisions 0 to ",
                                                      quote->revision(), ", not ", revision)});
    }
    return found;
  };
  const auto base = find(request.base_revision(), "base_revision");
  const auto compared = find(request.revision(), "revision");
  if (!bad.empty())
    return domain::RefuseFields(v1::QUOTE_REVISION_UNKNOWN, "there is no such revision", bad);
  *response->mutable_base() = *base;
  *response->mutable_compared() = *compared;
  CompareLines(base->lines(), compared->lines(), response);
  CompareFields(WithoutLines(*base), WithoutLines(*compared), "", response);
  return std::nullopt;
}

}  // namespace leadstream::quoting
