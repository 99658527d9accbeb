// Where invoices are paid to.
#pragma once

#include <absl/strings/string_view.h>
#include <google/protobuf/repeated_field.h>

#include <string>

#include "leadstream/billing/v1/invoice.pb.h"
#include "services/billing/problems.h"

namespace leadstream::billing {

// ISO 13616: country, check digits, account, upper case, without spaces. Country's own lengths are
// not looked at: mistyped, one of a wrong length has wrong check digits as well, but for one in 97.
bool IsIban(absl::string_view text);

// What is wrong with it: BANK_ACCOUNT_INVALID.
void CheckBankAccount(absl::string_view path, const v1::BankAccount& account, Problems* problems);

// The first that is kept in the currency, or else the first that names none. Null: there is
// neither.
const v1::BankAccount* BankAccountFor(
    const std::string& currency,
    const google::protobuf::RepeatedPtrField<v1::BankAccount>& accounts);

}  // namespace leadstream::billing
