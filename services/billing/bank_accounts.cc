#include "services/billing/bank_accounts.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>

#include <algorithm>

namespace leadstream::billing {
namespace {

constexpr size_t kIbanLengthMin = 15, kIbanLengthMax = 34;

bool IsUpperOrDigit(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return absl::ascii_isupper(byte) || absl::ascii_isdigit(byte);
}

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }

}  // namespace

// ISO 7064, MOD 97-10: with country and check digits moved to the end, and letters read as 10 to
// 35, the number leaves 1.
bool IsIban(absl::string_view text) {
  if (text.size() < kIbanLengthMin || text.size() > kIbanLengthMax) return false;
  if (!std::all_of(text.begin(), text.end(), IsUpperOrDigit)) return false;
  if (IsDigit(text[0]) || IsDigit(text[1]) || !IsDigit(text[2]) || !IsDigit(text[3])) return false;
  int remainder = 0;
  for (const char c : absl::StrCat(text.substr(4), text.substr(0, 4)))
    remainder =
        IsDigit(c) ? (remainder * 10 + (c - '0')) % 97 : (remainder * 100 + (c - 'A' + 10)) % 97;
  return remainder == 1;
}

void CheckBankAccount(absl::string_view path, const v1::BankAccount& account, Problems* problems) {
  if (account.iban().empty() == account.number().empty()) {
    problems->Add(
        v1::BANK_ACCOUNT_INVALID, absl::StrCat(path, "iban"),
        account.iban().empty() ? "give an IBAN, or a number" : "give no number beside it");
  } else if (!account.iban().empty() && !IsIban(account.iban())) {
    problems->Add(
        v1::BANK_ACCOUNT_INVALID, absl::StrCat(path, "iban"),
        "is not an IBAN of ISO 13616: upper case, no spaces, check digits that are right");
  }
}

const v1::BankAccount* BankAccountFor(
    const std::string& currency,
    const google::protobuf::RepeatedPtrField<v1::BankAccount>& accounts) {
  for (const std::string& wanted : {currency, std::string()}) {
    const auto found = std::find_if(accounts.begin(), accounts.end(),
                                    [&](const auto& one) { return one.currency() == wanted; });
    if (found != accounts.end()) return &*found;
  }
  return nullptr;
}

}  // namespace leadstream::billing
