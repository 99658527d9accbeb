// A message that a program writes down itself.
#pragma once

#include <google/protobuf/text_format.h>

#include <cstdlib>
#include <string>

namespace leadstream::testing {

// Of Protobuf's text format. What is none is a mistake of the program's, which ends.
template <typename Message>
Message FromText(const std::string& text) {
  Message message;
  if (!google::protobuf::TextFormat::ParseFromString(text, &message)) std::abort();
  return message;
}

}  // namespace leadstream::testing
