// What quoting does when something happens elsewhere.
#pragma once

#include <vector>

#include "common/domain/reaction.h"

namespace leadstream::quoting {

// Whenever an opportunity is lost with its quotes, these are closed.
std::vector<domain::Reaction> QuotingReactions();

}  // namespace leadstream::quoting
