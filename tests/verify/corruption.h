// Kinds of corruption, each planted in a copy of the demo's log, and what verify says of it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "cli/all_services.h"
#include "cli/history/history.h"
#include "cli/verify/verify.h"
#include "tests/cli/demo_data.h"
#include "tests/verify/tampered_log.h"

namespace leadstream::testing {

// By check.
inline std::map<std::string, int64_t> Verified(const std::string& data) {
  server::Options options;
  options.data = data;
  auto history = history::History::Open(options, cli::AllServices());
  EXPECT_TRUE(history.ok()) << history.status();
  verify::Findings findings(10);
  verify::VerifyOptions verifying;
  verifying.threads = 2;
  verifying.grace = absl::ZeroDuration();
  auto events = verify::VerifyLog(history->get(), verifying, &findings);
  EXPECT_TRUE(events.ok()) << events.status();
  EXPECT_GT(events.value_or(0), 1000);
  for (const verify::Finding& finding : findings.kept())
    EXPECT_THAT(finding.position, ::testing::HasSubstr("/")) << finding.check;
  return findings.counts();
}

struct Corruption {
  const char* check;
  std::function<void(TamperedLog*)> plant;
};

template <typename Event>
Corruption OfEvent(const char* check, const std::function<bool(log::Record*, Event*)>& change) {
  return {check, [change](TamperedLog* log) { log->ChangeEvent<Event>(change); }};
}

inline void ExpectEachFound(const std::vector<Corruption>& corruptions) {
  for (const Corruption& corruption : corruptions) {
    TamperedLog log(DemoData());
    corruption.plant(&log);
    log.Close();
    EXPECT_TRUE(Verified(log.data()).contains(corruption.check)) << corruption.check;
  }
}

}  // namespace leadstream::testing
