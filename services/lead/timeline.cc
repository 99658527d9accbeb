#include "services/lead/timeline.h"

#include <absl/container/flat_hash_set.h>
#include <absl/strings/ascii.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "leadstream/common/v1/error_reason.pb.h"
#include "leadstream/lead/v1/error_reason.pb.h"
#include "services/lead/activity_rules.h"
#include "services/lead/relations.h"

namespace leadstream::lead {
namespace {

using common::v1::StoryPlace;
using common::v1::ToldEvent;
using domain::Refusal;
using google::protobuf::util::TimeUtil;
using v1::Activity;
using v1::ListTimelineRequest;
using v1::TimelineEntry;

constexpr int kPageSizeDefault = 50;
constexpr int kPageSizeMax = 1000;
constexpr size_t kActivitiesMax = 1000;

struct Placed {
  StoryPlace place;
  TimelineEntry entry;
};

// What a request asks for, understood.
struct Asked {
  bool newest_first = true;
  int page_size = kPageSizeDefault;
  std::optional<StoryPlace> after;
  std::string signed_request;

  bool IsBehind(const StoryPlace& place) const {
    if (!after) return true;
    const int order = domain::Compare(place, *after);
    return newest_first ? order < 0 : order > 0;
  }
};

std::string ToText(const StoryPlace& place) {
  return absl::StrCat(place.time_us(), " ", place.revision(), " ", place.resource());
}

std::optional<StoryPlace> PlaceOf(const std::string& text) {
  const std::vector<std::string> parts = absl::StrSplit(text, ' ');
  int64_t time_us = 0;
  int64_t revision = 0;
  if (parts.size() != 3 || !absl::SimpleAtoi(parts[0], &time_us) ||
      !absl::SimpleAtoi(parts[1], &revision))
    return std::nullopt;
  StoryPlace place;
  place.set_time_us(time_us);
  place.set_revision(revision);
  place.set_resource(parts[2]);
  return place;
}

Refusal BadField(common::v1::ErrorReason reason, const std::string& field, const std::string& why) {
  return domain::RefuseFields(reason, absl::StrCat(field, " ", why), {{field, why}});
}

std::optional<Refusal> Understand(const ListTimelineRequest& request,
                                  const domain::Surveyor& surveyor, Asked* asked) {
  if (!IsPartOfSale(request.regarding())) {
    return BadField(common::v1::INVALID_FIELD, "regarding",
                    "is no lead, account, contact, opportunity, quote, order, invoice or payment");
  }
  if (request.page_size() < 0)
    return BadField(common::v1::INVALID_FIELD, "page_size", "must not be negative");
  if (request.page_size() > 0) asked->page_size = std::min(request.page_size(), kPageSizeMax);
  if (request.order_by() == "time" || request.order_by() == "time asc") {
    asked->newest_first = false;
  } else if (!request.order_by().empty() && request.order_by() != "time desc") {
    return BadField(common::v1::ORDER_BY_INVALID, "order_by", "is `time` or `time desc`");
  }
  asked->signed_request =
      absl::StrCat("timeline\n", request.regarding(), "\n", request.include_related() ? "all" : "",
                   "\n", asked->newest_first ? "desc" : "");
  if (request.page_token().empty()) return std::nullopt;
  const auto position = surveyor.ReadToken(asked->signed_request, request.page_token());
  if (position.ok()) asked->after = PlaceOf(*position);
  if (!asked->after) {
    return BadField(
        common::v1::PAGE_TOKEN_INVALID, "page_token",
        position.ok() ? "is not a page token" : std::string(position.status().message()));
  }
  return std::nullopt;
}

Refusal TooWide(const std::string& what) {
  return domain::Refuse(
      v1::TIMELINE_TOO_WIDE,
      absl::StrCat(what, "; ask for it without `include_related`, or for one of the related"));
}

Refusal RefusalOf(const absl::Status& status, const std::string& regarding) {
  if (absl::IsNotFound(status))
    return domain::RefuseNotFound(common::v1::RESOURCE_NOT_FOUND, regarding);
  if (absl::IsPermissionDenied(status)) {
    return {absl::StatusCode::kPermissionDenied,
            domain::ReasonName(common::v1::ROW_NOT_PERMITTED),
            absl::StrCat(regarding, " is not yours to see, or there is none"),
            {}};
  }
  if (absl::IsOutOfRange(status)) return TooWide(std::string(status.message()));
  return {absl::StatusCode::kUnavailable,
          domain::ReasonName(common::v1::OWNER_UNAVAILABLE),
          absl::StrCat("a part of the story cannot be read now: ", status.message()),
          {}};
}

// "LeadQualified" -> "lead qualified".
std::string Plain(const std::string& type) {
  std::string words;
  for (const char c : type.substr(type.rfind('.') + 1)) {
    const bool begins = absl::ascii_isupper(static_cast<unsigned char>(c)) && !words.empty();
    absl::StrAppend(&words, begins ? " " : "",
                    std::string(1, absl::ascii_tolower(static_cast<unsigned char>(c))));
  }
  return words;
}

Placed PlacedOf(ToldEvent&& told) {
  common::v1::Event& event = *told.mutable_event();
  Placed placed;
  placed.place.set_time_us(TimeUtil::TimestampToMicroseconds(event.time()));
  placed.place.set_resource(event.resource());
  placed.place.set_revision(event.revision());
  *placed.entry.mutable_time() = event.time();
  placed.entry.set_resource(event.resource());
  placed.entry.set_actor(event.actor());
  placed.entry.set_summary(Plain(event.type()));
  *placed.entry.mutable_changes() = std::move(*told.mutable_changes());
  *placed.entry.mutable_event() = std::move(event);
  return placed;
}

const google::protobuf::Timestamp& TimeOf(const Activity& activity) {
  if (activity.has_done_time()) return activity.done_time();
  if (activity.has_due_time()) return activity.due_time();
  return activity.has_start_time() ? activity.start_time() : activity.create_time();
}

Placed PlacedOf(const Activity& activity) {
  Placed placed;
  placed.place.set_time_us(TimeUtil::TimestampToMicroseconds(TimeOf(activity)));
  placed.place.set_resource(activity.name());
  *placed.entry.mutable_time() = TimeOf(activity);
  placed.entry.set_resource(activity.regarding());
  placed.entry.set_actor(activity.owner().empty() ? activity.creator() : activity.owner());
  placed.entry.set_summary(absl::AsciiStrToLower(absl::StrCat(
      Activity::Type_Name(activity.type()), " ", Activity::State_Name(activity.state()), ": ")));
  placed.entry.mutable_summary()->append(activity.subject());
  *placed.entry.mutable_activity() = activity;
  return placed;
}

// Whatever concerns one of the resources, once. False: there is too much.
bool AddActivities(const std::vector<std::string>& names, const domain::Surveyor& surveyor,
                   const Asked& asked, std::vector<Placed>* line) {
  absl::flat_hash_set<std::string> seen;
  for (const std::string& name : names) {
    for (const std::string& activity :
         surveyor.own().Keyed("activities", kConcernsIndex, name, kActivitiesMax + 1)) {
      if (!seen.insert(activity).second) continue;
      if (seen.size() > kActivitiesMax) return false;
      const auto found = surveyor.own().Find<Activity>(activity);
      if (found == nullptr || !surveyor.Shows(*found)) continue;
      Placed placed = PlacedOf(*found);
      if (asked.IsBehind(placed.place)) line->push_back(std::move(placed));
    }
  }
  return true;
}

}  // namespace

std::optional<Refusal> ListTimeline(const ListTimelineRequest& request, domain::Surveyor& surveyor,
                                    v1::ListTimelineResponse* response) {
  Asked asked;
  if (auto refusal = Understand(request, surveyor, &asked)) return refusal;
  std::vector<std::string> names = {request.regarding()};
  if (request.include_related()) {
    auto related = RelatedTo(request.regarding(), surveyor);
    if (!related.ok()) return RefusalOf(related.status(), request.regarding());
    names = *std::move(related);
  } else if (auto there = surveyor.Get(request.regarding()); !there.ok()) {
    return RefusalOf(there.status(), request.regarding());
  }
  auto told = surveyor.Stories(names, asked.newest_first, asked.after, asked.page_size + 1);
  if (!told.ok()) return RefusalOf(told.status(), request.regarding());
  std::vector<Placed> line;
  for (ToldEvent& event : *told) line.push_back(PlacedOf(std::move(event)));
  if (!AddActivities(names, surveyor, asked, &line))
    return TooWide(absl::StrCat("there are more than ", kActivitiesMax, " activities"));
  std::sort(line.begin(), line.end(), [&asked](const Placed& a, const Placed& b) {
    const int order = domain::Compare(a.place, b.place);
    return asked.newest_first ? order > 0 : order < 0;
  });
  const size_t count = std::min(line.size(), static_cast<size_t>(asked.page_size));
  for (size_t i = 0; i < count; ++i) *response->add_entries() = std::move(line[i].entry);
  if (line.size() > count) {
    response->set_next_page_token(
        surveyor.MakeToken(asked.signed_request, ToText(line[count - 1].place)));
  }
  return std::nullopt;
}

}  // namespace leadstream::lead
