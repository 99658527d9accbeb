#pragma once

#include <absl/strings/string_view.h>

#include "leadstream/common/v1/party.pb.h"

namespace leadstream::inquiries {

// Splits a person's name as written: "Anna Kovács", "Kovács, Anna", "Ludwig van Beethoven", and,
// with `family_name_first`, "Kovács Anna". A single word is a family name; titles stay with the
// given name.
void SplitName(absl::string_view full_name, bool family_name_first, common::v1::Person* person);

}  // namespace leadstream::inquiries
