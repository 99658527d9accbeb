// Sums that are kept beside the states, against the same sums over every resource in turn.
#include "common/store/tallies.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>

#include "common/log/fence.h"
#include "common/store/fold_batch.h"
#include "tests/store/leads.h"
#include "tests/temporary_directory.h"

namespace leadstream::store {
namespace {

using domain::TallyBounds;
using domain::TallyEntry;
using domain::TallySum;
using lead::v1::Lead;
using lead::v1::LeadCreated;
using lead::v1::LeadMerged;
using lead::v1::LeadUpdated;

constexpr int kPartitions = 3;

// By owner and company; its score, and a tenth of that. One without a topic counts nowhere.
std::vector<TallyEntry> ScoreEntries(const Lead& lead) {
  if (lead.topic().empty()) return {};
  return {{{lead.owner(), lead.company()},
           {domain::Decimal(lead.score()), domain::Decimal::Scaled(lead.score(), 1)}}};
}

domain::ServiceDefinition Leads() {
  domain::ServiceDefinition service;
  service.name = "lead";
  service.aggregates = {domain::AggregateOf<Lead>("leads")
                            .Folds<LeadCreated>(Evolve)
                            .Folds<LeadUpdated>(Evolve)
                            .Deletes<LeadMerged>()
                            .TalliedBy("score", ScoreEntries)};
  return service;
}

Lead LeadOf(const std::string& owner, const std::string& company, int score) {
  Lead lead;
  lead.set_topic("seats");
  lead.set_owner(owner);
  lead.set_company(company);
  lead.set_score(score);
  return lead;
}

class TalliesTest : public ::testing::Test {
 protected:
  void SetUp() override { Open("model"); }

  void Open(const std::string& name) {
    ReadModelOptions options;
    options.directory = absl::StrCat(directory_.path(), "/", name);
    options.partitions = kPartitions;
    model_ = OpenSmall(schema_, options);
    ASSERT_NE(model_, nullptr);
    batch_ = std::make_unique<FoldBatch>(model_.get());
    offsets_ = std::vector<int64_t>(kPartitions, 0);
    for (int partition = 0; partition < kPartitions; ++partition)
      Add(partition, log::Fence().NextClaim("claim", {"node"}, 1));
  }
  // Creates or changes it; nothing: deletes it.
  void Put(int id, const std::optional<Lead>& lead) {
    common::v1::Record record;
    record.set_subject(absl::StrCat("leads/", id));
    record.set_revision(++revisions_[id]);
    record.set_type((!lead                    ? LeadMerged::descriptor()
                     : record.revision() == 1 ? LeadCreated::descriptor()
                                              : LeadUpdated::descriptor())
                        ->full_name());
    LeadCreated event;  // as LeadUpdated on the wire
    if (lead) *event.mutable_lead() = *lead;
    record.set_data(event.SerializeAsString());
    record.set_id(absl::StrCat("event-", id, "-", record.revision()));
    record.set_epoch(1);
    Add(id % kPartitions, record);
    history_.push_back({id % kPartitions, record});
  }
  void Commit() {
    ASSERT_TRUE(batch_->Commit().ok());
    batch_ = std::make_unique<FoldBatch>(model_.get());
  }
  void Add(int partition, const common::v1::Record& record) {
    absl::Status added = batch_->Add(partition, offsets_[static_cast<size_t>(partition)]++, record);
    ASSERT_TRUE(added.ok()) << added;
  }

  static std::string ToText(const std::vector<TallySum>& sums) {
    return absl::StrJoin(sums, ", ", [](std::string* out, const TallySum& sum) {
      absl::StrAppend(out, absl::StrJoin(sum.key, "/"), ": ", sum.total.count, " of ",
                      sum.total.sums[0].ToString(), " and ", sum.total.sums[1].ToString());
    });
  }
  std::string Sums(const std::vector<TallyBounds>& bounds = {}) const {
    auto sums = Tallies(*model_, schema_.collections().front(), "score", bounds);
    EXPECT_TRUE(sums.ok()) << sums.status();
    return ToText(*sums);
  }

