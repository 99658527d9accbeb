// Which column of a table means what, by its heading: in English, Hungarian or German, or as the
// user says.
#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include <map>
#include <string>
#include <vector>

#include "cli/inquiries/draft.h"
#include "cli/inquiries/encoding.h"

namespace leadstream::inquiries {

// What a column may hold. kRemark: unknown to us, kept in the notes under its heading.
enum class Field {
  kRemark,
  kIgnored,
  kGivenName,
  kFamilyName,
  kFullName,
  kFullNameFamilyFirst,
  kJobTitle,
  kCompany,
  kEmail,
  kPhone,
  kWebsite,
  kStreet,
  kCity,
  kPostalCode,
  kRegion,
  kCountry,
  kPage,
  kFair,
  kCampaign,
  kInterest,
  kSubject,
  kMessage,
  kIndustry,
  kBudget,
  kCurrency,
  kTimeFrame,
  kDecisionMaker,
  kLanguage,
  kTime,
  kDoNotEmail,
  kDoNotCall,
};

// The names of the fields for `--map heading=field`: "given_name", "email", ..., "ignore".
std::vector<std::string> FieldNames();

class Columns {
 public:
  // INVALID_ARGUMENT if `fields` names a field that does not exist.
  static absl::StatusOr<Columns> Of(const std::vector<std::string>& headings,
                                    const std::map<std::string, std::string>& fields);

  size_t size() const { return headings_.size(); }
  const std::vector<std::string>& headings() const { return headings_; }
  // How many columns are known: what tells the right delimiter from the wrong ones.
  int known() const { return known_; }
  bool Has(Field field) const;
  // A name, a company or an e-mail address: without one no row can become a lead.
  bool NamesAnybody() const;
  // Where people write headings in this language.
  Region region() const;

  // Takes one row, as many cells as there are headings.
  void Fill(const std::vector<std::string>& cells, Draft* draft) const;

 private:
  std::vector<std::string> headings_;
  std::vector<Field> fields_;
  int known_ = 0;
  int hungarian_ = 0;
  int german_ = 0;
};

}  // namespace leadstream::inquiries
