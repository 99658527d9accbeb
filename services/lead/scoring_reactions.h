// Leads are scored as they change, and as the rules do.
#pragma once

#include <vector>

#include "common/domain/reaction.h"

namespace leadstream::lead {

std::vector<domain::Reaction> ScoringReactions();

}  // namespace leadstream::lead
