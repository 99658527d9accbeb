// Who a bearer token says it is: a signed JSON Web Token (RFC 7519), looked at as RFC 8725 advises.
#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include <string>
#include <vector>

#include "common/auth/key_set.h"

namespace leadstream::auth {

// What is asked of every token.
struct TokenRules {
  std::string issuer;    // `iss`, exactly
  std::string audience;  // one of `aud`
  // Where the roles stand; a path for those inside others, such as realm_access.roles.
  std::string roles_claim = "roles";
  // How far the issuer's clock may be from ours.
  absl::Duration skew = absl::Seconds(30);
};

struct Claims {
  std::string subject;
  std::vector<std::string> roles;
  absl::Time expires;
};

// Unauthenticated, with what is wrong, for logs more than for who sent it; `expired` is set if it
// was good once. NotFound: it may be, but no key has the name it gives.
absl::StatusOr<Claims> Verify(absl::string_view token, const KeySet& keys, const TokenRules& rules,
                              absl::Time now, bool* expired);

}  // namespace leadstream::auth
