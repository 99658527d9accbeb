#include "common/auth/token.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <optional>

#include "common/auth/json_member.h"

namespace leadstream::auth {
namespace {

using google::protobuf::Struct;
using google::protobuf::Value;

// As much as gRPC takes of metadata.
constexpr size_t kTokenBytesMax = 8 << 10;

absl::Status Bad(absl::string_view why) { return absl::UnauthenticatedError(why); }

bool Decode(absl::string_view part, Struct* json) {
  const auto text = DecodeBase64Url(part);
  return text && google::protobuf::util::JsonStringToMessage(*text, json).ok();
}

// Of a path of objects, "realm_access.roles"; a value of no kind: there is none.
const Value& Find(const Struct& json, absl::string_view path) {
  const Struct* in = &json;
  const Value* found = &Value::default_instance();
  for (const absl::string_view name : absl::StrSplit(path, '.')) {
    found = &Member(*in, std::string(name));
    in = &found->struct_value();
  }
  return *found;
}

std::string TextOf(const Struct& json, absl::string_view path) {
  return Find(json, path).string_value();
}

// A text, or a list of texts: `aud` may be either.
std::vector<std::string> TextsOf(const Value& value) {
  std::vector<std::string> texts;
  if (value.has_string_value()) texts.push_back(value.string_value());
  for (const Value& one : value.list_value().values()) texts.push_back(one.string_value());
  return texts;
}

std::optional<absl::Time> TimeOf(const Struct& json, absl::string_view path) {
  const Value& value = Find(json, path);
  if (!value.has_number_value()) return std::nullopt;
  return absl::UnixEpoch() + absl::Seconds(value.number_value());
}

}  // namespace

absl::StatusOr<Claims> Verify(absl::string_view token, const KeySet& keys, const TokenRules& rules,
                              absl::Time now, bool* expired) {
  *expired = false;
  if (token.size() > kTokenBytesMax) return Bad("the token is too long");
  const std::vector<absl::string_view> parts = absl::StrSplit(token, '.');
  Struct header, claims;
  if (parts.size() != 3 || !Decode(parts[0], &header)) return Bad("the token is no JSON Web Token");
  const auto algorithm = AlgorithmOf(TextOf(header, "alg"));
  if (!algorithm) return Bad("the token is not signed by RS256, ES256 or EdDSA");
  if (header.fields().contains("crit")) return Bad("the token asks for what is not understood");
  const auto signature = DecodeBase64Url(parts[2]);
  if (!signature) return Bad("the token's signature cannot be read");
  const absl::string_view signed_text = token.substr(0, parts[0].size() + 1 + parts[1].size());
  absl::Status verified = keys.Verify(TextOf(header, "kid"), *algorithm, signed_text, *signature);
  if (absl::IsNotFound(verified)) return verified;
  if (!verified.ok()) return Bad(verified.message());
  // Nothing it says was looked at before this.
  if (!Decode(parts[1], &claims)) return Bad("the token's claims cannot be read");

  if (TextOf(claims, "iss") != rules.issuer) return Bad("the token is another issuer's");
  const auto audiences = TextsOf(Find(claims, "aud"));
  if (std::find(audiences.begin(), audiences.end(), rules.audience) == audiences.end())
    return Bad("the token is for another audience");
  Claims said;
  said.subject = TextOf(claims, "sub");
  if (said.subject.empty()) return Bad("the token names no subject");
  const auto expires = TimeOf(claims, "exp");
  if (!expires) return Bad("the token has no end");
  if (*expires + rules.skew <= now) {
    *expired = true;
    return Bad("the token has expired");
  }
  for (const char* begin : {"nbf", "iat"}) {
    const auto time = TimeOf(claims, begin);
    if (time && *time - rules.skew > now) return Bad("the token is not valid yet");
  }
  said.expires = *expires;
  said.roles = TextsOf(Find(claims, rules.roles_claim));
  return said;
}

}  // namespace leadstream::auth
