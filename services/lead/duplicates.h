// Which leads may be the same inquiry: found by keys, judged by likeness.
//
// Keys of the index "duplicates", all computed from one lead (so a lead costs about four index
// entries):
//
//   e:<e-mail, lower case>                     for each e-mail address
//   p:<E.164>                                  for each telephone number that was understood
//   c:<person's sounds>|<company's sounds>     "an kf|akn"
//   d:<person's sounds>|<e-mail domain>        "an kf|acme.example"
//
// The first two decide by themselves. The others only bring together leads whose names are worth
// comparing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/domain/service_definition.h"
#include "leadstream/lead/v1/duplicates.pb.h"
#include "leadstream/lead/v1/lead.pb.h"

namespace leadstream::lead {

inline constexpr char kDuplicatesIndex[] = "duplicates";

// A lead's keys, each once. A lead that was merged into another has none: it is not to be found
// again.
std::vector<std::string> MatchKeys(const v1::Lead& lead);

// Why `other` may be the same inquiry as `lead`, the strongest reason first; empty if there is no
// reason.
std::vector<v1::Duplicate::Match> Compare(const v1::Lead& lead, const v1::Lead& other);

// All leads that may be the same inquiry, the likeliest first. Looks at 500 leads for each key at
// most: more than that share a key only if it tells little. The lead itself, known by its name, is
// none of them.
std::vector<v1::Duplicate> DuplicatesOf(const v1::Lead& lead, const domain::Reader& reader);

// Answers FindDuplicates.
std::optional<domain::Refusal> FindDuplicates(const v1::FindDuplicatesRequest& request,
                                              const domain::Reader& reader,
                                              v1::FindDuplicatesResponse* response);

}  // namespace leadstream::lead
