// Sums over resources that are kept beside them, event by event, so that a query over a million of
// them reads a few hundred numbers.
//
//   AggregateOf<Opportunity>("opportunities").TalliedBy("pipeline", PipelineEntries)
//
//   for (const TallySum& row : reader.Tallies("opportunities", "pipeline", {{process}, {owner}}))
//     ... row.total.count, row.total.sums
//
// What a resource counts under follows from how it stands, and from nothing else: a change takes
// away what it was and adds what it is, in the same batch as the state. So the sums are exact
// whatever happens, and the same again when the log is folded anew.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/domain/decimal.h"

namespace leadstream::domain {

// What a resource counts under, once. Keys of a tally have equally many parts, entries equally many
// numbers.
struct TallyEntry {
  std::vector<std::string> key;
  std::vector<Decimal> numbers;
};

// What entries add up to.
struct TallyTotal {
  int64_t count = 0;
  std::vector<Decimal> sums;  // of each of their numbers

  void Add(const TallyTotal& other);
  bool IsZero() const;
};

// All entries of one key.
struct TallySum {
  std::vector<std::string> key;
  TallyTotal total;
};

// Which values of one part of the key are asked for.
struct TallyBounds {
  TallyBounds() = default;       // all
  TallyBounds(std::string only)  // NOLINT(google-explicit-constructor): reads as the value itself
      : first(only), last(std::move(only)), bounded(true) {}
  TallyBounds(std::string from, std::string to)
      : first(std::move(from)), last(std::move(to)), bounded(true) {}

  std::string first, last;  // both included, in byte order
  bool bounded = false;
};

}  // namespace leadstream::domain
