#include "cli/show.h"

#include <absl/strings/str_cat.h>
#include <absl/time/time.h>

#include "cli/history/json.h"
#include "common/runtime/resource_types.h"

namespace leadstream::cli {
namespace {

// So that a letter of several bytes is not cut in two.
std::string Cut(std::string text, size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xC0) == 0x80) --bytes_max;
  text.resize(bytes_max);
  return absl::StrCat(text, "…");
}

}  // namespace

std::string ToJson(const google::protobuf::Message& message, bool pretty) {
  return history::JsonOf(message, pretty);
}

std::string ToLine(const common::v1::Event& event, size_t details_max) {
  const absl::Time time =
      absl::FromUnixSeconds(event.time().seconds()) + absl::Nanoseconds(event.time().nanos());
  const std::string type = event.type().substr(event.type().rfind('.') + 1);
  std::string details;
  if (const auto* prototype = runtime::PrototypeOf(event.type()); prototype != nullptr) {
    std::unique_ptr<google::protobuf::Message> payload(prototype->New());
    if (payload->ParseFromString(event.payload().value())) details = ToJson(*payload, false);
  }
  return absl::StrCat(absl::FormatTime("%Y-%m-%d %H:%M:%E3S", time, absl::UTCTimeZone()), "  ",
                      event.resource(), "  ", event.revision(), "  ", type, "  by ", event.actor(),
                      "  ", Cut(details, details_max));
}

}  // namespace leadstream::cli
