// What came of a resource, and what it came from: the documents of one sale, wherever they are.
#pragma once

#include <absl/status/statusor.h>
#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "common/domain/survey.h"

namespace leadstream::lead {

// More than these are no story that anybody reads.
inline constexpr size_t kRelatedMax = 200;

// A lead, an account, a contact, an opportunity, a quote, an order, an invoice or a payment.
bool IsPartOfSale(const std::string& name);

// A lead, an opportunity, a quote, an order or an invoice: of one sale alone. An account, a contact
// or a payment has to do with other sales as well.
bool IsDocumentOfSale(const std::string& name);
// Documents of the same sale that a document names in its own fields.
std::vector<std::string> SameSaleAs(const google::protobuf::Message& resource);

// The resource itself and all that is related to it, each once. An account, a contact or a
// payment on the way is part of the story, but not what else it has to do with; asked for itself,
// it has all its sales.
// NotFound, PermissionDenied: there is no such resource, or the caller may not see it. OutOfRange:
// more than kRelatedMax are related.
absl::StatusOr<std::vector<std::string>> RelatedTo(const std::string& name,
                                                   domain::Surveyor& surveyor);

}  // namespace leadstream::lead