  testing::TemporaryDirectory directory_;
  const Schema schema_{Leads()};
  std::unique_ptr<ReadModel> model_;
  std::unique_ptr<FoldBatch> batch_;
  std::vector<int64_t> offsets_;
  std::map<int, int> revisions_;
  std::vector<std::pair<int, common::v1::Record>> history_;
};

TEST_F(TalliesTest, AddUpWhatIsAndNotWhatWas) {
  Put(1, LeadOf("anna", "Acme", 5));
  Put(2, LeadOf("anna", "Acme", 7));
  Put(3, LeadOf("bela", "Acme", 1));
  Commit();
  EXPECT_EQ(Sums(), "anna/Acme: 2 of 12 and 1.2, bela/Acme: 1 of 1 and 0.1");
  Put(2, LeadOf("bela", "Acme", 7));
  Put(1, LeadOf("anna", "Acme", 4));
  Commit();
  EXPECT_EQ(Sums(), "anna/Acme: 1 of 4 and 0.4, bela/Acme: 2 of 8 and 0.8");
  Put(3, std::nullopt);
  Commit();
  EXPECT_EQ(Sums(), "anna/Acme: 1 of 4 and 0.4, bela/Acme: 1 of 7 and 0.7");
}

TEST_F(TalliesTest, LeaveNothingBehind) {
  Commit();
  auto keys = [this] {
    int counted = 0;
    std::unique_ptr<rocksdb::Iterator> it(model_->db()->NewIterator({}));
    for (it->Seek("c"); it->Valid() && it->key().starts_with("c"); it->Next()) ++counted;
    return counted;
  };
  Put(1, LeadOf("anna", "Acme", 5));
  Put(2, LeadOf("anna", "Acme", -5));
  Commit();
  EXPECT_EQ(keys(), 2) << "one for each partition";
  EXPECT_EQ(Sums(), "anna/Acme: 2 of 0 and 0");
  Put(1, std::nullopt);
  Put(2, Lead());
  Commit();
  EXPECT_EQ(keys(), 0);
}

TEST_F(TalliesTest, AreFoundByTheirParts) {
  const std::string nul("a\0b", 3);
  for (const char* owner : {"", "anna", "bela", "cili"}) {
    for (const char* company : {"", "Acme", "Globex", "Initech"}) {
      for (int partition = 0; partition < kPartitions; ++partition)
        Put(static_cast<int>(revisions_.size()), LeadOf(owner, company, 1));
    }
  }
  Put(1000, LeadOf(nul, "Acme", 1));
  Put(1001, LeadOf("a", "Acme", 1));
  Commit();
  EXPECT_EQ(Sums({std::string("anna"), std::string("Globex")}), "anna/Globex: 3 of 3 and 0.3");
  EXPECT_EQ(Sums({{}, std::string("Acme")}),
            absl::StrCat("/Acme: 3 of 3 and 0.3, a/Acme: 1 of 1 and 0.1, ", nul,
                         "/Acme: 1 of 1 and 0.1, anna/Acme: 3 of 3 and 0.3, bela/Acme: 3 of 3 and "
                         "0.3, cili/Acme: 3 of 3 and 0.3"));
  EXPECT_EQ(Sums({{"b", "bz"}, {"B", "Globex"}}), "bela/Globex: 3 of 3 and 0.3");
  EXPECT_EQ(Sums({std::string("")}),
            "/: 3 of 3 and 0.3, /Acme: 3 of 3 and 0.3, /Globex: 3 of 3 and 0.3, /Initech: 3 of 3 "
            "and 0.3");
  EXPECT_EQ(Sums({std::string("nobody")}), "");
}

TEST_F(TalliesTest, AreExactWhateverHappensAndTheSameHoweverItIsFolded) {
  std::mt19937 random(11);
  auto below = [&random](int end) { return std::uniform_int_distribution<>(0, end - 1)(random); };
  std::map<int, Lead> alive;
  std::set<int> gone;
  for (int step = 0; step < 4'000; ++step) {
    const int id = below(300);
    if (gone.contains(id)) continue;
    Lead lead = LeadOf(absl::StrCat("owner-", below(4)), absl::StrCat("company-", below(3)),
                       below(100) - 50);
    if (below(10) == 0) lead.clear_topic();
    if (below(20) == 0) {
      if (alive.erase(id) == 0) continue;
      gone.insert(id);
      Put(id, std::nullopt);
    } else {
      Put(id, lead);
      alive[id] = lead;
    }
    if (below(30) != 0) continue;
    Commit();
    std::map<std::vector<std::string>, domain::TallyTotal> expected;
    for (const auto& [number, one] : alive) {
      for (const TallyEntry& entry : ScoreEntries(one)) expected[entry.key].Add({1, entry.numbers});
    }
    std::vector<TallySum> sums;
    for (const auto& [key, total] : expected) sums.push_back({key, total});
    ASSERT_EQ(Sums(), ToText(sums));
  }
  Commit();
  const std::string lived = *model_->Fingerprint();
  for (const size_t batch : {size_t{1}, size_t{7}, size_t{100'000}}) {
    Open(absl::StrCat("folded-by-", batch));
    size_t folded = 0;
    for (const auto& [partition, record] : history_) {
      Add(partition, record);
      if (++folded % batch == 0) Commit();
    }
    Commit();
    EXPECT_EQ(*model_->Fingerprint(), lived) << batch << " at a time";
  }
}

TEST_F(TalliesTest, ThatAreDroppedWithTheirBatchNeverWere) {
  Put(1, LeadOf("anna", "Acme", 5));
  batch_ = std::make_unique<FoldBatch>(model_.get());
  EXPECT_EQ(Sums(), "");
}

}  // namespace
}  // namespace leadstream::store
