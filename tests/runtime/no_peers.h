// A service that has no others to ask.
#pragma once

#include <absl/strings/str_cat.h>

#include <memory>
#include <optional>
#include <string>

#include "common/runtime/peers.h"

namespace leadstream::testing {

class NoPeers : public runtime::Peers {
 public:
  absl::StatusOr<std::shared_ptr<const google::protobuf::Message>> Get(
      const std::string& name, int64_t, const std::optional<log::Position>&, absl::Time) override {
    return absl::UnavailableError(absl::StrCat("nobody is asked for ", name));
  }
};

}  // namespace leadstream::testing
