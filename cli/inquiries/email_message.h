// An e-mail message as we need it: who wrote, when, about what, and the text that a person reads.
// MIME is GMime's business.
#pragma once

#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace leadstream::inquiries {

struct EmailMessage {
  int64_t line = 1;  // where it starts, in a mailbox of several
  std::string id;    // Message-ID without its brackets; empty if it has none
  std::string name;  // of whoever is to be answered: Reply-To, else From
  std::string address;
  std::string subject;
  std::string language;  // Content-Language
  std::optional<absl::Time> time;
  std::string text;                      // text/plain, else what text/html says; UTF-8, clean lines
  std::vector<std::string> attachments;  // their file names; "" for one without
};

// Reads one message (RFC 5322), or all of a mailbox file (mbox: every message after a line "From
// ..."). `encoding` is for text that does not say what it is in; empty: found out.
void ReadMessages(absl::string_view bytes, absl::string_view encoding,
                  const std::function<void(EmailMessage)>& take);

}  // namespace leadstream::inquiries
