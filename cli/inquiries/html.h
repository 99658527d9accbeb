#pragma once

#include <absl/strings/string_view.h>

#include <string>

namespace leadstream::inquiries {

// The text of an HTML body, as a reader sees it: paragraphs, rows and <br> are lines, scripts and
// styles are gone, entities are letters. For reading, not for showing: what is not HTML comes out
// as it is, whatever comes in.
std::string TextOfHtml(absl::string_view html);

}  // namespace leadstream::inquiries
