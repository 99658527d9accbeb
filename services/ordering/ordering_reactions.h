// What ordering does when something happens elsewhere.
#pragma once

#include <vector>

#include "common/domain/reaction.h"

namespace leadstream::ordering {

std::vector<domain::Reaction> OrderingReactions();

}  // namespace leadstream::ordering
