// What a log line must not tell: whose e-mail address or phone number, and which secret.
#pragma once

#include <absl/strings/string_view.h>

#include <string>

namespace leadstream::server {

// The text with e-mail addresses, phone numbers, bearer tokens and the values of what is called a
// password, secret, token or key put out of sight. Names of resources, times and addresses of hosts
// stay. Linear in the text, whatever it is.
std::string Redacted(absl::string_view text);

}  // namespace leadstream::server
