// Texts that are kept elsewhere: in a file, or at an HTTPS address.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <string>

namespace leadstream::auth {

// At most this long; policies and key sets are far shorter.
inline constexpr size_t kTextBytesMax = 1 << 20;

bool IsUrl(const std::string& place);
// `place` is a path, or an https:// address (http:// is taken for a loopback address alone), asked
// for a few seconds and without following to another. Unavailable: it cannot be had now.
// InvalidArgument: it never can, as it is given.
absl::StatusOr<std::string> Fetch(const std::string& place);

}  // namespace leadstream::auth
