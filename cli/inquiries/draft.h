// What an inquiry says, field by field and as typed, on its way to a lead. Each format fills it;
// what becomes of it is decided here once.
#pragma once

#include <absl/strings/string_view.h>

#include <string>
#include <utility>
#include <vector>

#include "cli/inquiries/inquiry.h"

namespace leadstream::inquiries {

struct Draft {
  std::string given_name;
  std::string family_name;
  std::string full_name;  // looked at where the other two are empty
  bool family_name_first = false;
  std::string job_title;
  std::string company;
  std::vector<std::string> emails;  // each may hold several: "a@b.example; c@d.example"
  std::vector<std::string> phones;
  std::string website;
  std::vector<std::string> address_lines;
  std::string city;
  std::string postal_code;
  std::string region;
  std::string country;  // a code or a name

  std::string interest;  // topic, and need if it says something
  std::string subject;   // topic, if there is no interest
  std::string need;      // if the interest says nothing
  std::string message;   // the notes begin with it
  std::string page;
  std::string fair;
  std::string campaign;
  std::string reference;
  std::string industry;
  std::string budget;
  std::string currency;
  std::string time_frame;
  std::string decision_maker;
  std::string language;
  std::string time;
  bool do_not_email = false;
  bool do_not_call = false;
  lead::v1::Lead::Source source = lead::v1::Lead::SOURCE_UNSPECIFIED;

  // What has no field of its own, as label and text; the notes end with it.
  std::vector<std::pair<std::string, std::string>> remarks;
};

// Makes the lead. What does not fit its field (no valid country, no readable budget, too long) goes
// to the notes. The result passes the server's validation. False if there is nothing to make a lead
// of; then `reason` says what is missing.
bool Finish(const Draft& draft, const Options& options, lead::v1::Lead* lead, std::string* reason);

// "hannover_fair_badges.csv" → "Hannover fair"; empty if nothing is left of the name but what any
// such file is called.
std::string FairNameOf(absl::string_view file);

}  // namespace leadstream::inquiries
