#include "cli/inquiries/columns.h"

#include <absl/container/flat_hash_map.h>
#include <absl/status/status.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>

#include <algorithm>

#include "cli/inquiries/answers.h"
#include "cli/inquiries/words.h"

namespace leadstream::inquiries {
namespace {

// Headings are folded (see Fold), so that "E-mail cím", "e-mail CÍM" and "Email_cim" are one;
// digits at the end are dropped ("Phone 2").
struct Known {
  Field field;
  absl::string_view name;  // for --map
  absl::string_view english, hungarian, german;
};

constexpr Known kKnown[] = {
    {Field::kIgnored, "ignore", "", "", ""},
    {Field::kGivenName, "given_name", "firstname givenname first given forename",
     "keresztnev utonev", "vorname"},
    {Field::kFamilyName, "family_name", "lastname familyname surname last family",
     "vezeteknev csaladnev", "nachname familienname zuname"},
    {Field::kFullName, "name",
     "name fullname contactname contact contactperson person attendee visitor", "",
     "ansprechpartner kontaktperson besucher"},
    {Field::kFullNameFamilyFirst, "name_family_first", "",
     "nev teljesnev kapcsolattarto latogato kapcsolattartoneve", ""},
    {Field::kJobTitle, "job_title", "jobtitle title position role function",
     "beosztas munkakor pozicio", "funktion berufsbezeichnung stelle"},
    {Field::kCompany, "company",
     "company companyname organization organisation account firm employer business",
     "ceg cegnev vallalat cegneve szervezet munkahely",
     "firma unternehmen firmenname gesellschaft organisation"},
    {Field::kEmail, "email", "email emailaddress mail workemail businessemail",
     "emailcim elektronikuslevelcim", "emailadresse mailadresse"},
    {Field::kPhone, "phone",
     "phone phonenumber telephone tel mobile mobilephone cell cellphone workphone businessphone",
     "telefon telefonszam mobil mobiltelefon",
     "telefonnummer telefon mobil mobilnummer handy rufnummer"},
    {Field::kWebsite, "website", "website web url homepage webpage companywebsite",
     "weboldal honlap weblap", "webseite internetseite internet"},
    {Field::kStreet, "street", "street address addressline streetaddress",
     "utca cim lakcim utcahazszam",
     "strasse adresse anschrift strassehausnummer strasseundhausnummer"},
    {Field::kCity, "city", "city town", "varos telepules helyseg", "stadt ort wohnort"},
    {Field::kPostalCode, "postal_code", "postalcode zip zipcode postcode", "iranyitoszam irsz",
     "plz postleitzahl"},
    {Field::kRegion, "region", "state province region county", "megye regio", "bundesland kanton"},
    {Field::kCountry, "country", "country countrycode", "orszag orszagkod",
     "land landercode landerkennung landeskennzeichen"},
    {Field::kPage, "page", "page landingpage pageurl sourcepage referrer", "oldal",
     "seite landeseite"},
    {Field::kFair, "fair", "fair tradeshow tradefair event exhibition show",
     "vasar kiallitas esemeny rendezveny", "messe veranstaltung ausstellung"},
    {Field::kCampaign, "campaign", "campaign utmcampaign", "kampany", "kampagne"},
    {Field::kInterest, "interest",
     "interest interests interestedin product products productinterest need",
     "erdeklodes erdeklodesikor termek igeny", "interesse interessen produkt produkte bedarf"},
    {Field::kSubject, "subject", "subject topic", "targy tema", "betreff thema"},
    {Field::kMessage, "message", "message comment comments note notes remarks description question",
     "megjegyzes uzenet komment leiras kerdes",
     "nachricht bemerkung bemerkungen kommentar anmerkung notiz mitteilung"},
    {Field::kIndustry, "industry", "industry sector", "iparag agazat", "branche"},
    {Field::kBudget, "budget", "budget amount estimatedbudget", "koltsegkeret keret koltsegvetes",
     "budget etat"},
    {Field::kCurrency, "currency", "currency currencycode", "penznem deviza valuta", "wahrung"},
    {Field::kTimeFrame, "time_frame", "timeframe purchasetimeframe timeline whentobuy",
     "idotav vasarlasideje utemezes", "zeitrahmen kaufzeitpunkt"},
    {Field::kDecisionMaker, "decision_maker", "decisionmaker", "donteshozo",
     "entscheider entscheidungstrager"},
    {Field::kLanguage, "language", "language", "nyelv", "sprache"},
    {Field::kTime, "time",
     "submittedat submitted createdat created date datetime time timestamp receivedat scannedat",
     "datum idopont beerkezett letrehozva", "datum zeitpunkt uhrzeit erstelltam eingang"},
    {Field::kDoNotEmail, "do_not_email", "donotemail emailoptout", "nekuldjenekemailt",
     "keineemail keineemails"},
    {Field::kDoNotCall, "do_not_call", "donotcall phoneoptout donotphone", "nehivjanak",
     "nichtanrufen keineanrufe"},
};

struct Meaning {
  Field field = Field::kRemark;
  bool hungarian = false;  // and in no other language
  bool german = false;
};

const absl::flat_hash_map<std::string, Meaning>& Meanings() {
  static const auto& meanings = *[] {
    auto* all = new absl::flat_hash_map<std::string, Meaning>;
    const auto add = [&](Field field, absl::string_view words, bool hungarian, bool german) {
      for (const absl::string_view word : absl::StrSplit(words, ' ', absl::SkipEmpty())) {
        const auto [entry, added] =
            all->try_emplace(std::string(word), Meaning{field, hungarian, german});
        if (!added) entry->second.hungarian = entry->second.german = false;
      }
    };
    for (const Known& known : kKnown) {
      add(known.field, known.english, false, false);
      add(known.field, known.hungarian, true, false);
      add(known.field, known.german, false, true);
    }
    return all;
  }();
  return meanings;
}

Meaning MeaningOf(absl::string_view heading) {
  std::string key = Fold(heading);
  while (!key.empty() && key.back() >= '0' && key.back() <= '9') key.pop_back();
  const auto found = Meanings().find(key);
  return found == Meanings().end() ? Meaning{} : found->second;
}

// The first text wins; another column of the same kind goes to the notes.
void PutOnce(const std::string& heading, const std::string& cell, std::string* into, Draft* draft) {
  if (into->empty()) {
    *into = cell;
  } else if (*into != cell) {
    draft->remarks.emplace_back(heading, cell);
  }
}

std::string* TextOf(Field field, Draft* draft) {
  switch (field) {
    case Field::kGivenName:
      return &draft->given_name;
    case Field::kFamilyName:
      return &draft->family_name;
    case Field::kFullName:
    case Field::kFullNameFamilyFirst:
      return &draft->full_name;
    case Field::kJobTitle:
      return &draft->job_title;
    case Field::kCompany:
      return &draft->company;
    case Field::kWebsite:
      return &draft->website;
    case Field::kCity:
      return &draft->city;
    case Field::kPostalCode:
      return &draft->postal_code;
    case Field::kRegion:
      return &draft->region;
    case Field::kCountry:
      return &draft->country;
    case Field::kPage:
      return &draft->page;
    case Field::kFair:
      return &draft->fair;
    case Field::kCampaign:
      return &draft->campaign;
    case Field::kInterest:
      return &draft->interest;
    case Field::kSubject:
      return &draft->subject;
    case Field::kIndustry:
      return &draft->industry;
    case Field::kBudget:
      return &draft->budget;
    case Field::kCurrency:
      return &draft->currency;
    case Field::kTimeFrame:
      return &draft->time_frame;
    case Field::kDecisionMaker:
      return &draft->decision_maker;
    case Field::kLanguage:
      return &draft->language;
    case Field::kTime:
      return &draft->time;
    default:
      return nullptr;
  }
}

// An opt-out that is neither yes nor no is honoured, and its words are kept.
bool OptsOut(const std::string& heading, const std::string& cell, Draft* draft) {
  const std::optional<bool> answer = ReadYesNo(cell);
  if (!answer && !IsNothing(cell)) draft->remarks.emplace_back(heading, cell);
  return answer.value_or(!IsNothing(cell));
}

}  // namespace

std::vector<std::string> FieldNames() {
  std::vector<std::string> names;
  for (const Known& known : kKnown) names.emplace_back(known.name);
  return names;
}

absl::StatusOr<Columns> Columns::Of(const std::vector<std::string>& headings,
                                    const std::map<std::string, std::string>& fields) {
  absl::flat_hash_map<std::string, Field> mapped;
  for (const auto& [heading, name] : fields) {
    const Known* known = std::find_if(std::begin(kKnown), std::end(kKnown),
                                      [&](const Known& one) { return one.name == name; });
    if (known == std::end(kKnown)) {
      return absl::InvalidArgumentError(absl::StrCat("no field \"", name, "\" to map \"", heading,
                                                     "\" to; there are ",
                                                     absl::StrJoin(FieldNames(), ", ")));
    }
    mapped[Fold(heading)] = known->field;
  }
  Columns columns;
  for (const std::string& heading : headings) {
    columns.headings_.push_back(OneLine(heading));
    Meaning meaning = MeaningOf(heading);
    if (const auto own = mapped.find(Fold(heading)); own != mapped.end())
      meaning = {.field = own->second};
    columns.fields_.push_back(meaning.field);
    columns.known_ += meaning.field != Field::kRemark;
    columns.hungarian_ += meaning.hungarian;
    columns.german_ += meaning.german;
  }
  return columns;
}

bool Columns::Has(Field field) const {
  return std::find(fields_.begin(), fields_.end(), field) != fields_.end();
}

bool Columns::NamesAnybody() const {
  return std::any_of(fields_.begin(), fields_.end(), [](Field field) {
    return field == Field::kGivenName || field == Field::kFamilyName || field == Field::kFullName ||
           field == Field::kFullNameFamilyFirst || field == Field::kCompany ||
           field == Field::kEmail;
  });
}

Region Columns::region() const {
  if (hungarian_ > german_) return Region::kCentralEurope;
  return german_ > hungarian_ ? Region::kWesternEurope : Region::kUnknown;
}

void Columns::Fill(const std::vector<std::string>& cells, Draft* draft) const {
  for (size_t i = 0; i < fields_.size() && i < cells.size(); ++i) {
    const std::string cell = Clean(cells[i]);
    if (cell.empty() || fields_[i] == Field::kIgnored) continue;
    draft->family_name_first |= fields_[i] == Field::kFullNameFamilyFirst;
    if (std::string* text = TextOf(fields_[i], draft)) {
      PutOnce(headings_[i], cell, text, draft);
      continue;
    }
    switch (fields_[i]) {
      case Field::kEmail:
        draft->emails.push_back(cell);
        break;
      case Field::kPhone:
        draft->phones.push_back(cell);
        break;
      case Field::kStreet:
        draft->address_lines.push_back(cell);
        break;
      case Field::kMessage:
        absl::StrAppend(&draft->message, draft->message.empty() ? "" : "\n\n", cell);
        break;
      case Field::kDoNotEmail:
        draft->do_not_email |= OptsOut(headings_[i], cell, draft);
        break;
      case Field::kDoNotCall:
        draft->do_not_call |= OptsOut(headings_[i], cell, draft);
        break;
      default:
        draft->remarks.emplace_back(
            headings_[i].empty() ? absl::StrCat("Column ", i + 1) : headings_[i], cell);
    }
  }
}

}  // namespace leadstream::inquiries
