// Lists: filtered, ordered, in pages, over the indexes.
//
// How a page is found:
//   1. `field = value` on matched indexes, in creation order (the default is newest first): the
//      indexes' entries are intersected, each skipping ahead to where the others are.
//   2. otherwise the sorted index of `order_by` is walked;
//   both between the bounds that the filter gives for the field of `order_by`, and each candidate
//   is asked the whole filter.
//
// Resources that are equal in `order_by` are ordered by name; descending is the exact reverse of
// ascending. Strings are ordered by their first 128 bytes. A walk looks at `kCandidatesMax` entries
// at most, those that it skips included: a page may then be shorter than asked for, even empty, and
// has a token all the same, as AIP-158 allows.
#pragma once

#include <absl/status/statusor.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/domain/filter.h"
#include "common/store/read_model.h"

namespace leadstream::store {

inline constexpr int kPageSizeDefault = 50;
inline constexpr int kPageSizeMax = 1000;
inline constexpr int kCandidatesMax = 20'000;

struct ListQuery {
  const domain::Filter* filter = nullptr;  // null: all
  std::string order_by = "create_time";
  bool descending = true;
  int page_size = kPageSizeDefault;  // above 0
  // The `next` of the page before; empty on the first page.
  std::string after;
  // Only names that begin with this; empty: all of the collection.
  std::string name_prefix;
};

struct ListPage {
  std::vector<StoredState> resources;
  // What the next page's `after` is; empty on the last page.
  std::string next;
};

// InvalidArgument: the collection is not sorted by `order_by`.
absl::StatusOr<ListPage> List(const ReadModel& model, const Collection& collection,
                              const ListQuery& query);
// Visits every resource that matches, page after page.
absl::Status ForEach(const ReadModel& model, const Collection& collection,
                     const domain::Filter* filter,
                     const std::function<void(const StoredState&)>& visit);

}  // namespace leadstream::store
