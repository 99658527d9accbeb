// Page tokens that only this service can make: where the next page begins, for which request,
// signed.
#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include <string>

namespace leadstream::store {

class PageTokens {
 public:
  // All nodes of a service share the key; 16 bytes or more.
  explicit PageTokens(std::string key) : key_(std::move(key)) {}

  // `request` is what must stay the same from page to page (collection, filter, order); `position`
  // is where to go on.
  std::string Make(absl::string_view request, absl::string_view position) const;
  // The position. InvalidArgument: forged, cut off, or made for another request.
  absl::StatusOr<std::string> Read(absl::string_view request, absl::string_view token) const;

 private:
  std::string Sign(absl::string_view request, absl::string_view position) const;
  std::string key_;
};

}  // namespace leadstream::store
