// What a letter's text says of its writer: the parts that people write without thinking of
// machines.
#pragma once

#include <absl/strings/string_view.h>

#include <string>
#include <vector>

namespace leadstream::inquiries {

struct Letter {
  std::string body;  // without greeting, quoted letters and signature
  std::string name;  // the signature's first line, if it can be a person's name
  std::string job_title;
  std::string company;
  std::vector<std::string> phones;
  std::string website;
};

// The signature is what follows a line "--" (RFC 3676) or a closing such as "Best regards,". In it
// stand, in this order and as far as they are there, the name, the job title and the company (known
// by its legal form, else the last of them); and numbers marked "Tel:", "Mobil:" or looking like
// ones. `writer` is the name as known from elsewhere.
Letter ReadLetter(absl::string_view text, absl::string_view writer);

}  // namespace leadstream::inquiries
