// What happens here because something happened elsewhere.
#pragma once

#include <vector>

#include "common/domain/reaction.h"

namespace leadstream::opportunity {

std::vector<domain::Reaction> OpportunityReactions();

}  // namespace leadstream::opportunity
