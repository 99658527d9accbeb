// Two reactions for each kind of follower, since an activity may be created by one writer while its
// lead is merged by another. A merge moves the followers that were there when it is reacted to; a
// follower that comes, or is moved, later finds its lead merged when that is reacted to. Both read
// the own log up to its end first, so one of the two sees the other.
#include "services/lead/merge_reactions.h"

#include <string>

#include "leadstream/lead/v1/account_service.pb.h"
#include "leadstream/lead/v1/activity_events.pb.h"
#include "leadstream/lead/v1/activity_service.pb.h"
#include "leadstream/lead/v1/contact_service.pb.h"
#include "leadstream/lead/v1/events.pb.h"
#include "services/lead/activity_rules.h"
#include "services/lead/contact_rules.h"
#include "services/lead/merging.h"

namespace leadstream::lead {
namespace {

using namespace v1;  // NOLINT(google-build-using-namespace): a page about these messages
using domain::Commands;
using domain::Occurrence;
using domain::Reaction;
using domain::Whenever;
using Wanted = absl::StatusOr<bool>;

// Far more than one record is ever followed by; names are a few dozen bytes each.
constexpr size_t kFollowersMax = 100'000;

// What follows, and by which index it is found.
template <typename Move>
struct Followers;
template <>
struct Followers<MoveActivityRequest> {
  static constexpr char kCollection[] = "activities";
  static constexpr const char* kIndex = kConcernsIndex;
  static auto Followed(const domain::Reader& reader, const std::string& name) {
    const auto activity = reader.Find<Activity>(name);
    return activity == nullptr ? std::vector<std::string>() : ConcernedBy(*activity);
  }
};
template <>
struct Followers<MoveContactRequest> {
  static constexpr char kCollection[] = "contacts";
  static constexpr const char* kIndex = kOfAccountIndex;
  static auto Followed(const domain::Reader& reader, const std::string& name) {
    const auto contact = reader.Find<Contact>(name);
    return contact == nullptr ? std::vector<std::string>() : AccountOf(*contact);
  }
};

template <typename Move>
void AddMove(const std::string& follower, const std::string& from, const std::string& to,
             Commands* out) {
  auto* move = out->Add<Move>(absl::StrCat(follower, " ", from));
  move->set_name(follower);
  move->set_from(from);
  move->set_to(to);
}

// Whenever something was merged: all that follow it.
template <typename Event, typename Move>
absl::Status MoveAll(const Event&, const Occurrence& on, Commands* out) {
  auto own = on.own();
  if (!own.ok()) return own.status();
  const std::string& from = on.record.subject();
  const std::string to = SurvivorOf(from, **own);
  if (to == from) return absl::OkStatus();
  for (const std::string& follower :
       (*own)->Keyed(Followers<Move>::kCollection, Followers<Move>::kIndex, from, kFollowersMax))
    AddMove<Move>(follower, from, to, out);
  return absl::OkStatus();
}

// Whenever a follower came, or chose something else to follow: it alone.
template <typename Event, typename Move>
absl::Status MoveOne(const Event&, const Occurrence& on, Commands* out) {
  auto own = on.own();
  if (!own.ok()) return own.status();
  for (const std::string& from : Followers<Move>::Followed(**own, on.record.subject())) {
    const std::string to = SurvivorOf(from, **own);
    if (to != from) AddMove<Move>(on.record.subject(), from, to, out);
  }
  return absl::OkStatus();
}

template <typename Event, typename Move>
Reaction MovesAll(const char* name) {
  return Whenever<Event, Move>(name, MoveAll<Event, Move>);
}
template <typename Event, typename Move>
Reaction MovesOne(const char* name) {
  return Whenever<Event, Move>(name, MoveOne<Event, Move>);
}

template <typename Resource, typename Fill>
Wanted FillFrom(const typename Merging<Resource>::Merged& event, const Occurrence&, Fill* fill) {
  const Resource& merged = Merging<Resource>::Of(event);
  fill->set_name(event.into());
  fill->set_source(merged.name());
  *Merging<Resource>::In(fill) = merged;
  return true;
}

template <typename Event, typename Fill>
Wanted PassOn(const Event& event, const Occurrence&, Fill* fill) {
  fill->set_name(event.pass_on_to());
  fill->set_lead(event.lead());
  fill->set_source(event.source());
  *Merging<std::decay_t<decltype(event.passed_on())>>::In(fill) = event.passed_on();
  return !event.pass_on_to().empty();
}

}  // namespace

std::vector<Reaction> MergeReactions() {
  return {
      Whenever<AccountMerged, FillAccountRequest>("fill-from-merged-account",
                                                  FillFrom<Account, FillAccountRequest>),
      Whenever<AccountFilled, FillAccountRequest>("pass-on-fill-of-merged-account",
                                                  PassOn<AccountFilled, FillAccountRequest>),
      Whenever<ContactMerged, FillContactRequest>("fill-from-merged-contact",
                                                  FillFrom<Contact, FillContactRequest>),
      Whenever<ContactFilled, FillContactRequest>("pass-on-fill-of-merged-contact",
                                                  PassOn<ContactFilled, FillContactRequest>),
      MovesAll<AccountMerged, MoveContactRequest>("contacts-of-merged-account"),
      MovesOne<ContactCreated, MoveContactRequest>("created-contact-of-merged-account"),
      MovesOne<ContactUpdated, MoveContactRequest>("updated-contact-of-merged-account"),
      MovesOne<ContactFilled, MoveContactRequest>("filled-contact-of-merged-account"),
      MovesOne<ContactMoved, MoveContactRequest>("moved-contact-of-merged-account"),
      MovesAll<LeadMerged, MoveActivityRequest>("activities-of-merged-lead"),
      MovesAll<AccountMerged, MoveActivityRequest>("activities-of-merged-account"),
      MovesAll<ContactMerged, MoveActivityRequest>("activities-of-merged-contact"),
      MovesOne<ActivityCreated, MoveActivityRequest>("created-activity-of-merged"),
      MovesOne<ActivityUpdated, MoveActivityRequest>("updated-activity-of-merged"),
      MovesOne<ActivityMoved, MoveActivityRequest>("moved-activity-of-merged"),
  };
}

}  // namespace leadstream::lead
