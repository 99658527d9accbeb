// Every service in memory, as a survey finds it: resources, and what happened to them.
#pragma once

#include <absl/algorithm/container.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/domain/filter.h"
#include "common/domain/survey.h"
#include "tests/domain/known.h"

namespace leadstream::testing {

class Owners : public domain::Surveyor {
 public:
  template <typename R>
  Owners& Add(const std::string& name, R resource) {
    resource.set_name(name);
    resources_[name] = std::make_shared<R>(std::move(resource));
    return *this;
  }
  // Something happens to a resource.
  void Happens(const std::string& name, int64_t time_us) {
    common::v1::ToldEvent told;
    told.mutable_event()->set_resource(name);
    told.mutable_event()->set_type("leadstream.lead.v1.LeadUpdated");
    told.mutable_event()->set_revision(++revisions_[name]);
    *told.mutable_event()->mutable_time() =
        google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(time_us);
    events_.push_back(std::move(told));
  }
  // From now on nobody answers for it.
  void Silence(const std::string& collection) { silent_ = collection; }
  Known& mine() { return own_; }
  const std::vector<common::v1::ToldEvent>& events() const { return events_; }

  static common::v1::StoryPlace PlaceOf(const common::v1::ToldEvent& told) {
    common::v1::StoryPlace place;
    place.set_time_us(
        google::protobuf::util::TimeUtil::TimestampToMicroseconds(told.event().time()));
    place.set_resource(told.event().resource());
    place.set_revision(told.event().revision());
    return place;
  }

  const domain::Reader& own() const override { return own_; }
  bool Shows(const google::protobuf::Message&) const override { return true; }
  absl::StatusOr<Resource> Get(const std::string& name) override {
    if (IsSilent(name)) return absl::UnavailableError("silent");
    auto at = resources_.find(name);
    if (at == resources_.end()) return absl::NotFoundError(name);
    return at->second;
  }
  absl::StatusOr<std::vector<Resource>> List(const std::string& collection,
                                             const std::string& filter, int limit) override {
    if (IsSilent(collection)) return absl::UnavailableError("silent");
    std::vector<Resource> found;
    for (const auto& [name, resource] : resources_) {
      if (!absl::StartsWith(name, absl::StrCat(collection, "/"))) continue;
      auto compiled = domain::Filter::Compile(*resource->GetDescriptor(), filter);
      if (!compiled.ok()) return compiled.status();
      if ((*compiled)->Matches(*resource) && found.size() < static_cast<size_t>(limit))
        found.push_back(resource);
    }
    return found;
  }
  absl::StatusOr<std::vector<common::v1::ToldEvent>> Stories(
      const std::vector<std::string>& names, bool newest_first,
      const std::optional<common::v1::StoryPlace>& after, int limit) override {
    std::vector<common::v1::ToldEvent> told;
    for (const auto& event : events_) {
      const int order = after ? domain::Compare(PlaceOf(event), *after) : 0;
      if (absl::c_linear_search(names, event.event().resource()) &&
          (!after || (newest_first ? order < 0 : order > 0)))
        told.push_back(event);
    }
    absl::c_sort(told, [newest_first](const auto& a, const auto& b) {
      const int order = domain::Compare(PlaceOf(a), PlaceOf(b));
      return newest_first ? order > 0 : order < 0;
    });
    if (told.size() > static_cast<size_t>(limit)) told.resize(static_cast<size_t>(limit));
    return told;
  }
  std::string MakeToken(const std::string& request, const std::string& position) const override {
    return absl::StrCat(request, "|", position);
  }
  absl::StatusOr<std::string> ReadToken(const std::string& request,
                                        const std::string& token) const override {
    if (!absl::StartsWith(token, absl::StrCat(request, "|")))
      return absl::InvalidArgumentError("was made for another request");
    return token.substr(request.size() + 1);
  }

 private:
  bool IsSilent(const std::string& name) const {
    return !silent_.empty() && absl::StartsWith(name, silent_);
  }

  Known own_;
  std::map<std::string, Resource> resources_;
  std::map<std::string, int64_t> revisions_;
  std::vector<common::v1::ToldEvent> events_;
  std::string silent_;
};

}  // namespace leadstream::testing
