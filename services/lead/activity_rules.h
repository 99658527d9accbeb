// What may happen to an activity. Pure: no clock, no I/O.
#pragma once

#include <absl/time/time.h>

#include <optional>
#include <string>
#include <vector>

#include "common/domain/context.h"
#include "common/domain/decision.h"
#include "leadstream/lead/v1/activity.pb.h"
#include "leadstream/lead/v1/activity_events.pb.h"
#include "leadstream/lead/v1/activity_service.pb.h"

namespace leadstream::lead {

domain::Decision Decide(const v1::Activity& activity, const v1::CreateActivityRequest& request,
                        const domain::Context& context);
domain::Decision Decide(const v1::Activity& activity, const v1::UpdateActivityRequest& request,
                        const domain::Context& context);
domain::Decision Decide(const v1::Activity& activity, const v1::CompleteActivityRequest& request,
                        const domain::Context& context);
domain::Decision Decide(const v1::Activity& activity, const v1::CancelActivityRequest& request,
                        const domain::Context& context);
domain::Decision Decide(const v1::Activity& activity, const v1::MoveActivityRequest& request,
                        const domain::Context& context);
domain::Decision Decide(const v1::Activity& activity, const v1::RemindOfActivityRequest& request,
                        const domain::Context& context);

// What it concerns, where that is of this service. What it is about elsewhere may be gone, and has
// its story all the same.
std::vector<std::string> Needs(const v1::CreateActivityRequest& request);
std::vector<std::string> Needs(const v1::UpdateActivityRequest& request);

void Evolve(const v1::ActivityCreated& event, v1::Activity* activity);
void Evolve(const v1::ActivityUpdated& event, v1::Activity* activity);
void Evolve(const v1::ActivityCompleted& event, v1::Activity* activity);
void Evolve(const v1::ActivityCanceled& event, v1::Activity* activity);
void Evolve(const v1::ActivityMoved& event, v1::Activity* activity);
void Evolve(const v1::ActivityReminded& event, v1::Activity* activity);

// When its owner is to be reminded; nothing: not, or not again.
std::optional<absl::Time> ReminderOf(const v1::Activity& activity);

// Keys of the index "concerns": what it is about and who takes part, each once.
inline constexpr char kConcernsIndex[] = "concerns";
std::vector<std::string> ConcernedBy(const v1::Activity& activity);

}  // namespace leadstream::lead
