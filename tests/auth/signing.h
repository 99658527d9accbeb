// Keys, the set that publishes them, and tokens that they sign: an issuer in a few lines.
#pragma once

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/time/clock.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <vector>

namespace leadstream::testing {

inline std::string Base64Url(absl::string_view bytes) { return absl::WebSafeBase64Escape(bytes); }

// One that signs by RS256, ES256 or EdDSA.
class SigningKey {
 public:
  SigningKey(std::string id, std::string algorithm, unsigned rsa_bits = 2048)
      : id_(std::move(id)), algorithm_(std::move(algorithm)) {
    EVP_PKEY* key = algorithm_ == "RS256"   ? EVP_RSA_gen(rsa_bits)
                    : algorithm_ == "ES256" ? EVP_EC_gen("P-256")
                                            : EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    key_ = std::shared_ptr<EVP_PKEY>(key, EVP_PKEY_free);
  }

  const std::string& id() const { return id_; }
  const std::string& algorithm() const { return algorithm_; }
  // As a key set publishes it.
  std::string Jwk() const {
    if (algorithm_ == "RS256")
      return Member("RSA", absl::StrCat("\"n\":\"", Number(OSSL_PKEY_PARAM_RSA_N), "\",\"e\":\"",
                                        Number(OSSL_PKEY_PARAM_RSA_E), "\""));
    if (algorithm_ == "ES256")
      return Member("EC",
                    absl::StrCat("\"crv\":\"P-256\",\"x\":\"", Number(OSSL_PKEY_PARAM_EC_PUB_X, 32),
                                 "\",\"y\":\"", Number(OSSL_PKEY_PARAM_EC_PUB_Y, 32), "\""));
    unsigned char raw[32];
    size_t size = sizeof raw;
    EVP_PKEY_get_raw_public_key(key_.get(), raw, &size);
    return Member("OKP", absl::StrCat("\"crv\":\"Ed25519\",\"x\":\"",
                                      Base64Url({reinterpret_cast<char*>(raw), size}), "\""));
  }

  // A token with this header and these claims, both JSON, as the key's algorithm signs it.
  std::string SignAs(const std::string& header, const std::string& claims) const {
    const std::string text = absl::StrCat(Base64Url(header), ".", Base64Url(claims));
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          EVP_MD_CTX_free);
    EVP_DigestSignInit(context.get(), nullptr, algorithm_ == "EdDSA" ? nullptr : EVP_sha256(),
                       nullptr, key_.get());
    std::string signature(1024, '\0');
    size_t size = signature.size();
    EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                   reinterpret_cast<const unsigned char*>(text.data()), text.size());
    signature.resize(size);
    if (algorithm_ == "ES256") signature = RawOf(signature);
    return absl::StrCat(text, ".", Base64Url(signature));
  }
  std::string Sign(const std::string& claims) const {
    return SignAs(absl::StrCat("{\"alg\":\"", algorithm_, "\",\"kid\":\"", id_, "\"}"), claims);
  }

 private:
  std::string Member(const char* kind, const std::string& rest) const {
    return absl::StrCat("{\"kty\":\"", kind, "\",\"kid\":\"", id_, "\",\"alg\":\"", algorithm_,
                        "\",\"use\":\"sig\",", rest, "}");
  }
  std::string Number(const char* parameter, int size = 0) const {
    BIGNUM* number = nullptr;
    EVP_PKEY_get_bn_param(key_.get(), parameter, &number);
    std::string bytes(static_cast<size_t>(size == 0 ? BN_num_bytes(number) : size), '\0');
    BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()),
                 static_cast<int>(bytes.size()));
    BN_free(number);
    return Base64Url(bytes);
  }
  static std::string RawOf(const std::string& der) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
    ECDSA_SIG* signature = d2i_ECDSA_SIG(nullptr, &bytes, static_cast<long>(der.size()));
    std::string raw(64, '\0');
    auto* out = reinterpret_cast<unsigned char*>(raw.data());
    BN_bn2binpad(ECDSA_SIG_get0_r(signature), out, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(signature), out + 32, 32);
    ECDSA_SIG_free(signature);
    return raw;
  }

  std::string id_, algorithm_;
  std::shared_ptr<EVP_PKEY> key_;
};

inline std::string KeySetOf(const std::vector<SigningKey>& keys) {
  return absl::StrCat(
      "{\"keys\":[",
      absl::StrJoin(keys, ",",
                    [](std::string* out, const SigningKey& key) { out->append(key.Jwk()); }),
      "]}");
}

// Claims that are good for an hour; each can be something else.
struct TestClaims {
  std::string subject = "anna";
  std::vector<std::string> roles = {"sales-rep"};
  std::string issuer = "https://issuer.example";
  std::string audience = "leadstream";
  absl::Duration lives = absl::Hours(1);
  absl::Duration begins = -absl::Minutes(1);

  std::string Json() const {
    const int64_t now = absl::ToUnixSeconds(absl::Now());
    return absl::StrCat("{\"sub\":\"", subject, "\",\"iss\":\"", issuer, "\",\"aud\":[\"", audience,
                        "\"],\"iat\":", now + absl::ToInt64Seconds(begins),
                        ",\"exp\":", now + absl::ToInt64Seconds(lives), ",\"roles\":[\"",
                        absl::StrJoin(roles, "\",\""), "\"]}");
  }
};

}  // namespace leadstream::testing
