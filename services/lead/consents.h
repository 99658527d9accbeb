// Who asked not to be called or written to.
#pragma once

#include <optional>

#include "common/domain/context.h"
#include "common/domain/decision.h"
#include "leadstream/lead/v1/activity.pb.h"

namespace leadstream::lead {

// Why a call or e-mail is not to be made: somebody whom it is to, the resource it is about or a
// contact who takes part, asked so. `before` is the activity until now: those it concerned already
// are not asked again, so that what was done can always be recorded. What they send us is never
// unwanted.
std::optional<domain::Refusal> Unwanted(const v1::Activity& before, const v1::Activity& after,
                                        const domain::Context& context);

}  // namespace leadstream::lead
