// token = base64url( signature:16 position ), signature = first 16 bytes of HMAC-SHA256(key,
// request-length:u64 request position).
#include "common/store/page_token.h"

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <openssl/crypto.h>
#include <openssl/hmac.h>

#include "common/store/keys.h"

namespace leadstream::store {
namespace {
constexpr size_t kSignatureBytes = 16;
}

std::string PageTokens::Sign(absl::string_view request, absl::string_view position) const {
  const std::string signed_text =
      absl::StrCat(BigEndian64(static_cast<int64_t>(request.size())), request, position);
  unsigned char sum[EVP_MAX_MD_SIZE];
  unsigned int bytes = 0;
  HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
       reinterpret_cast<const unsigned char*>(signed_text.data()), signed_text.size(), sum, &bytes);
  return std::string(reinterpret_cast<char*>(sum), kSignatureBytes);
}

std::string PageTokens::Make(absl::string_view request, absl::string_view position) const {
  return absl::WebSafeBase64Escape(absl::StrCat(Sign(request, position), position));
}

absl::StatusOr<std::string> PageTokens::Read(absl::string_view request,
                                             absl::string_view token) const {
  std::string bytes;
  if (!absl::WebSafeBase64Unescape(token, &bytes) || bytes.size() < kSignatureBytes)
    return absl::InvalidArgumentError("is not a page token");
  const std::string position = bytes.substr(kSignatureBytes);
  if (CRYPTO_memcmp(Sign(request, position).data(), bytes.data(), kSignatureBytes) != 0) {
    return absl::InvalidArgumentError(
        "was not made by this service for this request: filter and order_by must stay as they were "
        "on the first page");
  }
  return position;
}

}  // namespace leadstream::store
