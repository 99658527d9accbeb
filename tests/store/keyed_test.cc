// Look-ups by computed keys: what is remembered of a collection that hardly ever changes is never
// older than its last change.
#include <absl/strings/str_cat.h>
#include <gmock/gmock.h>

#include <memory>

#include "common/log/fence.h"
#include "common/store/fold_batch.h"
#include "tests/store/leads.h"
#include "tests/temporary_directory.h"

namespace leadstream::store {
namespace {

using lead::v1::Lead;
using lead::v1::LeadCreated;
using lead::v1::LeadUpdated;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr size_t kLimit = 10;

std::vector<std::string> Owners(const Lead& lead) { return {lead.owner()}; }

domain::Aggregate Keyed(const std::string& collection) {
  return domain::AggregateOf<Lead>(collection)
      .Folds<LeadCreated>(Evolve)
      .Folds<LeadUpdated>(Evolve)
      .KeyedBy("owner", Owners);
}

// Two kinds of resource: `leads` change all the time, `rules` hardly ever.
domain::ServiceDefinition Definition() {
  domain::ServiceDefinition service;
  service.name = "lead";
  service.aggregates = {Keyed("leads"), Keyed("rules")};
  return service;
}

class KeyedTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ReadModelOptions options;
    options.directory = directory_.path() + "/model";
    options.partitions = 1;
    model_ = OpenSmall(schema_, options);
    ASSERT_NE(model_, nullptr);
    FoldBatch claim(model_.get());
    ASSERT_TRUE(claim.Add(0, offset_++, log::Fence().NextClaim("claim", {"node"}, 1)).ok());
    ASSERT_TRUE(claim.Commit().ok());
    for (int i = 0; i < 500; ++i) Put(absl::StrCat("leads/", i), "anna", 1);
  }
  void Put(const std::string& name, const std::string& owner, int64_t revision) {
    LeadCreated created;
    LeadUpdated updated;
    created.mutable_lead()->set_owner(owner);
    updated.mutable_lead()->set_owner(owner);
    const auto record =
        revision == 1 ? RecordOf(name, revision, created) : RecordOf(name, revision, updated);
    FoldBatch batch(model_.get());
    ASSERT_TRUE(batch.Add(0, offset_++, record).ok());
    ASSERT_TRUE(batch.Commit().ok());
  }
  std::vector<std::string> RulesOf(const std::string& owner, size_t limit = kLimit,
                                   const std::string& after = "") const {
    auto names = model_->Keyed(schema_.collections().back(), "owner", owner, limit, after);
    EXPECT_TRUE(names.ok()) << names.status();
    return *names;
  }

  testing::TemporaryDirectory directory_;
  const Schema schema_{Definition()};
  std::unique_ptr<ReadModel> model_;
  int64_t offset_ = 0;
};

TEST_F(KeyedTest, FindWhatHasComeSinceTheyWereAskedLast) {
  EXPECT_THAT(RulesOf("anna"), IsEmpty());
  EXPECT_THAT(RulesOf("anna"), IsEmpty());
  Put("rules/1", "anna", 1);
  EXPECT_THAT(RulesOf("anna"), ElementsAre("rules/1"));
  EXPECT_THAT(RulesOf("anna"), ElementsAre("rules/1"));
}

TEST_F(KeyedTest, LoseWhatIsKeyedOtherwise) {
  Put("rules/1", "anna", 1);
  EXPECT_THAT(RulesOf("anna"), ElementsAre("rules/1"));
  Put("rules/1", "bela", 2);
  EXPECT_THAT(RulesOf("anna"), IsEmpty());
  EXPECT_THAT(RulesOf("bela"), ElementsAre("rules/1"));
}

TEST_F(KeyedTest, AreAskedForSoManyFromSomewhereOn) {
  for (int i = 1; i <= 3; ++i) Put(absl::StrCat("rules/", i), "anna", 1);
  EXPECT_THAT(RulesOf("anna", 2), ElementsAre("rules/1", "rules/2"));
  EXPECT_THAT(RulesOf("anna", 3), ElementsAre("rules/1", "rules/2", "rules/3"));
  EXPECT_THAT(RulesOf("anna", 3, "rules/1"), ElementsAre("rules/2", "rules/3"));
}

}  // namespace
}  // namespace leadstream::store
