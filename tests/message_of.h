// A message that a program writes down itself.
#pragma once

#include <absl/strings/string_view.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/text_format.h>

#include <cstdio>
#include <cstdlib>

namespace leadstream::testing {

// Of Protobuf's text format. What is none is a mistake of the program's, which ends.
template <typename Message>
Message Of(absl::string_view text = "") {
  Message message;
  google::protobuf::io::ArrayInputStream input(text.data(), static_cast<int>(text.size()));
  if (google::protobuf::TextFormat::Parse(&input, &message)) return message;
  std::fprintf(stderr, "this is no %s: %.*s\n", message.GetTypeName().c_str(),
               static_cast<int>(text.size()), text.data());
  std::abort();
}

}  // namespace leadstream::testing
