// AIP-160 filters over resources of one type: compiled once, typed against the resource's fields,
// then asked of many.
//
//   auto filter = Filter::Compile(*Lead::descriptor(),
//                                 R"(state = OPEN AND score >= 50 AND emails:"*@example.com")");
//   if (!filter.ok()) return filter.status();
//   // "filter, character 1: Lead has no field `stat`; did you mean `state`?"
//   if ((*filter)->Matches(lead)) ...
//
//   expression  = sequence {AND sequence}
//   sequence    = factor {factor}               means AND as well
//   factor      = term {OR term}                OR binds tighter: a AND b OR c = a AND (b OR c)
//   term        = [NOT | -] (restriction | "(" expression ")")
//   restriction = literal | path comparator value
//   comparator  = "=" | "!=" | "<" | "<=" | ">" | ">=" | ":"
//
// literal    alone: some string of the resource, at any depth, contains it; case does not matter
// = !=       strings exactly, or by `*` wildcards in the value ("Kov*"; "\*" is a star);
//            enum values by name; google.type.Money by its amount, google.type.Decimal by number
// < <= > >=  numbers, strings (by byte), Money, Decimal, Timestamp (RFC 3339, or a date),
//            Date ("2026-03-01"), Duration ("90s")
// :          has, case does not matter: a string contains the value; a list has an element equal
//            to it (wildcards too), also through messages (`lines.product:"products/x"`); a map
//            has the key. `path:*`: has any value at all
//
// Words need quotes ("..." or '...') if they hold white space, parentheses, commas or comparators;
// a value may hold `:` without.
// \" \' \\ \* are escapes, quoted or not. A date for a Timestamp is its first moment, UTC. What is
// no text has `path:value` where it has `path = value`. Case does not matter as text_pattern.h
// says: Latin, Greek and Cyrillic letters.
//
// A comparison through a message that is not set is false, also with `!=`. Empty text matches
// everything.
#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/time/civil_time.h>
#include <absl/time/time.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace leadstream::domain {

inline constexpr size_t kFilterBytesMax = 4096;
inline constexpr int kFilterDepthMax = 50;
// Literals alone; each looks through every string of every candidate.
inline constexpr int kFilterLiteralsMax = 20;

struct EnumNumber {
  int number = 0;
  bool operator==(const EnumNumber&) const = default;
};

// `path = value` holds for all that the filter matches. All integer fields but uint64 are int64
// here.
struct Equality {
  std::string path;
  std::variant<EnumNumber, std::string, bool, int64_t> value;
};

// `path op value` holds for all that the filter matches.
struct Bound {
  enum class Op { kLess, kLessOrEqual, kGreater, kGreaterOrEqual };
  std::string path;
  Op op = Op::kLess;
  std::variant<int64_t, absl::Time, absl::CivilDay> value;
};

class Filter {
 public:
  // InvalidArgument: what is wrong and at which character (counted from 1).
  static absl::StatusOr<std::unique_ptr<Filter>> Compile(
      const google::protobuf::Descriptor& resource, absl::string_view text);
  ~Filter();
  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;

  // `message` is of the type compiled for. Thread-safe.
  bool Matches(const google::protobuf::Message& message) const;
  // The filter was empty.
  bool MatchesAll() const { return root_ == nullptr; }

  // What a planner may use an index for; whatever it finds there must still be asked `Matches`.
  std::vector<Equality> RequiredEqualities() const;
  std::vector<Bound> RequiredBounds() const;

  // A compiled expression; private to the .cc files.
  struct Node;

 private:
  explicit Filter(std::unique_ptr<const Node> root);
  std::unique_ptr<const Node> root_;
};

}  // namespace leadstream::domain
