// The names that resources of a type may have, as google.api.resource declares them:
// "services/{service}/parkedReactions/{parked_reaction}".
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>
#include <absl/strings/string_view.h>
#include <google/protobuf/descriptor.h>

#include <string>
#include <vector>

namespace leadstream::domain {

// An id in a name may be longer than one that a client chooses (63, AIP-122): the server derives
// ids of invoices by adding to an order's.
inline constexpr size_t kNameIdBytesMax = 80;

class NamePattern {
 public:
  explicit NamePattern(absl::string_view text);

  // Every {variable} stands for one id.
  bool Matches(absl::string_view name) const;
  const std::string& text() const { return text_; }
  // Without its last two segments: the pattern of the resource it lives in. Empty for a top-level
  // one.
  std::string ParentText() const;

 private:
  std::string text_;
  std::vector<std::string> segments_;  // "" is a variable
};

// Which patterns belong to which type, of all files linked into this process and of those that
// `Add` was given. Not thread-safe.
class NamePatterns {
 public:
  // Adds a file and what it imports; again is free.
  void Add(const google::protobuf::FileDescriptor* file);
  // Adds every file of ours that is linked in.
  void AddLinked();

  // Of a type such as "leadstream.dev/Lead"; of all types for "*". Empty: the type is unknown.
  std::vector<NamePattern> Of(absl::string_view type) const;
  // Of the resources that resources of `child_type` live in.
  std::vector<NamePattern> OfParents(absl::string_view child_type) const;

 private:
  void AddMessage(const google::protobuf::Descriptor& message);

  absl::flat_hash_set<const google::protobuf::FileDescriptor*> seen_;
  absl::flat_hash_map<std::string, std::vector<NamePattern>> by_type_;
};

// A name of any type: collection/id pairs.
bool LooksLikeName(absl::string_view name);

}  // namespace leadstream::domain
