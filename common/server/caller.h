// Who called, and what of the rows and fields it may see.
#pragma once

#include <absl/strings/string_view.h>
#include <google/protobuf/message.h>

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace leadstream::server {

struct Caller {
  std::string actor = "anonymous";
  // It sees and changes resources of these owners, and those that have none. Unset: all.
  std::optional<std::vector<std::string>> owners;
  // Fields of these names are taken out of what it is answered.
  std::set<std::string> redacted;
};

// Whether the resource is one of the caller's rows. One that has no field `owner` is.
bool MaySee(const Caller& caller, const google::protobuf::Message& resource);
// Takes out what the caller is not shown, however deep, also of what an Any holds.
void Redact(const Caller& caller, google::protobuf::Message* message);
// A filter that keeps to the caller's rows what a List or Watch of resources with an owner answers.
// Nothing: an owner cannot be written in a filter.
std::optional<std::string> WithinRows(const Caller& caller, const std::string& filter);

}  // namespace leadstream::server
