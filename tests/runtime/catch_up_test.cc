// A log that is far ahead, folded on several threads.
#include "common/runtime/catch_up.h"

#include <absl/strings/str_cat.h>
#include <absl/synchronization/notification.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "common/log/fence.h"
#include "common/log/local_log.h"
#include "common/store/fold_batch.h"
#include "leadstream/lead/v1/events.pb.h"
#include "services/lead/lead_context.h"
#include "tests/read_log.h"
#include "tests/runtime/tallied.h"
#include "tests/temporary_directory.h"

namespace leadstream::testing {
namespace {

constexpr int kPartitions = 5;
constexpr int kEvents = 3'000;
constexpr int64_t kBetweenUs = 1'000;
const std::string kTopic = "leadstream.lead";

// Beside all that the service keeps: how many leads each owner has, by topic.
std::vector<domain::TallyEntry> OwnerEntries(const lead::v1::Lead& lead) {
  return {{{lead.owner(), lead.topic().substr(0, 1)}, {domain::Decimal(lead.emails_size())}}};
}
domain::ServiceDefinition Leads() {
  domain::ServiceDefinition definition = lead::LeadService();
  definition.aggregates.front() =
      Tallied<lead::v1::Lead>(definition.aggregates.front(), "owners", OwnerEntries);
  return definition;
}

class CatchUpTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto log = log::LocalLog::Open({.directory = directory_.path() + "/log"});
    ASSERT_TRUE(log.ok()) << log.status();
    log_ = std::move(*log);
    ASSERT_TRUE(log_->CreateTopic(kTopic, kPartitions).ok());
  }

  // Leads that are created and assigned, each in a partition of its own choice. One request id in
  // four was used before, in whatever partition.
  void WriteHistory() {
    std::mt19937 random(7);
    auto below = [&random](int end) { return std::uniform_int_distribution<>(0, end - 1)(random); };
    std::vector<log::Record> records;
    std::vector<int> partitions;
    for (int partition = 0; partition < kPartitions; ++partition) {
      records.push_back(log::Fence().NextClaim("claim", {"node", "life", ""}, 1));
      partitions.push_back(partition);
    }
    std::vector<int> revisions(kEvents / 3);
    for (int i = 0; i < kEvents; ++i) {
      const int lead = below(kEvents / 3);
      log::Record record;
      record.set_subject(absl::StrCat("leads/", lead));
      record.set_id(absl::StrCat("event-", i));
      record.set_revision(++revisions[static_cast<size_t>(lead)]);
      record.set_epoch(1);
      record.set_time_us(i * kBetweenUs);
      record.set_request_id(absl::StrCat("request-", below(4) == 0 ? below(i + 1) : i));
      if (record.revision() == 1) {
        lead::v1::LeadCreated created;
        created.mutable_lead()->set_topic(absl::StrCat(lead, " seats"));
        created.mutable_lead()->add_emails(absl::StrCat("buyer", below(50), "@example.com"));
        record.set_type(created.GetDescriptor()->full_name());
        created.SerializeToString(record.mutable_data());
      } else {
        lead::v1::LeadAssigned assigned;
        assigned.set_owner(absl::StrCat("owner-", below(5)));
        record.set_type(assigned.GetDescriptor()->full_name());
        assigned.SerializeToString(record.mutable_data());
      }
      records.push_back(std::move(record));
      partitions.push_back(lead % kPartitions);
    }
    std::vector<log::PendingRecord> pending;
    for (size_t i = 0; i < records.size(); ++i) pending.push_back({partitions[i], &records[i]});
    absl::Notification done;
    log_->Append(kTopic, pending, [&](log::AppendResult result) {
      EXPECT_TRUE(result.status.ok()) << result.status;
      done.Notify();
    });
    done.WaitForNotification();
  }

