// For bugs of ours, never for anything that a caller can cause: what is wrong is said on stderr,
// and the process ends. (Protobuf's GOOGLE_CHECK throws an exception instead, which somebody may
// catch.)
#pragma once

#include <absl/strings/string_view.h>

#include <cstdio>
#include <cstdlib>

namespace leadstream::domain {

inline void Check(bool holds, absl::string_view otherwise) {
  if (holds) return;
  std::fprintf(stderr, "bug: %.*s\n", static_cast<int>(otherwise.size()), otherwise.data());
  std::abort();
}

}  // namespace leadstream::domain
