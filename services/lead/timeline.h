// ListTimeline: the stories of all that is related to a resource, and what people did about it, in
// one line.
#pragma once

#include <optional>

#include "common/domain/survey.h"
#include "leadstream/lead/v1/activity_service.pb.h"

namespace leadstream::lead {

// A page begins behind a place (time, resource, revision) rather than after so many entries: so
// pages add up to the whole, whatever is appended meanwhile.
std::optional<domain::Refusal> ListTimeline(const v1::ListTimelineRequest& request,
                                            domain::Surveyor& surveyor,
                                            v1::ListTimelineResponse* response);

}  // namespace leadstream::lead
