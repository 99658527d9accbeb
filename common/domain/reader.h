// What a node knows of its own service's resources.
#pragma once

#include <absl/strings/string_view.h>
#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace leadstream::domain {

struct TallyBounds;  // tally.h
struct TallySum;

// What a query or a reaction may read: the read model of its own service, as this node has folded
// it.
class Reader {
 public:
  virtual ~Reader() = default;
  // Null if there is no such resource.
  virtual std::shared_ptr<const google::protobuf::Message> Find(absl::string_view name) const = 0;
  // As it was after so many events. Null if there was no such resource then.
  virtual std::shared_ptr<const google::protobuf::Message> FindAt(absl::string_view name,
                                                                  int64_t revision) const = 0;
  // The node's clock: queries have no other.
  virtual google::protobuf::Timestamp Now() const = 0;
  // The names of resources of `collection` whose keyed index `index` holds `key`, in name order, at
  // most `limit`, behind the name `after`.
  virtual std::vector<std::string> Keyed(absl::string_view collection, absl::string_view index,
                                         absl::string_view key, size_t limit,
                                         absl::string_view after = "") const = 0;
  // The last of those names that does not come behind `up_to`; empty: there is none.
  virtual std::string LastKeyed(absl::string_view collection, absl::string_view index,
                                absl::string_view key, absl::string_view up_to) const = 0;
  // What the resources of `collection` add up to, for the keys of `tally` within the bounds of each
  // part, in key order; all as it is at one moment.
  virtual std::vector<TallySum> Tallies(absl::string_view collection, absl::string_view tally,
                                        const std::vector<TallyBounds>& bounds) const = 0;

  template <typename Resource>
  std::shared_ptr<const Resource> Find(absl::string_view name) const {
    return std::dynamic_pointer_cast<const Resource>(Find(name));
  }
};

}  // namespace leadstream::domain
