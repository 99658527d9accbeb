// Request ids that are remembered for a while: when they are forgotten follows from the log alone.
#include <absl/strings/str_cat.h>
#include <gtest/gtest.h>

#include <memory>
#include <random>

#include "common/log/fence.h"
#include "common/store/fold_batch.h"
#include "tests/store/leads.h"
#include "tests/temporary_directory.h"

namespace leadstream::store {
namespace {

using lead::v1::Lead;
using lead::v1::LeadCreated;

constexpr int64_t kWindowUs = 1'000;

domain::ServiceDefinition Leads() {
  domain::ServiceDefinition service;
  service.name = "lead";
  service.aggregates = {domain::AggregateOf<Lead>("leads").Folds<LeadCreated>(Evolve)};
  return service;
}

// The event of the command with the request id "r<number>".
common::v1::Record RecordAt(int number, int64_t time_us) {
  common::v1::Record record = RecordOf(absl::StrCat("leads/", number), 1, LeadCreated());
  record.set_request_id(absl::StrCat("r", number));
  record.set_request_hash("hash");
  record.set_time_us(time_us);
  return record;
}

class RequestsTest : public ::testing::Test {
 protected:
  // Of a partition whose events come at these times, so many in each batch.
  std::unique_ptr<ReadModel> Fold(const std::vector<int64_t>& times_us, size_t batch_size) {
    ReadModelOptions options;
    options.directory = absl::StrCat(directory_.path(), "/", ++models_);
    options.partitions = 1;
    options.request_window = absl::Microseconds(kWindowUs);
    auto model = OpenSmall(schema_, options);
    auto batch = std::make_unique<FoldBatch>(model.get());
    EXPECT_TRUE(batch->Add(0, 0, log::Fence().NextClaim("claim", {"node"}, 1)).ok());
    for (size_t i = 0; i < times_us.size(); ++i) {
      const auto number = static_cast<int>(i);
      EXPECT_TRUE(batch->Add(0, number + 1, RecordAt(number, times_us[i])).ok());
      if (i % batch_size + 1 < batch_size && i + 1 < times_us.size()) continue;
      EXPECT_TRUE(batch->Commit().ok());
      batch = std::make_unique<FoldBatch>(model.get());
    }
    return model;
  }
  int Remembered(const ReadModel& model, size_t of) const {
    int remembered = 0;
    for (size_t i = 0; i < of; ++i) {
      auto known = model.Request(absl::StrCat("r", i));
      EXPECT_TRUE(known.ok()) << known.status();
      remembered += known->has_value();
    }
    return remembered;
  }

  testing::TemporaryDirectory directory_;
  const Schema schema_{Leads()};
  int models_ = 0;
};

TEST_F(RequestsTest, AreRememberedForTheirWindow) {
  // The third, which is not older, and the last.
  EXPECT_EQ(Remembered(*Fold({1, 2, 3, 3 + kWindowUs}, 1), 4), 2);
}

TEST_F(RequestsTest, AreForgottenAFewAtATimeAfterALongPause) {
  std::vector<int64_t> times(100, 1);
  times.push_back(1'000'000);
  EXPECT_GT(Remembered(*Fold(times, 1), times.size()), 90);
  for (int64_t i = 1; i <= 20; ++i) times.push_back(1'000'000 + i);
  EXPECT_EQ(Remembered(*Fold(times, 1), times.size()), 21);
}

// Times go back now and then, as they do from one writer to the next.
TEST_F(RequestsTest, AreForgottenAlikeHoweverTheLogIsCutIntoBatches) {
  std::mt19937 random(7);
  std::vector<int64_t> times;
  int64_t now = 10'000;
  for (int i = 0; i < 2'000; ++i) {
    now += static_cast<int64_t>(random() % 20);
    if (random() % 50 == 0) now += 5 * kWindowUs;
    times.push_back(now - static_cast<int64_t>(random() % 40));
  }
  const auto one_by_one = Fold(times, 1)->Fingerprint();
  ASSERT_TRUE(one_by_one.ok());
  for (size_t batch_size : {2, 7, 64, 500, 5'000})
    EXPECT_EQ(*Fold(times, batch_size)->Fingerprint(), *one_by_one) << batch_size;
}

}  // namespace
}  // namespace leadstream::store
