// New leads that nobody has get an owner.
#pragma once

#include <vector>

#include "common/domain/reaction.h"

namespace leadstream::lead {

std::vector<domain::Reaction> AssignmentReactions();

}  // namespace leadstream::lead
