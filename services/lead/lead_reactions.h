// What the lead service does when something happens, here or to opportunities.
#pragma once

#include <vector>

#include "common/domain/reaction.h"

namespace leadstream::lead {

std::vector<domain::Reaction> LeadReactions();

}  // namespace leadstream::lead
