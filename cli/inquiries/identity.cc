#include "cli/inquiries/identity.h"

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>

#include "cli/inquiries/words.h"

namespace leadstream::inquiries {
namespace {

constexpr absl::string_view kSeparator("\0", 1);

std::string Uuid(absl::string_view content) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(content.data()), content.size(), digest.data());
  digest[6] = static_cast<unsigned char>((digest[6] & 0x0F) | 0x80);
  digest[8] = static_cast<unsigned char>((digest[8] & 0x3F) | 0x80);
  const std::string hex =
      absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest.data()), 16));
  const absl::string_view h = hex;
  return absl::StrCat(h.substr(0, 8), "-", h.substr(8, 4), "-", h.substr(12, 4), "-",
                      h.substr(16, 4), "-", h.substr(20));
}

}  // namespace

std::string IdOfMessage(absl::string_view message_id) {
  return Uuid(absl::StrCat("message-id", kSeparator, message_id));
}
std::string IdOfMessageWithoutId(absl::string_view content) {
  return Uuid(absl::StrCat("message", kSeparator, content));
}

std::string RowIds::Next(
    const std::vector<std::pair<absl::string_view, absl::string_view>>& cells) {
  std::vector<std::string> parts;
  for (const auto& [heading, text] : cells) {
    if (const std::string line = OneLine(text); !line.empty())
      parts.push_back(absl::StrCat(Fold(heading), kSeparator, line, kSeparator));
  }
  std::sort(parts.begin(), parts.end());
  std::string content = absl::StrCat(kind_, kSeparator);
  for (const std::string& part : parts) content += part;
  std::string id = Uuid(content);
  const int64_t before = seen_[id]++;
  return before == 0 ? id : Uuid(absl::StrCat(content, kSeparator, before));
}

}  // namespace leadstream::inquiries
