// The public keys that tokens are verified by: a JSON Web Key Set (RFC 7517) with RSA keys and
// P-256 ones (RFC 7518) and Ed25519 ones (RFC 8037).
//
// Debian's libraries for tokens know no EdDSA and no key sets, so the little there is to do is done
// here, on OpenSSL. Immutable, thread-safe.
#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

struct evp_pkey_st;

namespace leadstream::auth {

// How a token is signed; there is no other way, and "none" least of all.
enum class Algorithm { kRs256, kEs256, kEdDsa };
std::optional<Algorithm> AlgorithmOf(absl::string_view name);

class KeySet {
 public:
  // Keys of other kinds, and those for encryption, are passed over, as the RFC asks.
  // InvalidArgument: it is no key set, holds no key that can be used, a weak one, or a private one.
  static absl::StatusOr<KeySet> Parse(absl::string_view json);

  // Whether the key named `id` signed this so. A token that names no key can be verified by a set
  // of one. NotFound: there is no such key. PermissionDenied: it did not.
  absl::Status Verify(absl::string_view id, Algorithm algorithm, absl::string_view signed_text,
                      absl::string_view signature) const;
  size_t size() const { return keys_.size(); }

 private:
  struct Key {
    std::string id;
    Algorithm algorithm;
    std::shared_ptr<evp_pkey_st> key;
  };
  std::vector<Key> keys_;
};

// Base64url without padding (RFC 7515, section 2); nothing if it is anything else.
std::optional<std::string> DecodeBase64Url(absl::string_view text);

}  // namespace leadstream::auth
