// What is due by itself is issued where it is written, when it is due, and with one effect.
#include "common/runtime/timers.h"

#include <absl/strings/str_cat.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <vector>

#include "common/domain/date.h"
#include "common/log/fence.h"
#include "common/store/fold_batch.h"
#include "leadstream/quoting/v1/events.pb.h"
#include "leadstream/quoting/v1/quote_commands.pb.h"
#include "services/quoting/quoting_context.h"
#include "tests/temporary_directory.h"

namespace leadstream::testing {
namespace {

using runtime::Outcome;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int kPartitions = 2;

int64_t Micros(const char* text) {
  absl::Time time;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, nullptr)) << text;
  return absl::ToUnixMicros(time);
}

class TimersTest : public ::testing::Test, public runtime::TimersHost {
 protected:
  struct Issued {
    std::string name;
    std::string request_id;
    std::string actor;
    std::function<void(Outcome)> done;
  };

  void SetUp() override {
    store::ReadModelOptions options;
    options.directory = directory_.path() + "/model";
    options.partitions = kPartitions;
    options.memory = store::SharedMemory::Make();
    auto model = store::ReadModel::Open(options, &schema_);
    ASSERT_TRUE(model.ok()) << model.status();
    model_ = std::move(*model);
    for (int partition = 0; partition < kPartitions; ++partition) {
      Fold(partition, log::Fence().NextClaim("claim", {"node", "life", ""}, 1));
    }
    timers_ = NewTimers();
  }

  std::unique_ptr<runtime::Timers> NewTimers() {
    runtime::TimersOptions options;
    options.service = "quoting";
    options.under_way_max = 3;
    return std::make_unique<runtime::Timers>(model_.get(), this, options);
  }

  template <typename Event>
  void FoldEvent(int partition, const std::string& name, int64_t revision, const Event& event) {
    log::Record record;
    record.set_subject(name);
    record.set_type(Event::descriptor()->full_name());
    record.set_data(event.SerializeAsString());
    record.set_id(absl::StrCat(name, revision));
    record.set_revision(revision);
    record.set_epoch(1);
    record.set_time_us(1);
    Fold(partition, record);
  }

  // A quote that can be accepted through the end of a day of March 2026.
  void Activate(int partition, const std::string& name, int last_day) {
    partition_of_[name] = partition;
    quoting::v1::QuoteCreated created;
    *created.mutable_quote()->mutable_valid_to() =
        domain::ToDate(absl::CivilDay(2026, 3, last_day));
    FoldEvent(partition, name, 1, created);
    FoldEvent(partition, name, 2, quoting::v1::QuoteActivated());
  }
  void Close(const std::string& name) {
    FoldEvent(partition_of_.at(name), name, 3, quoting::v1::QuoteClosed());
  }

  std::vector<std::string> AdvanceAt(const char* time) {
    return AdvanceAt(absl::FromUnixMicros(Micros(time)));
  }
  std::vector<std::string> AdvanceAt(absl::Time time) {
    now_us_ = absl::ToUnixMicros(time);
    const size_t before = issued_.size();
    timers_->Advance();
    std::vector<std::string> names;
    for (size_t i = before; i < issued_.size(); ++i) names.push_back(issued_[i].name);
    return names;
  }

  static Outcome Refused(absl::StatusCode code = absl::StatusCode::kFailedPrecondition) {
    Outcome outcome;
    outcome.refusal = domain::Refusal{code, "NOT_SO", "it is not so", {}};
    return outcome;
  }

  std::set<int> writes_ = {0, 1};
  std::vector<Issued> issued_;
  std::vector<std::string> reports_;
  std::unique_ptr<runtime::Timers> timers_;

 private:
  int64_t TimeMicros() override { return now_us_; }
  bool Writes(int partition) override { return writes_.contains(partition); }
  void Execute(runtime::IssuedCommand command, std::function<void(Outcome)> done) override {
    const auto& expire = dynamic_cast<const quoting::v1::ExpireQuoteRequest&>(*command.request);
    issued_.push_back({expire.name(), expire.request_id(), command.call.actor, std::move(done)});
  }
  void Report(int, const std::string& message) override { reports_.push_back(message); }

  void Fold(int partition, const log::Record& record) {
    store::FoldBatch batch(model_.get());
    absl::Status folded = batch.Add(partition, model_->NextOffset(partition), record);
    if (folded.ok()) folded = batch.Commit();
    ASSERT_TRUE(folded.ok()) << folded;
  }

  TemporaryDirectory directory_;
  const store::Schema schema_{quoting::QuotingService()};
  std::unique_ptr<store::ReadModel> model_;
  std::map<std::string, int> partition_of_;
  int64_t now_us_ = 0;
};

TEST_F(TimersTest, IssueWhatIsDueLongestDueFirst) {
  Activate(0, "quotes/a", 20);
  Activate(0, "quotes/b", 10);
  Activate(0, "quotes/c", 30);
  EXPECT_THAT(AdvanceAt("2026-03-10T23:59:59.999999Z"), IsEmpty());
  EXPECT_THAT(AdvanceAt("2026-03-21T00:00:00Z"), ElementsAre("quotes/b", "quotes/a"));
  EXPECT_EQ(issued_[0].actor, "timers/expiry");
}

