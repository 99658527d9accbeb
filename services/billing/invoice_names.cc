#include "services/billing/invoice_names.h"

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include <algorithm>

namespace leadstream::billing {

absl::string_view IdOf(absl::string_view name) { return name.substr(name.find('/') + 1); }

absl::string_view SellerOfName(absl::string_view invoice_name) {
  const absl::string_view id = IdOf(invoice_name);
  const size_t dot = id.find('.');
  return dot == absl::string_view::npos ? absl::string_view(kDefaultSeller) : id.substr(0, dot);
}

std::string PartitionKeyOf(absl::string_view invoice_name) {
  return absl::StrCat("sellers/", SellerOfName(invoice_name));
}

std::string InvoiceIdOfFulfillment(absl::string_view seller, absl::string_view order,
                                   int32_t fulfillment) {
  const absl::string_view id = IdOf(order);
  const bool by_name_alone = seller == kDefaultSeller && !absl::StrContains(id, '.');
  return absl::StrCat(by_name_alone ? "" : absl::StrCat(seller, "."), id, "-", fulfillment);
}

std::string CreditNoteOf(absl::string_view invoice_name, int credit) {
  return absl::StrCat(invoice_name, "-cn", credit);
}

bool IsCreditNoteName(absl::string_view name) {
  const size_t mark = name.rfind("-cn");
  if (mark == absl::string_view::npos) return false;
  const absl::string_view number = name.substr(mark + 3);
  return !number.empty() && std::all_of(number.begin(), number.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c));
  });
}

}  // namespace leadstream::billing
