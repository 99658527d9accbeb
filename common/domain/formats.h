// The shapes of strings that more than their length matters of. None allocates; an empty string has
// none of them.
#pragma once

#include <absl/strings/string_view.h>

#include <cstddef>

namespace leadstream::domain {

// Unicode code points; `text` is UTF-8.
size_t CodePoints(absl::string_view text);

// Nothing a reader could see: empty, or ASCII white space alone.
bool IsBlank(absl::string_view text);

// RFC 5321 with RFC 6531's international letters: local@domain.tld, at most 254 bytes. No quoted
// local parts, comments or IP literals.
bool IsEmail(absl::string_view text);

// ISO 3166-1 alpha-2, upper case, assigned today.
bool IsCountry(absl::string_view text);

// A well-formed BCP 47 tag, such as "hu", "de-AT", "zh-Hans-CN" or "x-house"; whether its subtags
// are registered is not looked at.
bool IsLanguage(absl::string_view text);

// An absolute URI (RFC 3986, international letters allowed), or a host name with a dot, as people
// type web addresses: port and path may follow.
bool IsUri(absl::string_view text);

// A host name with a dot: labels of letters, digits and hyphens, at most 63 bytes each, the last
// not all digits.
bool IsHostName(absl::string_view text);

// HOST:PORT, the port from 0 to 65535 (gRPC takes a greater one modulo 65,536); an empty host means
// every one.
bool IsAddress(absl::string_view text);

// AIP-122: lower-case letters, digits, hyphens and dots, at most `length_max`, a letter or digit at
// each end.
bool IsId(absl::string_view text, size_t length_max = 63);

// 1 to 64 printable ASCII characters.
bool IsRequestId(absl::string_view text);

}  // namespace leadstream::domain
