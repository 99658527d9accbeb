// What a demo is asked for, where it happens, and where it leaves what it made.
#pragma once

#include <absl/status/status.h>

#include <cstdint>
#include <string>
#include <vector>

#include "common/server/options.h"

namespace leadstream::demo {

struct DemoOptions {
  // Of the demo's own server.
  server::Options serving;
  // Where another one answers instead; as --server.
  std::string server;
  std::string samples = "samples";
  bool json = false;
  // Years of sales instead.
  int64_t scale = 0;
  uint64_t seed = 1;
  std::string since, until;
};

// The files of the sample inquiries.
std::vector<std::string> InquiriesOf(const std::string& samples);

// An empty directory, and, on Kafka, topics that nobody else has. FailedPrecondition: the directory
// holds something else than an earlier demo.
absl::Status BeginAnew(server::Options* serving);

// How to go on with what is there.
void PrintWhereItIs(const DemoOptions& options);

}  // namespace leadstream::demo
