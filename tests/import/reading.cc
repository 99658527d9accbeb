#include "tests/import/reading.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_replace.h>
#include <absl/time/time.h>
#include <unicode/ucnv.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "common/domain/validation.h"

namespace leadstream::inquiries {
namespace {

using lead::v1::Lead;

std::string BudgetOf(const lead::v1::Budget& budget) {
  std::string amount = absl::StrCat(budget.amount().units());
  if (budget.amount().nanos() != 0)
    absl::StrAppend(&amount, ".", absl::Dec(budget.amount().nanos() / 10'000'000, absl::kZeroPad2));
  return absl::StrCat(
      budget.has_amount() ? absl::StrCat(amount, " ", budget.amount().currency_code()) : "some",
      budget.confirmed() ? ", confirmed" : ", guessed");
}

std::string SourceOf(const Lead& lead) {
  std::string source = Lead::Source_Name(lead.source());
  const lead::v1::SourceDetail& detail = lead.source_detail();
  if (!detail.page().empty()) absl::StrAppend(&source, ", page ", detail.page());
  if (!detail.fair().empty()) absl::StrAppend(&source, ", fair ", detail.fair());
  if (!detail.campaign().empty()) absl::StrAppend(&source, ", campaign ", detail.campaign());
  return absl::StrCat(source, ", from ", detail.reference());
}

std::string AddressOf(const common::v1::Address& address) {
  std::vector<std::string> parts(address.lines().begin(), address.lines().end());
  for (const std::string& part :
       {address.city(), address.postal_code(), address.region(), address.country()}) {
    if (!part.empty()) parts.push_back(part);
  }
  return absl::StrJoin(parts, "; ");
}

}  // namespace

const Lead& Reading::lead() const {
  static const Lead none;
  EXPECT_EQ(inquiries.size(), 1u);
  EXPECT_THAT(complaints(), testing::IsEmpty());
  return inquiries.empty() ? none : inquiries[0].request.lead();
}

std::vector<std::string> Reading::ids() const {
  std::vector<std::string> ids;
  for (const Inquiry& inquiry : inquiries) ids.push_back(inquiry.request.lead_id());
  return ids;
}

std::vector<std::string> Reading::complaints() const {
  std::vector<std::string> lines;
  for (const RejectedRow& row : rejected)
    lines.push_back(absl::StrCat(row.file, ":", row.line, ": ", row.reason));
  return lines;
}

Reading ReadFile(absl::string_view bytes, const std::string& name, const Options& options) {
  Reading reading;
  const absl::Status status =
      Read(bytes, name, options,
           {.inquiry = [&](Inquiry inquiry) { reading.inquiries.push_back(std::move(inquiry)); },
            .rejected = [&](RejectedRow row) { reading.rejected.push_back(std::move(row)); }});
  EXPECT_TRUE(status.ok()) << status;
  for (const Inquiry& inquiry : reading.inquiries) {
    for (const domain::FieldViolation& bad : domain::Validate(inquiry.request)) {
      ADD_FAILURE() << inquiry.file << ":" << inquiry.line << ": " << bad.field << " "
                    << bad.description << "\n"
                    << inquiry.request.ShortDebugString();
    }
  }
  return reading;
}

std::string Described(const Lead& lead) {
  std::string text;
  const auto say = [&](absl::string_view label, absl::string_view what) {
    if (!what.empty())
      absl::StrAppend(&text, label, ": ", absl::StrReplaceAll(what, {{"\n", "\\n"}}), "\n");
  };
  say("topic", lead.topic());
  if (lead.has_person()) {
    const common::v1::Person& person = lead.person();
    say("person", absl::StrCat(person.given_name(), " / ", person.family_name(),
                               person.job_title().empty() ? "" : ", ", person.job_title()));
  }
  say("company", lead.company());
  say("e-mail", absl::StrJoin(lead.emails(), ", "));
  say("phone",
      absl::StrJoin(lead.phones(), ", ", [](std::string* out, const common::v1::Phone& phone) {
        absl::StrAppend(out, phone.number());
      }));
  say("web site", lead.website());
  say("address", AddressOf(lead.address()));
  say("source", SourceOf(lead));
  say("need", lead.need());
  if (lead.has_budget()) say("budget", BudgetOf(lead.budget()));
  say("decision maker", lead.decision_maker());
  if (lead.purchase_time_frame() != Lead::PURCHASE_TIME_FRAME_UNSPECIFIED)
    say("time frame", Lead::PurchaseTimeFrame_Name(lead.purchase_time_frame()));
  say("language", lead.language());
  if (lead.has_inquiry_time())
    say("asked",
        absl::FormatTime("%Y-%m-%d %H:%M", absl::FromUnixSeconds(lead.inquiry_time().seconds()),
                         absl::UTCTimeZone()));
  if (lead.consents().do_not_email()) say("consents", "no e-mail");
  if (lead.consents().do_not_call()) say("consents", "no calls");
  say("notes", lead.notes());
  return text;
}

std::string Encoded(absl::string_view utf8, const char* encoding) {
  const icu::UnicodeString text = icu::UnicodeString::fromUTF8(
      icu::StringPiece(utf8.data(), static_cast<int32_t>(utf8.size())));
  std::string bytes(utf8.size() * 4 + 4, '\0');
  UErrorCode error = U_ZERO_ERROR;
  UConverter* converter = ucnv_open(encoding, &error);
  bytes.resize(static_cast<size_t>(
      text.extract(bytes.data(), static_cast<int32_t>(bytes.size()), converter, error)));
  ucnv_close(converter);
  EXPECT_TRUE(U_SUCCESS(error)) << u_errorName(error);
  return bytes;
}

std::string Sample(const std::string& path) {
  std::ifstream file(absl::StrCat(LEADSTREAM_SOURCE_DIR, "/samples/", path), std::ios::binary);
  std::stringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

std::vector<std::string> SamplesOfInquiries() {
  std::vector<std::string> paths = {"web_signups.csv", "hannover_fair_badges.csv"};
  const std::filesystem::path samples = std::filesystem::path(LEADSTREAM_SOURCE_DIR) / "samples";
  for (const char* folder : {"cards", "inquiries"}) {
    for (const auto& entry : std::filesystem::directory_iterator(samples / folder))
      paths.push_back(absl::StrCat(folder, "/", entry.path().filename().string()));
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace leadstream::inquiries
