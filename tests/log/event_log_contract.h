// The contract that every event log passes: ordered, durable, partitioned.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>

#include "common/log/event_log.h"

namespace leadstream::testing {

// A log that can be closed and opened again on the same data.
class LogUnderTest {
 public:
  virtual ~LogUnderTest() = default;
  virtual log::EventLog& log() = 0;
  virtual void Reopen() = 0;
};

class EventLogContract
    : public ::testing::TestWithParam<std::function<std::unique_ptr<LogUnderTest>()>> {
 protected:
  void SetUp() override { under_test_ = GetParam()(); }
  log::EventLog& log() { return under_test_->log(); }

  // Appends records with these subjects to these partitions, in one group.
  log::AppendResult Append(const std::string& topic,
                           const std::vector<std::pair<int, std::string>>& records);
  // Everything from these positions on, at once available.
  std::vector<log::LoggedRecord> ReadAll(const std::string& topic, const log::Positions& from);

  std::unique_ptr<LogUnderTest> under_test_;
};

}  // namespace leadstream::testing
