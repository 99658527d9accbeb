// What a business card says of a lead.
#include <absl/strings/match.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <algorithm>

#include "cli/inquiries/draft.h"
#include "cli/inquiries/identity.h"
#include "cli/inquiries/purchase.h"
#include "cli/inquiries/vcard.h"
#include "cli/inquiries/words.h"

namespace leadstream::inquiries {
namespace {

// What is exported anew each time, or made up by a program: no part of what the card says.
bool IsIncidental(const CardProperty& property) {
  for (const absl::string_view name :
       {"VERSION", "REV", "PRODID", "UID", "SOURCE", "CLIENTPIDMAP"}) {
    if (property.name == name) return true;
  }
  return absl::StartsWith(property.name, "X-");
}

// PREF=1 of 4.0, TYPE=pref of 3.0, a bare PREF of 2.1: the smaller, the better.
int Rank(const CardProperty& property) {
  int rank = 0;
  if (absl::SimpleAtoi(property.Parameter("PREF"), &rank)) return rank;
  return property.HasType("pref") ? 1 : 101;
}

void FillName(const CardProperty& property, Draft* draft) {
  const std::vector<std::string> parts = Components(property.value, ';');
  if (!parts.empty()) draft->family_name = parts[0];
  if (parts.size() > 1) draft->given_name = parts[1];
  if (parts.size() > 2 && !parts[2].empty()) absl::StrAppend(&draft->given_name, " ", parts[2]);
}

void FillOrganization(const CardProperty& property, Draft* draft) {
  std::vector<std::string> parts = Components(property.value, ';');
  if (parts.empty() || !draft->company.empty()) return;
  draft->company = parts[0];
  parts.erase(parts.begin());
  if (!parts.empty()) draft->remarks.emplace_back("Department", absl::StrJoin(parts, ", "));
}

// Post box; extended; street; town; region; postal code; country.
void FillAddress(const CardProperty& property, Draft* draft) {
  std::vector<std::string> parts = Components(property.value, ';');
  if (parts.empty()) return;
  if (!draft->city.empty() || !draft->address_lines.empty()) {
    draft->remarks.emplace_back("Address", absl::StrJoin(parts, ", "));
    return;
  }
  parts.resize(7);
  for (const size_t i : {2, 1, 0}) {
    if (!parts[i].empty()) draft->address_lines.push_back(parts[i]);
  }
  draft->city = parts[3];
  draft->region = parts[4];
  draft->postal_code = parts[5];
  draft->country = parts[6];
}

void Fill(const CardProperty& property, Draft* draft) {
  const std::string& name = property.name;
  if (name == "N") FillName(property, draft);
  if (name == "ORG") FillOrganization(property, draft);
  if (name == "ADR") FillAddress(property, draft);
  if (name == "TEL") draft->phones.push_back(TelephoneOf(property.value));
  const std::string text = PlainText(property.value);
  if (text.empty()) return;
  if (name == "FN") draft->full_name = text;
  if (name == "TITLE" || (name == "ROLE" && draft->job_title.empty())) draft->job_title = text;
  if (name == "EMAIL") draft->emails.push_back(text);
  if (name == "URL" && draft->website.empty()) draft->website = text;
  if (name == "LANG" && draft->language.empty()) draft->language = text;
  if (name == "CATEGORIES") draft->remarks.emplace_back("Categories", text);
  if (name == "NOTE") absl::StrAppend(&draft->message, draft->message.empty() ? "" : "\n\n", text);
}

}  // namespace

absl::Status ReadCards(absl::string_view bytes, const std::string& name, const Options& options,
                       const Sink& sink) {
  CardReader reader(bytes, options.encoding);
  RowIds ids("card");
  const std::string fair = options.fair.empty() ? FairNameOf(name) : options.fair;
  for (Card card; reader.Next(&card);) {
    if (!card.fault.empty()) {
      sink.rejected({name, card.line, card.fault});
      continue;
    }
    std::vector<std::pair<std::string, std::string>> said;
    for (const CardProperty& property : card.properties) {
      if (!IsIncidental(property))
        said.emplace_back(property.name, absl::StrJoin(Components(property.value, ';'), ";"));
    }
    std::stable_sort(
        card.properties.begin(), card.properties.end(),
        [](const CardProperty& a, const CardProperty& b) { return Rank(a) < Rank(b); });
    Draft draft;
    draft.source = lead::v1::Lead::TRADE_SHOW;
    draft.fair = fair;
    draft.reference = absl::StrCat(name, ":", card.line);
    for (const CardProperty& property : card.properties) Fill(property, &draft);
    // FN is the organization's name on an organization's card, also where it has no N.
    const bool organization = std::any_of(
        card.properties.begin(), card.properties.end(), [](const CardProperty& property) {
          return property.name == "KIND" && absl::EqualsIgnoreCase(property.value, "org");
        });
    if (organization || draft.full_name == draft.company) {
      if (draft.company.empty()) draft.company = draft.full_name;
      draft.full_name.clear();
    }
    draft.need = TellingSentence(draft.message);
    ReadStatements(draft.message, &draft);
    Inquiry inquiry{.file = name, .line = card.line, .request = {}};
    std::string reason;
    if (!Finish(draft, options, inquiry.request.mutable_lead(), &reason)) {
      sink.rejected({name, card.line, reason});
      continue;
    }
    const std::vector<std::pair<absl::string_view, absl::string_view>> cells(said.begin(),
                                                                             said.end());
    inquiry.request.set_lead_id(ids.Next(cells));
    sink.inquiry(std::move(inquiry));
  }
  return absl::OkStatus();
}

}  // namespace leadstream::inquiries
