#include "common/auth/key_set.h"

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <algorithm>

#include "common/auth/json_member.h"

namespace leadstream::auth {
namespace {

using google::protobuf::Struct;
using PKey = std::shared_ptr<EVP_PKEY>;

constexpr int kRsaBitsMin = 2048;
constexpr size_t kP256Bytes = 32;
constexpr size_t kEd25519Bytes = 32;

template <auto Free>
struct Freeing {
  template <typename T>
  void operator()(T* freed) const {
    Free(freed);
  }
};
using BigNumber = std::unique_ptr<BIGNUM, Freeing<BN_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Freeing<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Freeing<OSSL_PARAM_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freeing<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freeing<EVP_MD_CTX_free>>;
using EcSignature = std::unique_ptr<ECDSA_SIG, Freeing<ECDSA_SIG_free>>;

const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string TextOf(const Struct& json, const char* name) {
  return Member(json, name).string_value();
}

BigNumber NumberOf(const std::string& bytes) {
  return BigNumber(BN_bin2bn(Bytes(bytes), static_cast<int>(bytes.size()), nullptr));
}

PKey Built(const char* kind, OSSL_PARAM_BLD* builder) {
  Params params(OSSL_PARAM_BLD_to_param(builder));
  KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
  EVP_PKEY* key = nullptr;
  if (params == nullptr || context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1)
    return nullptr;
  return PKey(key, EVP_PKEY_free);
}

PKey RsaKey(const Struct& json) {
  const auto n = DecodeBase64Url(TextOf(json, "n"));
  const auto e = DecodeBase64Url(TextOf(json, "e"));
  if (!n || !e || n->empty() || e->empty()) return nullptr;
  const BigNumber modulus = NumberOf(*n), exponent = NumberOf(*e);
  Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get());
  return Built("RSA", builder.get());
}

PKey P256Key(const Struct& json) {
  const auto x = DecodeBase64Url(TextOf(json, "x"));
  const auto y = DecodeBase64Url(TextOf(json, "y"));
  if (!x || !y || x->size() != kP256Bytes || y->size() != kP256Bytes) return nullptr;
  const std::string point = absl::StrCat("\x04", *x, *y);  // uncompressed: SEC 1, 2.3.3
  Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                   point.size());
  return Built("EC", builder.get());
}

PKey Ed25519Key(const Struct& json) {
  const auto x = DecodeBase64Url(TextOf(json, "x"));
  if (!x || x->size() != kEd25519Bytes) return nullptr;
  return PKey(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Bytes(*x), x->size()),
              EVP_PKEY_free);
}

// Tokens hold r and s side by side (RFC 7518, 3.4), OpenSSL wants them in DER.
std::string DerOf(absl::string_view raw) {
  EcSignature signature(ECDSA_SIG_new());
  BIGNUM* r = BN_bin2bn(Bytes(raw), kP256Bytes, nullptr);
  BIGNUM* s = BN_bin2bn(Bytes(raw) + kP256Bytes, kP256Bytes, nullptr);
  ECDSA_SIG_set0(signature.get(), r, s);  // which owns them now
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &der);
  std::string text(reinterpret_cast<char*>(der), size > 0 ? static_cast<size_t>(size) : 0);
  OPENSSL_free(der);
  return text;
}

}  // namespace

std::optional<Algorithm> AlgorithmOf(absl::string_view name) {
  if (name == "RS256") return Algorithm::kRs256;
  if (name == "ES256") return Algorithm::kEs256;
  if (name == "EdDSA") return Algorithm::kEdDsa;
  return std::nullopt;
}

std::optional<std::string> DecodeBase64Url(absl::string_view text) {
  const auto is_part = [](char c) { return absl::ascii_isalnum(c) || c == '-' || c == '_'; };
  std::string bytes;
  if (!std::all_of(text.begin(), text.end(), is_part) || !absl::WebSafeBase64Unescape(text, &bytes))
    return std::nullopt;
  return bytes;
}

absl::StatusOr<KeySet> KeySet::Parse(absl::string_view json) {
  Struct set;
  if (!google::protobuf::util::JsonStringToMessage(std::string(json), &set).ok() ||
      !set.fields().contains("keys"))
    return absl::InvalidArgumentError("is no JSON Web Key Set: {\"keys\": [...]}");
  KeySet keys;
  for (const auto& value : set.fields().at("keys").list_value().values()) {
    const Struct& one = value.struct_value();
    const std::string id = TextOf(one, "kid"), kind = TextOf(one, "kty"),
                      curve = TextOf(one, "crv"), named = TextOf(one, "alg");
    if (one.fields().contains("d") || one.fields().contains("k"))
      return absl::InvalidArgumentError(
          absl::StrCat("key \"", id, "\" is a secret one; only public keys belong here"));
    Algorithm algorithm;
    PKey key;
    if (TextOf(one, "use") == "enc") continue;
    if (kind == "RSA") {
      algorithm = Algorithm::kRs256;
      key = RsaKey(one);
    } else if (kind == "EC" && curve == "P-256") {
      algorithm = Algorithm::kEs256;
      key = P256Key(one);
    } else if (kind == "OKP" && curve == "Ed25519") {
      algorithm = Algorithm::kEdDsa;
      key = Ed25519Key(one);
    } else {
      continue;
    }
    if (!named.empty() && AlgorithmOf(named) != algorithm) continue;
    if (key == nullptr)
      return absl::InvalidArgumentError(absl::StrCat("key \"", id, "\" cannot be read"));
    if (kind == "RSA" && EVP_PKEY_get_bits(key.get()) < kRsaBitsMin)
      return absl::InvalidArgumentError(
          absl::StrCat("key \"", id, "\" has fewer than ", kRsaBitsMin, " bits"));
    keys.keys_.push_back({id, algorithm, std::move(key)});
  }
  if (keys.keys_.empty())
    return absl::InvalidArgumentError("holds no RSA, P-256 or Ed25519 key for signatures");
  return keys;
}

absl::Status KeySet::Verify(absl::string_view id, Algorithm algorithm,
                            absl::string_view signed_text, absl::string_view signature) const {
  const Key* found = nullptr;
  for (const Key& key : keys_) {
    if (key.id == id || (id.empty() && keys_.size() == 1)) found = &key;
  }
  if (found == nullptr) return absl::NotFoundError(absl::StrCat("no key is named \"", id, "\""));
  const absl::Status forged = absl::PermissionDeniedError("the signature is not that of the key");
  if (found->algorithm != algorithm) return forged;
  std::string der;
  if (algorithm == Algorithm::kEs256) {
    if (signature.size() != 2 * kP256Bytes) return forged;
    der = DerOf(signature);
    signature = der;
  }
  DigestContext context(EVP_MD_CTX_new());
  const EVP_MD* digest = algorithm == Algorithm::kEdDsa ? nullptr : EVP_sha256();
  const bool verified =
      EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, found->key.get()) == 1 &&
      EVP_DigestVerify(context.get(), Bytes(signature), signature.size(), Bytes(signed_text),
                       signed_text.size()) == 1;
  return verified ? absl::OkStatus() : forged;
}

}  // namespace leadstream::auth
