#include "cli/inquiries/draft.h"

#include <absl/container/flat_hash_set.h>
#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_replace.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>

#include <algorithm>

#include "cli/inquiries/countries.h"
#include "cli/inquiries/names.h"
#include "cli/inquiries/numbers.h"
#include "cli/inquiries/purchase.h"
#include "cli/inquiries/remarks.h"
#include "cli/inquiries/words.h"
#include "common/domain/formats.h"
#include "leadstream/common/v1/validation.pb.h"

namespace leadstream::inquiries {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using lead::v1::Lead;

const common::v1::FieldRules& RulesOf(const FieldDescriptor& field) {
  return field.options().GetExtension(common::v1::rules);
}

// The value of a field, unless it says that there is none.
std::string Given(absl::string_view text) { return IsNothing(text) ? "" : OneLine(text); }

void FillPerson(const Draft& draft, Lead* lead) {
  common::v1::Person person;
  person.set_given_name(Given(draft.given_name));
  person.set_family_name(Given(draft.family_name));
  if (person.given_name().empty() && person.family_name().empty() && !IsNothing(draft.full_name)) {
    SplitName(draft.full_name, draft.family_name_first, &person);
  }
  person.set_job_title(Given(draft.job_title));
  if (person.ByteSizeLong() > 0) *lead->mutable_person() = person;
}

// "Anna <a@b.example>; mailto:c@d.example" → both addresses.
void FillEmails(const Draft& draft, Lead* lead, Remarks* remarks) {
  const int most = RulesOf(*lead->GetDescriptor()->FindFieldByName("emails")).max_items();
  absl::flat_hash_set<std::string> seen;
  for (const std::string& cell : draft.emails) {
    if (IsNothing(cell)) continue;
    const std::string line = OneLine(cell);
    bool any = false;
    std::vector<std::string> bad;
    for (absl::string_view word :
         absl::StrSplit(line, absl::ByAnyChar(" ,;<>"), absl::SkipEmpty())) {
      if (absl::StartsWithIgnoreCase(word, "mailto:")) word.remove_prefix(7);
      if (!domain::IsEmail(word)) {
        if (absl::StrContains(word, '@')) bad.emplace_back(word);
        continue;
      }
      any = true;
      if (seen.insert(absl::AsciiStrToLower(word)).second) {
        if (lead->emails_size() < most) {
          lead->add_emails(std::string(word));
        } else {
          remarks->Add("E-mail", word);
        }
      }
    }
    if (!any) bad = {line};
    for (const std::string& text : bad) remarks->Add("E-mail", text);
  }
}

void FillPhones(const Draft& draft, Lead* lead, Remarks* remarks) {
  const int most = RulesOf(*lead->GetDescriptor()->FindFieldByName("phones")).max_items();
  const auto longest = static_cast<size_t>(
      RulesOf(*common::v1::Phone::descriptor()->FindFieldByName("number")).max_length());
  absl::flat_hash_set<std::string> seen;
  for (const std::string& cell : draft.phones) {
    // No comma or slash: "030/4559867" is one number.
    for (const absl::string_view part :
         absl::StrSplit(cell, absl::ByAnyChar(";\n"), absl::SkipEmpty())) {
      const std::string number = Given(part);
      if (number.empty() || !seen.insert(Fold(number)).second) continue;
      if (lead->phones_size() < most && domain::CodePoints(number) <= longest) {
        lead->add_phones()->set_number(number);
      } else {
        remarks->Add("Phone", number);
      }
    }
  }
}

void FillAddress(const Draft& draft, const Options& options, Lead* lead, Remarks* remarks) {
  common::v1::Address address;
  const int most = RulesOf(*address.GetDescriptor()->FindFieldByName("lines")).max_items();
  for (const std::string& lines : draft.address_lines) {
    for (const absl::string_view line : absl::StrSplit(Clean(lines), '\n')) {
      const std::string given = Given(line);
      if (given.empty()) continue;
      if (address.lines_size() < most) {
        address.add_lines(given);
      } else {
        remarks->Add("Address", given);
      }
    }
  }
  address.set_city(Given(draft.city));
  address.set_postal_code(Given(draft.postal_code));
  address.set_region(Given(draft.region));
  address.set_country(CountryCode(draft.country));
  const std::string country = Given(draft.country);
  if (address.country().empty()) remarks->Add("Country", country);
  if (country.empty()) address.set_country(options.country);
  if (address.ByteSizeLong() > 0) *lead->mutable_address() = address;
}

// What has a shape of its own: kept if it has it, noted if not.
void FillShaped(const Draft& draft, const Options& options, Lead* lead, Remarks* remarks) {
  const std::string website = Given(draft.website);
  if (domain::IsUri(website) &&
      domain::CodePoints(website) <=
          static_cast<size_t>(
              RulesOf(*lead->GetDescriptor()->FindFieldByName("website")).max_length())) {
    lead->set_website(website);
  } else {
    remarks->Add("Web site", website);
  }
  const std::string language = Given(draft.language);
  if (domain::IsLanguage(language)) {
    lead->set_language(language);
  } else {
    remarks->Add("Language", language);
  }
  const std::string time = Given(draft.time);
  if (const std::optional<absl::Time> read = ReadTime(time, options.time_zone)) {
    const int64_t us = absl::ToUnixMicros(*read);
    lead->mutable_inquiry_time()->set_seconds(us >= 0 ? us / 1'000'000
                                                      : -((-us + 999'999) / 1'000'000));
    lead->mutable_inquiry_time()->set_nanos(
        static_cast<int32_t>((us - lead->inquiry_time().seconds() * 1'000'000) * 1000));
  } else {
    remarks->Add("Asked on", time);
  }
}

void FillSource(const Draft& draft, const Options& options, Lead* lead) {
  lead->set_source(options.source != Lead::SOURCE_UNSPECIFIED ? options.source : draft.source);
  lead::v1::SourceDetail& detail = *lead->mutable_source_detail();
  detail.set_page(Given(draft.page));
  detail.set_fair(Given(draft.fair));
  detail.set_campaign(Given(draft.campaign));
  detail.set_reference(OneLine(draft.reference));
  if (!detail.campaign().empty()) return;
  const size_t query = detail.page().find('?');
  if (query == std::string::npos) return;
  for (absl::string_view parameter :
       absl::StrSplit(absl::string_view(detail.page()).substr(query + 1), '&')) {
    if (absl::ConsumePrefix(&parameter, "utm_campaign="))
      detail.set_campaign(std::string(parameter));
  }
}

void FillTopicAndNeed(const Draft& draft, Lead* lead) {
  const std::string interest = Given(draft.interest);
  lead->set_need(SaysSomething(interest)     ? Clean(draft.interest)
                 : SaysSomething(draft.need) ? Clean(draft.need)
                                             : "");
  const lead::v1::SourceDetail& detail = lead->source_detail();
  std::string topic = interest;
  if (topic.empty()) topic = Given(draft.subject);
  const bool is_own =
      !topic.empty() &&
      topic != OneLine(lead->need());  // else it is kept elsewhere too, and may be cut
  if (topic.empty()) topic = OneLine(lead->need());
  if (topic.empty() && !detail.page().empty())
    topic = absl::StrCat("Inquiry from ", detail.page().substr(0, detail.page().find('?')));
  if (topic.empty()) topic = detail.fair();
  if (topic.empty()) {
    const std::string name =
        OneLine(absl::StrCat(lead->person().given_name(), " ", lead->person().family_name()));
    topic = absl::StrCat("Inquiry from ", !lead->company().empty() ? lead->company()
                                          : !name.empty()          ? name
                                                                   : lead->emails(0));
  }
  const auto longest =
      static_cast<size_t>(RulesOf(*lead->GetDescriptor()->FindFieldByName("topic")).max_length());
  lead->set_topic(is_own ? topic : Cut(topic, longest));
}

// Cuts every string to the length its field may have; what was longer is noted as a whole.
void Fit(Message* message, Remarks* remarks) {
  const Reflection& reflection = *message->GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(*message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field->is_repeated())
      Fit(reflection.MutableMessage(message, field), remarks);
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_STRING || RulesOf(*field).max_length() == 0)
      continue;
    const auto longest = static_cast<size_t>(RulesOf(*field).max_length());
    const auto fit = [&](const std::string& text) {
      if (domain::CodePoints(text) <= longest) return text;
      remarks->Add(absl::StrReplaceAll(field->name(), {{"_", " "}}), text);
      return Cut(text, longest);
    };
    if (!field->is_repeated()) {
      reflection.SetString(message, field, fit(reflection.GetString(*message, field)));
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(*message, field); ++i) {
      reflection.SetRepeatedString(message, field, i,
                                   fit(reflection.GetRepeatedString(*message, field, i)));
    }
  }
}

}  // namespace

bool Finish(const Draft& draft, const Options& options, Lead* lead, std::string* reason) {
  Remarks remarks;
  FillPerson(draft, lead);
  lead->set_company(Given(draft.company));
  FillEmails(draft, lead, &remarks);
  const bool has_name =
      !lead->person().given_name().empty() || !lead->person().family_name().empty();
  if (!has_name && lead->company().empty() && lead->emails().empty()) {
    *reason = "nothing to make a lead of: no name, no company and no valid e-mail address";
    if (!remarks.lines().empty())
      absl::StrAppend(reason, " (", absl::StrJoin(remarks.lines(), ", "), ")");
    *reason = Cut(*reason, 500);
    return false;
  }
  FillPhones(draft, lead, &remarks);
  FillAddress(draft, options, lead, &remarks);
  FillPurchase(draft, lead, &remarks);
  FillShaped(draft, options, lead, &remarks);
  FillSource(draft, options, lead);
  FillTopicAndNeed(draft, lead);
  lead->set_industry(Given(draft.industry));
  if (draft.do_not_email) lead->mutable_consents()->set_do_not_email(true);
  if (draft.do_not_call) lead->mutable_consents()->set_do_not_call(true);
  Fit(lead, &remarks);

  std::string notes = Clean(draft.message);
  for (const auto& [label, text] : draft.remarks) remarks.Add(label, Clean(text));
  if (!notes.empty() && !remarks.lines().empty()) absl::StrAppend(&notes, "\n\n");
  absl::StrAppend(&notes, absl::StrJoin(remarks.lines(), "\n"));
  lead->set_notes(notes);
  Fit(lead, &remarks);
  return true;
}

std::string FairNameOf(absl::string_view file) {
  static const auto& usual = *new absl::flat_hash_set<std::string>(
      {"badge",     "badges", "scan",     "scans",    "card",          "cards",
       "lead",      "leads",  "list",     "export",   "contacts",      "contact",
       "csv",       "vcf",    "visitors", "kartyak",  "nevjegy",       "nevjegyek",
       "latogatok", "lista",  "besucher", "kontakte", "visitenkarten", "liste"});
  static const auto& general = *new absl::flat_hash_set<std::string>(
      {"fair", "tradeshow", "expo", "exhibition", "messe", "vasar", "kiallitas"});
  const size_t slash = file.find_last_of("/\\");
  absl::string_view stem = slash == absl::string_view::npos ? file : file.substr(slash + 1);
  stem = stem.substr(0, stem.rfind('.'));
  std::vector<std::string> words;
  for (const absl::string_view word :
       absl::StrSplit(Clean(stem), absl::ByAnyChar("_- ."), absl::SkipEmpty())) {
    if (!usual.contains(Fold(word))) words.emplace_back(word);
  }
  std::string name =
      words.size() == 1 && general.contains(Fold(words[0])) ? "" : absl::StrJoin(words, " ");
  if (!name.empty() && name[0] >= 'a' && name[0] <= 'z')
    name[0] = static_cast<char>(name[0] - ('a' - 'A'));
  return name;
}

}  // namespace leadstream::inquiries
