// How a node stands, for people: a page without scripts.
#pragma once

#include <absl/time/time.h>

#include <string>
#include <vector>

#include "common/ops/recent_problems.h"
#include "common/ops/sampler.h"

namespace leadstream::ops {

struct NodeView {
  std::string version;
  absl::Time began, now;
  std::string standing;                     // "ready", or what is awaited
  std::vector<runtime::Service*> services;  // none before the log is open
  std::vector<Sample> samples;              // one for each
  std::vector<RecentProblems::Line> problems;
};

std::string StatusPage(const NodeView& view);

}  // namespace leadstream::ops
