#include "services/lead/duplicates.h"

#include <absl/container/flat_hash_set.h>
#include <absl/strings/str_cat.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "leadstream/common/v1/error_reason.pb.h"
#include "leadstream/lead/v1/error_reason.pb.h"
#include "services/lead/likeness.h"
#include "services/lead/phone_numbers.h"

namespace leadstream::lead {
namespace {

using domain::Refusal;
using v1::Duplicate;
using v1::Lead;

constexpr size_t kCandidatesPerKeyMax = 500;
constexpr int kResultsDefault = 10;
constexpr int kResultsMax = 100;
constexpr size_t kCompanySounds = 3;

std::string CompanyKey(const std::string& company) {
  const std::string core = CompanyCore(company);
  return SoundKey(absl::string_view(core).substr(0, core.find(' ')), kCompanySounds);
}

std::vector<std::string> KeysOf(const Lead& lead) {
  std::vector<std::string> keys;
  for (const std::string& email : lead.emails())
    keys.push_back(absl::StrCat("e:", NormalizedEmail(email)));
  for (const auto& phone : lead.phones()) {
    if (!phone.e164().empty()) keys.push_back(absl::StrCat("p:", phone.e164()));
  }
  if (const std::string person = SoundKey(lead.person()); !person.empty()) {
    if (const std::string company = CompanyKey(lead.company()); !company.empty())
      keys.push_back(absl::StrCat("c:", person, "|", company));
    for (const std::string& email : lead.emails())
      keys.push_back(absl::StrCat("d:", person, "|", EmailDomain(email)));
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

Duplicate::Match MatchOf(Duplicate::Reason reason, const std::string& value, double similarity) {
  Duplicate::Match match;
  match.set_reason(reason);
  match.set_value(value);
  match.set_similarity(similarity);
  return match;
}

// What the found lead has in common with the other; nothing if they share none.
const std::string* SharedEmail(const Lead& lead, const Lead& other,
                               std::string (*part)(absl::string_view)) {
  for (const std::string& theirs : other.emails()) {
    for (const std::string& ours : lead.emails()) {
      if (!part(ours).empty() && part(ours) == part(theirs)) return &theirs;
    }
  }
  return nullptr;
}

const std::string* SharedPhone(const Lead& lead, const Lead& other) {
  for (const auto& theirs : other.phones()) {
    for (const auto& ours : lead.phones()) {
      if (!ours.e164().empty() && ours.e164() == theirs.e164()) return &theirs.e164();
    }
  }
  return nullptr;
}

std::string FullName(const common::v1::Person& person) {
  const bool both = !person.given_name().empty() && !person.family_name().empty();
  return absl::StrCat(person.given_name(), both ? " " : "", person.family_name());
}

// The strongest reason decides, then how alike they are, then the name, so that the order is always
// the same.
bool Likelier(const Duplicate& a, const Duplicate& b) {
  const auto& first = a.matches(0);
  const auto& second = b.matches(0);
  if (first.reason() != second.reason()) return first.reason() < second.reason();
  if (first.similarity() != second.similarity()) return first.similarity() > second.similarity();
  return a.lead().name() < b.lead().name();
}

}  // namespace

std::vector<Duplicate> DuplicatesOf(const Lead& lead, const domain::Reader& reader) {
  std::vector<Duplicate> found;
  absl::flat_hash_set<std::string> seen = {lead.name()};
  for (const std::string& key : KeysOf(lead)) {
    for (const std::string& name :
         reader.Keyed("leads", kDuplicatesIndex, key, kCandidatesPerKeyMax)) {
      if (!seen.insert(name).second) continue;
      const auto other = reader.Find<Lead>(name);
      if (other == nullptr) continue;
      Duplicate duplicate;
      for (Duplicate::Match& match : Compare(lead, *other))
        *duplicate.add_matches() = std::move(match);
      if (duplicate.matches().empty()) continue;
      *duplicate.mutable_lead() = *other;
      found.push_back(std::move(duplicate));
    }
  }
  std::sort(found.begin(), found.end(), Likelier);
  return found;
}

std::vector<std::string> MatchKeys(const Lead& lead) {
  if (!lead.merged_into().empty()) return {};
  return KeysOf(lead);
}

std::vector<Duplicate::Match> Compare(const Lead& lead, const Lead& other) {
  std::vector<Duplicate::Match> matches;
  if (const std::string* email = SharedEmail(lead, other, NormalizedEmail))
    matches.push_back(MatchOf(Duplicate::SAME_EMAIL, *email, 1));
  if (const std::string* phone = SharedPhone(lead, other))
    matches.push_back(MatchOf(Duplicate::SAME_PHONE, *phone, 1));
  const double name = NameLikeness(lead.person(), other.person());
  if (name < kAlike) return matches;
  if (const double company = CompanyLikeness(lead.company(), other.company()); company >= kAlike) {
    matches.push_back(MatchOf(Duplicate::SIMILAR_NAME_AND_COMPANY,
                              absl::StrCat(FullName(other.person()), ", ", other.company()),
                              std::min(name, company)));
  }
  if (const std::string* email = SharedEmail(lead, other, EmailDomain)) {
    matches.push_back(MatchOf(Duplicate::SIMILAR_NAME_AND_EMAIL_DOMAIN,
                              absl::StrCat(FullName(other.person()), ", ", EmailDomain(*email)),
                              name));
  }
  return matches;
}

std::optional<Refusal> FindDuplicates(const v1::FindDuplicatesRequest& request,
                                      const domain::Reader& reader,
                                      v1::FindDuplicatesResponse* response) {
  Lead lead;
  if (request.has_name()) {
    const auto known = reader.Find<Lead>(request.name());
    if (known == nullptr)
      return domain::RefuseNotFound(common::v1::RESOURCE_NOT_FOUND, request.name());
    lead = *known;
  } else {
    lead = request.lead();
    lead.clear_name();
    UnderstandPhones(lead.address().country(), lead.mutable_phones());
  }
  if (KeysOf(lead).empty()) {
    return domain::RefuseFields(
        v1::LEAD_NOTHING_TO_COMPARE,
        "leads are compared by e-mail address, telephone number, or a person's name and company",
        {{request.has_name() ? "name" : "lead", "has none of these"}});
  }
  const int wanted =
      request.max_results() <= 0 ? kResultsDefault : std::min(request.max_results(), kResultsMax);
  for (Duplicate& duplicate : DuplicatesOf(lead, reader)) {
    if (response->duplicates_size() == wanted) break;
    *response->add_duplicates() = std::move(duplicate);
  }
  return std::nullopt;
}

}  // namespace leadstream::lead
