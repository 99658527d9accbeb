#include "common/runtime/model_reader.h"

#include <absl/strings/str_cat.h>
#include <google/protobuf/util/time_util.h>

#include <utility>

#include "common/store/tallies.h"

namespace leadstream::runtime {

using google::protobuf::Message;

std::shared_ptr<const Message> ModelReader::Find(absl::string_view name) const {
  auto state = model_.Find(name);
  return state.ok() ? state->resource : nullptr;
}

std::shared_ptr<const Message> ModelReader::FindAt(absl::string_view name, int64_t revision) const {
  auto state = model_.AtRevision(name, revision);
  return state.ok() ? state->resource : nullptr;
}

google::protobuf::Timestamp ModelReader::Now() const {
  return google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(now_us_);
}

const store::Collection* ModelReader::CollectionOf(absl::string_view collection) const {
  return model_.schema().OfName(absl::StrCat(collection, "/x"));
}

std::vector<std::string> ModelReader::Keyed(absl::string_view collection, absl::string_view index,
                                            absl::string_view key, size_t limit,
                                            absl::string_view after) const {
  const store::Collection* found = CollectionOf(collection);
  if (found == nullptr) return {};
  auto names = model_.Keyed(*found, index, key, limit, after);
  return names.ok() ? std::move(*names) : std::vector<std::string>();
}

std::string ModelReader::LastKeyed(absl::string_view collection, absl::string_view index,
                                   absl::string_view key, absl::string_view up_to) const {
  const store::Collection* found = CollectionOf(collection);
  if (found == nullptr) return "";
  auto name = model_.LastKeyed(*found, index, key, up_to);
  return name.ok() ? std::move(*name) : "";
}

std::vector<domain::TallySum> ModelReader::Tallies(
    absl::string_view collection, absl::string_view tally,
    const std::vector<domain::TallyBounds>& bounds) const {
  const store::Collection* found = CollectionOf(collection);
  if (found == nullptr) return {};
  auto sums = store::Tallies(model_, *found, tally, bounds);
  return sums.ok() ? std::move(*sums) : std::vector<domain::TallySum>();
}

}  // namespace leadstream::runtime