  store::ReadModelOptions ModelOptions(const std::string& name) const {
    store::ReadModelOptions options;
    options.directory = directory_.path() + "/" + name;
    options.partitions = kPartitions;
    options.request_window = absl::Microseconds(kEvents / 4 * kBetweenUs);
    options.flush_interval = absl::InfiniteDuration();
    return options;
  }
  std::unique_ptr<store::ReadModel> Open(const std::string& name) const {
    auto model = store::ReadModel::Open(ModelOptions(name), &schema_);
    EXPECT_TRUE(model.ok()) << model.status();
    return std::move(*model);
  }
  // One record after another.
  std::string FoldedOneByOne() {
    auto model = Open("one-by-one");
    EXPECT_TRUE(EachRecord(log_.get(), kTopic, [&](const log::LoggedRecord& logged) {
                  store::FoldBatch batch(model.get());
                  EXPECT_TRUE(batch.Add(logged.partition, logged.offset, logged.record).ok());
                  EXPECT_TRUE(batch.Commit().ok());
                }).ok());
    return *model->Fingerprint();
  }
  absl::Status CatchUp(store::ReadModel* model, runtime::CatchUpOptions options) {
    return runtime::CatchUp(log_.get(), kTopic, model, std::move(options)).Run(*log_->Ends(kTopic));
  }

  TemporaryDirectory directory_;
  const store::Schema schema_{Leads()};
  std::unique_ptr<log::EventLog> log_;
};

TEST_F(CatchUpTest, WhateverTheThreadsAndBatchesTheModelIsByteForByteAsFoldedOneByOne) {
  WriteHistory();
  const std::string expected = FoldedOneByOne();
  for (int threads : {1, 3}) {
    for (size_t records_max : {30, 300, 10'000}) {
      const std::string name = absl::StrCat(threads, "-", records_max);
      SCOPED_TRACE(name);
      auto model = Open(name);
      int64_t told = 0;
      runtime::CatchUpOptions options;
      options.threads = threads;
      options.records_max = records_max;
      options.progress = [&](int64_t done, int64_t all) {
        EXPECT_GT(done, told);
        EXPECT_LE(done, all);
        told = done;
      };
      ASSERT_TRUE(CatchUp(model.get(), options).ok());
      EXPECT_EQ(told, kEvents + kPartitions);
      EXPECT_EQ(*model->Fingerprint(), expected);
    }
  }
}

TEST_F(CatchUpTest, StoppedAndGoneOnWithInAnotherLifeItIsTheSame) {
  WriteHistory();
  const std::string expected = FoldedOneByOne();
  int lives = 0;
  for (bool behind = true; behind; ++lives) {
    auto model = Open("model");
    std::atomic<int> batches{0};
    runtime::CatchUpOptions options;
    options.threads = 2;
    options.records_max = 50;
    options.stop = [&] { return batches >= 10; };
    options.progress = [&](int64_t done, int64_t all) {
      ++batches;
      behind = done < all;
    };
    ASSERT_TRUE(CatchUp(model.get(), options).ok());
    if (!behind) {
      EXPECT_EQ(*model->Fingerprint(), expected);
    }
  }
  EXPECT_GT(lives, 3);
}

TEST_F(CatchUpTest, AFileThatAKilledProcessHasLeftIsRemoved) {
  const std::string left = ModelOptions("model").directory + "/batch-12.sst";
  Open("model");
  std::ofstream(left) << "half a file";
  Open("model");
  EXPECT_FALSE(std::filesystem::exists(left));
}

TEST_F(CatchUpTest, ALogWithAHoleIsRefusedAndWhatWasFoldedBeforeItStays) {
  WriteHistory();
  auto model = Open("model");
  {
    // Another history: its offsets are the log's, its revisions are not.
    store::FoldBatch batch(model.get());
    ASSERT_TRUE(batch.Add(0, 0, log::Fence().NextClaim("claim", {"node", "life", ""}, 1)).ok());
    log::Record record;
    record.set_subject("leads/0");
    record.set_type(lead::v1::LeadAssigned::descriptor()->full_name());
    record.set_revision(1);
    record.set_epoch(1);
    ASSERT_TRUE(batch.Add(0, 1, record).ok());
    ASSERT_TRUE(batch.Commit().ok());
  }
  EXPECT_TRUE(absl::IsDataLoss(CatchUp(model.get(), {})));
  EXPECT_EQ(model->NextOffset(0), 2);
}

}  // namespace
}  // namespace leadstream::testing
