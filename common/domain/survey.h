// A read that takes the answers of several services: ListTimeline.
//
// What is asked of the others goes through a Surveyor, so the survey itself stays pure: it says
// what it wants to know, and makes an answer of it.
#pragma once

#include <absl/status/statusor.h>
#include <google/protobuf/message.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/domain/decision.h"
#include "common/domain/reader.h"
#include "leadstream/common/v1/node.pb.h"

namespace leadstream::domain {

// Asks the owners, each as it has folded all that was answered before. Every question has a
// deadline. Unavailable, DeadlineExceeded: an owner does not answer.
class Surveyor {
 public:
  using Resource = std::shared_ptr<const google::protobuf::Message>;

  virtual ~Surveyor() = default;
  // The service's own resources, without asking.
  virtual const Reader& own() const = 0;
  // Whether the caller may see a resource.
  virtual bool Shows(const google::protobuf::Message& resource) const = 0;
  // NotFound: there is none. PermissionDenied: the caller may not see it, or there is none.
  virtual absl::StatusOr<Resource> Get(const std::string& name) = 0;
  // Resources of a collection that match an AIP-160 filter, the newest first, at most `limit`; but
  // for those that the caller may not see.
  virtual absl::StatusOr<std::vector<Resource>> List(const std::string& collection,
                                                     const std::string& filter, int limit) = 0;
  // The stories of resources of any services as one, behind a place (nothing: from the first on).
  virtual absl::StatusOr<std::vector<common::v1::ToldEvent>> Stories(
      const std::vector<std::string>& names, bool newest_first,
      const std::optional<common::v1::StoryPlace>& after, int limit) = 0;
  // Page tokens, as lists have them: signed, and good for the same request alone.
  virtual std::string MakeToken(const std::string& request, const std::string& position) const = 0;
  virtual absl::StatusOr<std::string> ReadToken(const std::string& request,
                                                const std::string& token) const = 0;
};

struct Survey {
  const google::protobuf::Descriptor* request = nullptr;
  std::function<std::optional<Refusal>(const google::protobuf::Message& request, Surveyor&,
                                       google::protobuf::Message* response)>
      answer;
};

template <typename Request, typename Response>
Survey Surveying(std::optional<Refusal> (*answer)(const Request&, Surveyor&, Response*)) {
  return {Request::descriptor(), [answer](const google::protobuf::Message& request,
                                          Surveyor& surveyor, google::protobuf::Message* response) {
            return answer(static_cast<const Request&>(request), surveyor,
                          static_cast<Response*>(response));
          }};
}

// By time, then resource, then revision: the order of a story that several resources share. Less
// than 0: `a` comes first.
inline int Compare(const common::v1::StoryPlace& a, const common::v1::StoryPlace& b) {
  if (a.time_us() != b.time_us()) return a.time_us() < b.time_us() ? -1 : 1;
  if (const int names = a.resource().compare(b.resource()); names != 0) return names;
  return a.revision() == b.revision() ? 0 : (a.revision() < b.revision() ? -1 : 1);
}

}  // namespace leadstream::domain
