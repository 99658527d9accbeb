// A log written for a test, record by record.
#pragma once

#include <absl/strings/str_cat.h>
#include <absl/synchronization/notification.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "common/log/fence.h"
#include "common/log/local_log.h"
#include "common/log/position.h"
#include "leadstream/lead/v1/events.pb.h"
#include "tests/temporary_directory.h"

namespace leadstream::testing {

class WrittenLog {
 public:
  WrittenLog() {
    auto opened = log::LocalLog::Open({directory()});
    EXPECT_TRUE(opened.ok()) << opened.status();
    log_ = std::move(*opened);
  }

  std::string directory() const { return directory_.path() + "/log"; }
  log::LocalLog* log() { return log_.get(); }

  void Topic(const std::string& service, int partitions) {
    ASSERT_TRUE(log_->CreateTopic(log::TopicOf(service), partitions).ok());
    for (int partition = 0; partition < partitions; ++partition) Claim(service, partition);
  }
  // From here on what was written with the epochs before counts no more.
  void Claim(const std::string& service, int partition) {
    log::Fence& fence = fences_[{service, partition}];
    const log::Record claim = fence.NextClaim("claim", {"node", "first", "here:1"}, 1);
    fence.Admit(claim);
    Append(service, partition, claim);
  }
  // A lead was created. `epoch_before`: by a writer that is none any more.
  void Lead(int partition, const std::string& id, int64_t second, const std::string& company = "",
            bool epoch_before = false) {
    lead::v1::LeadCreated created;
    created.mutable_lead()->set_company(company);
    log::Record record = Creation(partition, id, second);
    record.set_data(created.SerializeAsString());
    if (epoch_before) record.set_epoch(record.epoch() - 1);
    Append("lead", partition, record);
  }
  // The same, but nobody can read it: it says that more comes than does.
  void UnreadableLead(int partition, const std::string& id, int64_t second) {
    log::Record record = Creation(partition, id, second);
    record.set_data("\x0a\xff");
    Append("lead", partition, record);
  }
  void Append(const std::string& service, int partition, const log::Record& record) {
    absl::Notification done;
    log_->Append(log::TopicOf(service), {{partition, &record}}, [&](log::AppendResult result) {
      EXPECT_TRUE(result.status.ok()) << result.status;
      done.Notify();
    });
    done.WaitForNotification();
  }

 private:
  // Of a lead, without what it says.
  log::Record Creation(int partition, const std::string& id, int64_t second) {
    log::Record record;
    record.set_subject("leads/" + id);
    record.set_type(lead::v1::LeadCreated::descriptor()->full_name());
    record.set_id("event-" + id);
    record.set_time_us(second * 1'000'000);
    record.set_revision(1);
    record.set_epoch(fences_[{"lead", partition}].epoch());
    record.set_actor("anna");
    return record;
  }

  TemporaryDirectory directory_;
  std::unique_ptr<log::LocalLog> log_;
  std::map<std::pair<std::string, int>, log::Fence> fences_;
};

}  // namespace leadstream::testing
