#include "services/lead/activity_rules.h"

#include <absl/algorithm/container.h>
#include <absl/strings/match.h>
#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <utility>

#include "common/domain/update.h"
#include "leadstream/lead/v1/error_reason.pb.h"
#include "services/lead/consents.h"

namespace leadstream::lead {
namespace {

using namespace v1;  // NOLINT(google-build-using-namespace): a page of rules, all about these
                     // messages
using domain::Context;
using domain::Decision;
using domain::FieldViolation;
using domain::Refusal;
using domain::Refuse;
using domain::RefuseFields;
using google::protobuf::util::TimeUtil;

// Whatever the command, what an activity's times must be like.
std::optional<Refusal> BadTimes(const Activity& activity, const Context& context) {
  std::vector<FieldViolation> bad;
  if (activity.type() == Activity::NOTE) {
    if (activity.has_due_time()) bad.push_back({"activity.due_time", "a note is not due"});
    if (activity.has_remind_time())
      bad.push_back({"activity.remind_time", "nobody is reminded of a note"});
    if (!bad.empty())
      return RefuseFields(ACTIVITY_NOTE_PLANNED, "a note is done as it is written; plan a TASK",
                          std::move(bad));
  }
  if (activity.has_start_time() && activity.has_end_time() &&
      activity.end_time() < activity.start_time())
    bad.push_back({"activity.end_time", "is before start_time"});
  if (activity.has_remind_time() && activity.has_due_time() &&
      activity.due_time() < activity.remind_time())
    bad.push_back({"activity.remind_time", "is after due_time"});
  if (activity.has_done_time() && activity.done_time() > context.now)
    bad.push_back({"activity.done_time", "is in the future"});
  if (bad.empty()) return std::nullopt;
  return RefuseFields(ACTIVITY_TIMES_OUT_OF_ORDER, "the times are not in order", std::move(bad));
}

std::vector<std::string> OwnAmong(const std::vector<std::string>& names) {
  std::vector<std::string> own;
  for (const std::string& name : names) {
    if (absl::StartsWith(name, "leads/") || absl::StartsWith(name, "accounts/") ||
        absl::StartsWith(name, "contacts/"))
      own.push_back(name);
  }
  return own;
}

}  // namespace

std::vector<std::string> ConcernedBy(const Activity& activity) {
  std::vector<std::string> names(activity.contacts().begin(), activity.contacts().end());
  if (!activity.regarding().empty()) names.push_back(activity.regarding());
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::vector<std::string> Needs(const CreateActivityRequest& request) {
  return OwnAmong(ConcernedBy(request.activity()));
}
std::vector<std::string> Needs(const UpdateActivityRequest& request) {
  return OwnAmong(ConcernedBy(request.activity()));
}

Decision Decide(const Activity& none, const CreateActivityRequest& request,
                const Context& context) {
  ActivityCreated created;
  Activity& activity = *created.mutable_activity();
  activity = request.activity();
  activity.clear_name();
  activity.clear_etag();
  if (activity.type() == Activity::NOTE && !activity.has_done_time())
    *activity.mutable_done_time() = context.now;
  if (auto bad = BadTimes(activity, context)) return *std::move(bad);
  if (auto unwanted = Unwanted(none, activity, context)) return *std::move(unwanted);
  return created;
}

Decision Decide(const Activity& activity, const UpdateActivityRequest& request,
                const Context& context) {
  if (activity.state() == Activity::CANCELED)
    return Refuse(ACTIVITY_CANCELED, "it was canceled; plan another");
  ActivityUpdated updated;
  Activity after = activity;
  if (auto refusal = domain::RefuseUpdate(request.activity(), request.update_mask(), &after,
                                          updated.mutable_update_mask()))
    return *std::move(refusal);
  if (after.has_done_time() != (activity.state() == Activity::DONE)) {
    return RefuseFields(
        ACTIVITY_DONE_TIME_FIXED, "whether it is done is not changed by an update",
        {{"activity.done_time", after.has_done_time() ? "is planned; complete it instead"
                                                      : "is done; give another time"}});
  }
  if (auto out_of_order = BadTimes(after, context)) return *std::move(out_of_order);
  if (auto unwanted = Unwanted(activity, after, context)) return *std::move(unwanted);
  domain::CopyFields(after, updated.update_mask(), updated.mutable_activity());
  return updated;
}

// Also of a call to somebody who asked meanwhile not to be called: what was done is recorded.
Decision Decide(const Activity& activity, const CompleteActivityRequest& request,
                const Context& context) {
  if (activity.state() != Activity::PLANNED)
    return Refuse(ACTIVITY_NOT_PLANNED, "only what is planned can be completed");
  if (request.has_done_time() && request.done_time() > context.now) {
    return RefuseFields(ACTIVITY_TIMES_OUT_OF_ORDER, "it was not done yet",
                        {{"done_time", "is in the future"}});
  }
  ActivityCompleted completed;
  *completed.mutable_done_time() = request.has_done_time() ? request.done_time() : context.now;
  completed.set_outcome(request.outcome());
  return completed;
}

Decision Decide(const Activity& activity, const CancelActivityRequest& request, const Context&) {
  if (activity.state() != Activity::PLANNED)
    return Refuse(ACTIVITY_NOT_PLANNED, "only what is planned can be canceled");
  ActivityCanceled canceled;
  canceled.set_note(request.note());
  return canceled;
}

Decision Decide(const Activity&, const MoveActivityRequest& request, const Context&) {
  ActivityMoved moved;
  moved.set_from(request.from());
  moved.set_to(request.to());
  return moved;
}

Decision Decide(const Activity& activity, const RemindOfActivityRequest&, const Context& context) {
  if (activity.state() != Activity::PLANNED)
    return Refuse(ACTIVITY_NOT_PLANNED, "nobody is reminded of what is not planned");
  if (!ReminderOf(activity) || activity.remind_time() > context.now)
    return Refuse(ACTIVITY_REMINDER_NOT_DUE, "it is not time yet, or its owner was reminded");
  ActivityReminded reminded;
  *reminded.mutable_remind_time() = activity.remind_time();
  return reminded;
}

std::optional<absl::Time> ReminderOf(const Activity& activity) {
  if (activity.state() != Activity::PLANNED || !activity.has_remind_time() ||
      activity.reminder_due())
    return std::nullopt;
  return absl::FromUnixMicros(TimeUtil::TimestampToMicroseconds(activity.remind_time()));
}

void Evolve(const ActivityCreated& event, Activity* activity) {
  *activity = event.activity();
  activity->set_state(activity->has_done_time() ? Activity::DONE : Activity::PLANNED);
}

void Evolve(const ActivityUpdated& event, Activity* activity) {
  domain::CopyFields(event.activity(), event.update_mask(), activity);
  if (absl::c_linear_search(event.update_mask().paths(), "remind_time"))
    activity->clear_reminder_due();
}

void Evolve(const ActivityCompleted& event, Activity* activity) {
  activity->set_state(Activity::DONE);
  activity->clear_reminder_due();
  *activity->mutable_done_time() = event.done_time();
  if (!event.outcome().empty()) activity->set_outcome(event.outcome());
}

void Evolve(const ActivityCanceled& event, Activity* activity) {
  activity->set_state(Activity::CANCELED);
  activity->clear_reminder_due();
  activity->set_cancel_note(event.note());
}

void Evolve(const ActivityReminded&, Activity* activity) { activity->set_reminder_due(true); }

void Evolve(const ActivityMoved& event, Activity* activity) {
  if (activity->regarding() == event.from()) activity->set_regarding(event.to());
  auto& contacts = *activity->mutable_contacts();
  const auto from = absl::c_find(contacts, event.from());
  if (from == contacts.end()) return;
  if (absl::c_linear_search(contacts, event.to())) {
    contacts.erase(from);
  } else {
    *from = event.to();
  }
}

}  // namespace leadstream::lead
