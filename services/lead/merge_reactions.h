// What follows what was merged: what it knew, its activities, its contacts.
#pragma once

#include <vector>

#include "common/domain/reaction.h"

namespace leadstream::lead {

std::vector<domain::Reaction> MergeReactions();

}  // namespace leadstream::lead
