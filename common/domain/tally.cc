#include "common/domain/tally.h"

#include <algorithm>

namespace leadstream::domain {

void TallyTotal::Add(const TallyTotal& other) {
  count += other.count;
  if (sums.size() < other.sums.size()) sums.resize(other.sums.size());
  for (size_t i = 0; i < other.sums.size(); ++i) sums[i] += other.sums[i];
}

bool TallyTotal::IsZero() const {
  return count == 0 &&
         std::all_of(sums.begin(), sums.end(), [](const Decimal& sum) { return sum.IsZero(); });
}

}  // namespace leadstream::domain
