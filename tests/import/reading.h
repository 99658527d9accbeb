// Reads a file as the importer does and says what came of it in words, so that a test shows what a
// salesperson would see.
#pragma once

#include <absl/strings/string_view.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "cli/inquiries/inquiry.h"

namespace leadstream::inquiries {

struct Reading {
  std::vector<Inquiry> inquiries;
  std::vector<RejectedRow> rejected;

  // The lead of a file that has one inquiry; a failure of the test if it has more, fewer or a bad
  // row.
  const lead::v1::Lead& lead() const;
  std::vector<std::string> ids() const;
  // "fair.csv:7: too few columns: 4 instead of 13".
  std::vector<std::string> complaints() const;
};

// Every request of it passes the server's validation, or the test fails.
Reading ReadFile(absl::string_view bytes, const std::string& name, const Options& options = {});

// A lead, a line for each thing it says:
//   topic: spare parts
//   person: Anna / Kovács, buyer
//   budget: 12000.50 EUR, confirmed
std::string Described(const lead::v1::Lead& lead);

// UTF-8 in another encoding of ICU's; no byte order mark is added.
std::string Encoded(absl::string_view utf8, const char* encoding);

// The bytes of samples/<path>.
std::string Sample(const std::string& path);

// Every file of the samples that holds inquiries: the paths below samples/, sorted.
std::vector<std::string> SamplesOfInquiries();

}  // namespace leadstream::inquiries
