#include "services/billing/payment_references.h"

#include <absl/strings/str_cat.h>

#include "leadstream/billing/v1/error_reason.pb.h"

namespace leadstream::billing {
namespace {

// The payer's length keeps keys apart: a payer may hold any character.
std::string ReferenceKey(const std::string& seller, const std::string& payer,
                         const std::string& reference) {
  return absl::StrCat("payment/", seller, "/", payer.size(), "/", payer, "/", reference);
}

}  // namespace

std::optional<domain::Refusal> RefuseReference(const std::string& seller, const std::string& payer,
                                               const std::string& reference,
                                               const domain::Facts& facts) {
  const auto user = facts.Get(ReferenceKey(seller, payer, reference));
  if (!user) return std::nullopt;
  return domain::Refusal{
      absl::StatusCode::kAlreadyExists,
      domain::ReasonName(v1::PAYMENT_REFERENCE_USED),
      absl::StrCat("\"", payer, "\" used the reference \"", reference, "\" before, for ", *user),
      {{"reference", "was used before by this payer"}}};
}

void RememberReference(const std::string& seller, const std::string& payer,
                       const std::string& reference, const std::string& user,
                       domain::MutableFacts* facts) {
  facts->Put(ReferenceKey(seller, payer, reference), user);
}

}  // namespace leadstream::billing
