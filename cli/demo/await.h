// What follows by itself, awaited.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/str_cat.h>

#include <algorithm>
#include <functional>
#include <string>

#include "cli/demo/office.h"

namespace leadstream::demo {

// How long anything that follows by itself (a reaction) may take.
inline constexpr absl::Duration kReactionMax = absl::Seconds(30);

// The resource once it is there and `ready`. DEADLINE_EXCEEDED: it was not in time.
template <typename Resource, typename GetRequest>
absl::StatusOr<Resource> Await(Office* office, const std::string& name,
                               const std::function<bool(const Resource&)>& ready = nullptr) {
  GetRequest get;
  get.set_name(name);
  const absl::Time deadline = office->Now() + kReactionMax;
  for (absl::Duration delay = absl::Milliseconds(2);;
       delay = std::min(delay * 2, absl::Milliseconds(100))) {
    auto found = office->Call<Resource>(get);
    if (found.ok() ? ready == nullptr || ready(*found) : !absl::IsNotFound(found.status()))
      return found;
    if (office->Now() > deadline)
      return absl::DeadlineExceededError(absl::StrCat(
          name, " did not become what it should within ", absl::FormatDuration(kReactionMax)));
    office->Wait(delay);
  }
}

}  // namespace leadstream::demo
