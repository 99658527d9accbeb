// Whose token is believed, and whose is not.
#include "common/auth/token.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "tests/auth/signing.h"

namespace leadstream::auth {
namespace {

using testing::KeySetOf;
using testing::SigningKey;
using testing::TestClaims;

const TokenRules kRules{"https://issuer.example", "leadstream"};

class Tokens : public ::testing::TestWithParam<const char*> {
 protected:
  absl::StatusOr<Claims> Read(const std::string& token) {
    auto keys = KeySet::Parse(KeySetOf({key_, SigningKey("other", "EdDSA")}));
    EXPECT_TRUE(keys.ok()) << keys.status();
    return Verify(token, *keys, kRules, absl::Now(), &expired_);
  }
  SigningKey key_{"k-1", GetParam()};
  bool expired_ = false;
};

TEST_P(Tokens, OfTheIssuerSayWhoItIs) {
  auto claims = Read(key_.Sign(TestClaims{.roles = {"sales-rep", "analyst"}}.Json()));
  ASSERT_TRUE(claims.ok()) << claims.status();
  EXPECT_EQ(claims->subject, "anna");
  EXPECT_EQ(claims->roles, (std::vector<std::string>{"sales-rep", "analyst"}));
}

TEST_P(Tokens, OfAnybodyElseAreRefused) {
  const SigningKey forger(key_.id(), GetParam());
  const std::string good = key_.Sign(TestClaims().Json());
  const std::string claims = TestClaims().Json();
  std::string changed = good;
  changed[good.find('.') + 10] = changed[good.find('.') + 10] == 'A' ? 'B' : 'A';
  std::string other_signature =
      good.substr(0, good.rfind('.')) +
      key_.Sign(TestClaims{.subject = "bela"}.Json())
          .substr(key_.Sign(TestClaims{.subject = "bela"}.Json()).rfind('.'));
  const std::map<std::string, std::string> tokens = {
      {"signed by another", forger.Sign(claims)},
      {"changed", changed},
      {"another's signature", other_signature},
      {"not signed", good.substr(0, good.rfind('.') + 1)},
      {"alg none",
       absl::StrCat(testing::Base64Url(R"({"alg":"none"})"), ".", testing::Base64Url(claims), ".")},
      {"alg none, signed",
       key_.SignAs(absl::StrCat(R"({"alg":"none","kid":")", key_.id(), R"("})"), claims)},
      {"a secret key's algorithm",
       key_.SignAs(absl::StrCat(R"({"alg":"HS256","kid":")", key_.id(), R"("})"), claims)},
      {"another key's algorithm",
       key_.SignAs(
           absl::StrCat(R"({"alg":")", std::string(GetParam()) == "RS256" ? "ES256" : "RS256",
                        R"(","kid":")", key_.id(), R"("})"),
           claims)},
      {"asks for more", key_.SignAs(absl::StrCat(R"({"alg":")", GetParam(), R"(","kid":")",
                                                 key_.id(), R"(","crit":["b64"],"b64":false})"),
                                    claims)},
      {"another issuer", key_.Sign(TestClaims{.issuer = "https://evil.example"}.Json())},
      {"another audience", key_.Sign(TestClaims{.audience = "payroll"}.Json())},
      {"not valid yet", key_.Sign(TestClaims{.begins = absl::Minutes(5)}.Json())},
      {"nobody", key_.Sign(TestClaims{.subject = ""}.Json())},
      {"without an end", key_.Sign(R"({"sub":"anna","iss":"https://issuer.example",)"
                                   R"("aud":"leadstream"})")},
      {"no claims", key_.Sign("[]")},
      {"no token", "Bearer"},
      {"four parts", good + ".x"},
      {"padded", good + "="},
      {"too long", key_.Sign(TestClaims{.subject = std::string(9'000, 'a')}.Json())},
      {"empty", ""},
  };
  for (const auto& [what, token] : tokens) {
    const auto read = Read(token);
    EXPECT_TRUE(absl::IsUnauthenticated(read.status())) << what << ": " << read.status();
    EXPECT_FALSE(expired_) << what;
  }
}

TEST_P(Tokens, AreGoodUntilTheyEndByAnyClockThatIsNearlyRight) {
  EXPECT_TRUE(Read(key_.Sign(TestClaims{.lives = -absl::Seconds(20)}.Json())).ok());
  EXPECT_TRUE(Read(key_.Sign(TestClaims{.begins = absl::Seconds(20)}.Json())).ok());
  EXPECT_FALSE(Read(key_.Sign(TestClaims{.lives = -absl::Seconds(40)}.Json())).ok());
  EXPECT_TRUE(expired_);
}

TEST_P(Tokens, OfAKeyThatIsNotKnownMayBeGoodLater) {
  EXPECT_TRUE(
      absl::IsNotFound(Read(SigningKey("new", GetParam()).Sign(TestClaims().Json())).status()));
}

INSTANTIATE_TEST_SUITE_P(Each, Tokens, ::testing::Values("RS256", "ES256", "EdDSA"));

TEST(RolesClaim, MayBeInsideAnother) {
  const SigningKey key("k", "EdDSA");
  auto keys = KeySet::Parse(KeySetOf({key}));
  TokenRules rules = kRules;
  rules.roles_claim = "realm_access.roles";
  bool expired = false;
  auto claims = Verify(
      key.Sign(absl::StrCat(
          R"({"sub":"anna","iss":"https://issuer.example","aud":"leadstream","exp":)",
          absl::ToUnixSeconds(absl::Now()) + 60, R"(,"realm_access":{"roles":["warehouse"]}})")),
      *keys, rules, absl::Now(), &expired);
  ASSERT_TRUE(claims.ok()) << claims.status();
  EXPECT_EQ(claims->roles, std::vector<std::string>{"warehouse"});
}

// RFC 8037, appendix A.4: the key, what was signed, and the signature.
TEST(AKeySet, VerifiesTheSignatureOfTheRfc) {
  auto keys = KeySet::Parse(
      R"({"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]})");
  ASSERT_TRUE(keys.ok()) << keys.status();
  const auto signature = DecodeBase64Url(
      "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
  EXPECT_TRUE(keys->Verify("", Algorithm::kEdDsa,
                           "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc", *signature)
                  .ok());
}

TEST(AKeySet, TakesNoKeyThatIsWeakOrSecretOrBroken) {
  const std::string good = SigningKey("good", "ES256").Jwk();
  const auto parse = [](const std::string& keys) {
    return KeySet::Parse(absl::StrCat("{\"keys\":[", keys, "]}")).status();
  };
  EXPECT_TRUE(parse(good).ok());
  // Of another kind: passed over.
  EXPECT_TRUE(
      parse(good + R"(,{"kty":"EC","crv":"P-521","kid":"x"},{"kty":"new","kid":"y"})").ok());
  EXPECT_FALSE(parse(SigningKey("weak", "RS256", 1024).Jwk()).ok());
  EXPECT_FALSE(parse(good + R"(,{"kty":"oct","kid":"s","k":"c2VjcmV0"})").ok());
  EXPECT_FALSE(parse(good + R"(,{"kty":"OKP","crv":"Ed25519","x":"AA","d":"AA"})").ok());
  EXPECT_FALSE(parse(R"({"kty":"EC","crv":"P-256","kid":"x","x":"AA","y":"AA"})").ok());
  EXPECT_FALSE(parse("").ok());
  EXPECT_FALSE(KeySet::Parse("{}").ok());
  EXPECT_FALSE(KeySet::Parse("not JSON").ok());
}

}  // namespace
}  // namespace leadstream::auth
