// Within a resource's story time never goes back, because a partition's writer does not let it; so
// where a page begins is found by halving.
#include "common/server/stories.h"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <memory>
#include <queue>
#include <utility>
#include <vector>

#include "common/domain/changes.h"
#include "common/domain/survey.h"
#include "common/server/reads.h"
#include "common/store/list.h"

namespace leadstream::server {
namespace {

using common::v1::StoryPlace;
using google::protobuf::Message;
using store::StoredEvent;

constexpr int kEventsMax = store::kPageSizeMax + 1;  // one more says that there is another page

StoryPlace PlaceOf(const common::v1::Record& record) {
  StoryPlace place;
  place.set_time_us(record.time_us());
  place.set_resource(record.subject());
  place.set_revision(record.revision());
  return place;
}

absl::StatusOr<StoredEvent> EventAt(const store::ReadModel& model, const std::string& name,
                                    int64_t revision) {
  auto events = model.Events(name, revision, 1);
  if (!events.ok()) return events.status();
  if (events->empty() || events->front().record.revision() != revision)
    return absl::DataLossError(absl::StrCat(name, " has no revision ", revision));
  return std::move(events->front());
}

// How many of a story's events come before a place, or at it.
absl::StatusOr<int64_t> CountUpTo(const store::ReadModel& model, const std::string& name,
                                  int64_t revisions, const StoryPlace& place, bool at_it_too) {
  int64_t before = 0;
  int64_t behind = revisions + 1;
  while (before + 1 < behind) {
    const int64_t middle = before + (behind - before) / 2;
    auto event = EventAt(model, name, middle);
    if (!event.ok()) return event.status();
    const int order = domain::Compare(PlaceOf(event->record), place);
    (order < 0 || (order == 0 && at_it_too) ? before : behind) = middle;
  }
  return before;
}

// The revision that a resource's part begins with; 0 or beyond its last: there is none.
absl::StatusOr<int64_t> Begin(const store::ReadModel& model, const std::string& name,
                              int64_t revisions, const common::v1::MergeStoriesRequest& request) {
  if (!request.has_after()) return request.newest_first() ? revisions : 1;
  auto count = CountUpTo(model, name, revisions, request.after(), !request.newest_first());
  if (!count.ok() || request.newest_first()) return count;
  return *count + 1;
}

struct Next {
  StoredEvent event;
  int64_t revisions = 0;
};

// What each event changed. A resource's events are without a hole, so that it is folded once.
absl::Status Tell(const runtime::Service& service, std::vector<StoredEvent> events,
                  common::v1::MergeStoriesResponse* response) {
  absl::flat_hash_map<std::string, std::vector<size_t>> of;
  for (size_t i = 0; i < events.size(); ++i) {
    of[events[i].record.subject()].push_back(i);
    *response->add_events()->mutable_event() = EventOf(service.name(), events[i]);
  }
  for (auto& [name, places] : of) {
    std::sort(places.begin(), places.end(), [&](size_t a, size_t b) {
      return events[a].record.revision() < events[b].record.revision();
    });
    const store::Collection* collection = service.schema().OfName(name);
    std::unique_ptr<Message> state(collection->aggregate().prototype().New());
    if (const int64_t first = events[places.front()].record.revision(); first > 1) {
      auto before = service.model().AtRevision(name, first - 1);
      if (!before.ok()) return before.status();
      state->CopyFrom(*before->resource);
    }
    for (const size_t i : places) {
      std::unique_ptr<Message> before(state->New());
      before->CopyFrom(*state);
      collection->Fold(events[i].record, state.get());
      for (common::v1::Change& change : domain::ChangesBetween(*before, *state))
        *response->mutable_events(static_cast<int>(i))->add_changes() = std::move(change);
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status MergeStories(const runtime::Service& service,
                          const common::v1::MergeStoriesRequest& request,
                          common::v1::MergeStoriesResponse* response) {
  const store::ReadModel& model = service.model();
  const bool newest_first = request.newest_first();
  const auto later = [newest_first](const Next& a, const Next& b) {
    const int order = domain::Compare(PlaceOf(a.event.record), PlaceOf(b.event.record));
    return newest_first ? order < 0 : order > 0;
  };
  std::priority_queue<Next, std::vector<Next>, decltype(later)> nexts(later);
  for (const std::string& name : request.resources()) {
    auto state = model.Load(name);
    if (absl::IsNotFound(state.status())) continue;
    if (!state.ok()) return state.status();
    auto begin = Begin(model, name, state->revision, request);
    if (!begin.ok()) return begin.status();
    if (*begin < 1 || *begin > state->revision) continue;
    auto event = EventAt(model, name, *begin);
    if (!event.ok()) return event.status();
    nexts.push({*std::move(event), state->revision});
  }
  std::vector<StoredEvent> events;
  const auto limit = static_cast<size_t>(std::clamp(request.limit(), 0, kEventsMax));
  while (!nexts.empty() && events.size() < limit) {
    Next next = nexts.top();
    nexts.pop();
    const std::string name = next.event.record.subject();
    const int64_t revision = next.event.record.revision() + (newest_first ? -1 : 1);
    events.push_back(std::move(next.event));
    if (revision < 1 || revision > next.revisions) continue;
    auto event = EventAt(model, name, revision);
    if (!event.ok()) return event.status();
    nexts.push({*std::move(event), next.revisions});
  }
  return Tell(service, std::move(events), response);
}

}  // namespace leadstream::server