TEST_F(TimersTest, LeaveAloneWhatAnotherNodeWrites) {
  Activate(0, "quotes/mine", 10);
  Activate(1, "quotes/theirs", 10);
  writes_ = {0};
  EXPECT_THAT(AdvanceAt("2026-03-12T00:00:00Z"), ElementsAre("quotes/mine"));
  writes_ = {0, 1};
  EXPECT_THAT(AdvanceAt("2026-03-12T00:00:01Z"), ElementsAre("quotes/theirs"));
}

TEST_F(TimersTest, IssueOneCommandAtATimeForEach) {
  Activate(0, "quotes/a", 10);
  EXPECT_THAT(AdvanceAt("2026-03-12T00:00:00Z"), ElementsAre("quotes/a"));
  EXPECT_THAT(AdvanceAt("2026-03-13T00:00:00Z"), IsEmpty());
  EXPECT_FALSE(timers_->idle());
  issued_[0].done(Outcome());
  EXPECT_TRUE(timers_->idle());
}

TEST_F(TimersTest, GiveTheSameRequestIdWhateverNodeIssues) {
  Activate(0, "quotes/a", 10);
  Activate(0, "quotes/b", 10);
  AdvanceAt("2026-03-12T00:00:00Z");
  timers_ = NewTimers();  // of the node that takes over
  AdvanceAt("2026-03-14T00:00:00Z");
  ASSERT_EQ(issued_.size(), 4u);
  EXPECT_EQ(issued_[0].request_id, issued_[2].request_id);
  EXPECT_EQ(issued_[1].request_id, issued_[3].request_id);
  EXPECT_NE(issued_[0].request_id, issued_[1].request_id);
  EXPECT_FALSE(issued_[0].request_id.empty());
}

TEST_F(TimersTest, TryARefusedOneAgainLaterAndLater) {
  Activate(0, "quotes/a", 10);
  AdvanceAt("2026-03-12T00:00:00Z");
  issued_[0].done(Refused());
  ASSERT_EQ(reports_.size(), 1u);
  EXPECT_THAT(reports_[0], HasSubstr("expiry of quotes/a"));
  EXPECT_THAT(reports_[0], HasSubstr("NOT_SO: it is not so"));
  EXPECT_THAT(AdvanceAt("2026-03-12T00:00:00.9Z"), IsEmpty());
  EXPECT_THAT(AdvanceAt("2026-03-12T00:00:01Z"), ElementsAre("quotes/a"));
  issued_[1].done(Refused());
  EXPECT_THAT(AdvanceAt("2026-03-12T00:00:02.9Z"), IsEmpty());
  EXPECT_THAT(AdvanceAt("2026-03-12T00:00:03Z"), ElementsAre("quotes/a"));
  issued_[2].done(Refused(absl::StatusCode::kUnavailable));
  EXPECT_EQ(reports_.size(), 2u) << "what passes is no news";
}

TEST_F(TimersTest, TryAFailedOneAgainWithinSeconds) {
  Activate(0, "quotes/a", 10);
  const absl::Time midnight = absl::FromCivil(absl::CivilDay(2026, 3, 12), absl::UTCTimeZone());
  for (int tried = 0; tried < 30; ++tried) {
    ASSERT_THAT(AdvanceAt(midnight + tried * absl::Seconds(10)), ElementsAre("quotes/a"));
    issued_.back().done(Refused(absl::StatusCode::kUnavailable));
  }
  EXPECT_THAT(reports_, IsEmpty());
}

TEST_F(TimersTest, LetBeWhatIsRefusedForGoodUntilTheResourceChanges) {
  Activate(0, "quotes/a", 10);
  const absl::Time midnight = absl::FromCivil(absl::CivilDay(2026, 3, 12), absl::UTCTimeZone());
  for (int hour = 0; hour < 48; ++hour) {
    for (const std::string& name : AdvanceAt(midnight + absl::Hours(hour))) {
      EXPECT_EQ(name, "quotes/a");
      issued_.back().done(Refused());
    }
  }
  EXPECT_EQ(issued_.size(), 12u);
  EXPECT_EQ(reports_.size(), 12u);
  FoldEvent(0, "quotes/a", 3, quoting::v1::QuoteUpdated());
  EXPECT_THAT(AdvanceAt(midnight + absl::Hours(48)), ElementsAre("quotes/a"));
  issued_.back().done(Refused());
  EXPECT_THAT(AdvanceAt(midnight + absl::Hours(49)), ElementsAre("quotes/a"));
}

TEST_F(TimersTest, ForgetWhatIsDueNoMore) {
  Activate(0, "quotes/a", 10);
  AdvanceAt("2026-03-12T00:00:00Z");
  Close("quotes/a");
  issued_[0].done(Outcome());
  EXPECT_THAT(AdvanceAt("2026-03-13T00:00:00Z"), IsEmpty());
}

TEST_F(TimersTest, HaveOnlySoManyUnderWay) {
  for (int i = 0; i < 5; ++i) Activate(i % 2, absl::StrCat("quotes/", i), 10);
  EXPECT_EQ(AdvanceAt("2026-03-12T00:00:00Z").size(), 3u);
  EXPECT_EQ(AdvanceAt("2026-03-12T00:00:01Z").size(), 0u);
  for (size_t i = 0; i < 2; ++i) {
    Close(issued_[i].name);
    issued_[i].done(Outcome());
  }
  EXPECT_EQ(AdvanceAt("2026-03-12T00:00:02Z").size(), 2u);
}

}  // namespace
}  // namespace leadstream::testing
