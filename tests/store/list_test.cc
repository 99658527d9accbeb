// Lists over a read model on disk, against the same filter and order asked of every resource in
// turn.
#include "common/store/list.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "common/store/fold_batch.h"
#include "common/store/page_token.h"
#include "leadstream/lead/v1/events.pb.h"
#include "tests/temporary_directory.h"

namespace leadstream::store {
namespace {

using domain::Filter;
using lead::v1::Lead;
using lead::v1::LeadCreated;
using lead::v1::LeadMerged;
using lead::v1::LeadUpdated;

void Evolve(const LeadCreated& event, Lead* lead) { *lead = event.lead(); }
void Evolve(const LeadUpdated& event, Lead* lead) { *lead = event.lead(); }

// Leads with an index of every kind of value, and without rules: any state can be written.
domain::ServiceDefinition Leads() {
  domain::ServiceDefinition service;
  service.name = "lead";
  service.aggregates = {domain::AggregateOf<Lead>("leads")
                            .Folds<LeadCreated>(Evolve)
                            .Folds<LeadUpdated>(Evolve)
                            .Deletes<LeadMerged>()
                            .MatchedBy("state")
                            .MatchedBy("owner")
                            .MatchedBy("budget.confirmed")
                            .SortedBy("score")
                            .SortedBy("opportunity_revision")
                            .SortedBy("company")
                            .SortedBy("inquiry_time")};
  return service;
}

class ListTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ReadModelOptions options;
    options.directory = directory_.path();
    options.partitions = 1;
    options.memory = SharedMemory::Make(8 << 20, 64 << 20);
    auto model = ReadModel::Open(options, &schema_);
    ASSERT_TRUE(model.ok()) << model.status();
    model_ = std::move(*model);
    batch_ = std::make_unique<FoldBatch>(model_.get());
    Add(log::Fence().NextClaim("claim", {"node"}, 1));
  }

  // Creates the lead, or changes it, at a second of log time.
  void Put(const std::string& id, const Lead& lead, int64_t second) {
    LeadCreated event;
    *event.mutable_lead() = lead;
    const auto* type = revisions_.contains(id) ? LeadUpdated::descriptor()
                                               : LeadCreated::descriptor();  // alike on the wire
    Add(RecordOf(id, type->full_name(), event.SerializeAsString(), second));
  }
  void Delete(const std::string& id, int64_t second) {
    Add(RecordOf(id, LeadMerged::descriptor()->full_name(), "", second));
  }
  void Commit() {
    ASSERT_TRUE(batch_->Commit().ok());
    batch_ = std::make_unique<FoldBatch>(model_.get());
  }

  const Collection& collection() const { return schema_.collections().front(); }

  // The page's names without "leads/", in order.
  static std::string Names(const ListPage& page) {
    return absl::StrJoin(page.resources, " ", [](std::string* out, const StoredState& state) {
      out->append(static_cast<const Lead&>(*state.resource).name().substr(6));
    });
  }
  // All pages, one after the other, `page_size` each.
  std::string ListAll(const std::string& filter, ListQuery query = {}) {
    auto compiled = Filter::Compile(*Lead::descriptor(), filter);
    EXPECT_TRUE(compiled.ok()) << compiled.status();
    query.filter = compiled->get();
    std::string names;
    do {
      auto page = List(*model_, collection(), query);
      EXPECT_TRUE(page.ok()) << page.status();
      EXPECT_LE(page->resources.size(), static_cast<size_t>(query.page_size));
      absl::StrAppend(&names, names.empty() || page->resources.empty() ? "" : " ", Names(*page));
      query.after = page->next;
    } while (!query.after.empty());
    return names;
  }
  static ListQuery OrderedBy(const std::string& path, bool descending = false) {
    ListQuery query;
    query.order_by = path;
    query.descending = descending;
    return query;
  }

 private:
  common::v1::Record RecordOf(const std::string& id, const std::string& type,
                              const std::string& data, int64_t second) {
    common::v1::Record record;
    record.set_subject(absl::StrCat("leads/", id));
    record.set_type(type);
    record.set_data(data);
    record.set_id(absl::StrCat("event-", next_));
    record.set_time_us(second * 1'000'000);
    record.set_revision(++revisions_[id]);
    record.set_epoch(1);
    return record;
  }
  void Add(const common::v1::Record& record) {
    absl::Status added = batch_->Add(0, next_++, record);
    ASSERT_TRUE(added.ok()) << added;
  }

  testing::TemporaryDirectory directory_;
  const Schema schema_{Leads()};
  std::map<std::string, int64_t> revisions_;
  int64_t next_ = 0;

 protected:
  std::unique_ptr<ReadModel> model_;
  std::unique_ptr<FoldBatch> batch_;
};

Lead Of(Lead::State state, const std::string& owner, int score = 0) {
  Lead lead;
  lead.set_state(state);
  lead.set_owner(owner);
  lead.set_score(score);
  return lead;
}

TEST_F(ListTest, NewestFirstUnlessSaidOtherwise) {
  Put("b", Of(Lead::OPEN, "x"), 1);
  Put("a", Of(Lead::OPEN, "x"), 2);
  Put("c", Of(Lead::OPEN, "x"), 3);
  Commit();
  EXPECT_EQ(ListAll(""), "c a b");
  EXPECT_EQ(ListAll("", OrderedBy("create_time")), "b a c");
  EXPECT_EQ(ListAll("state = OPEN"), "c a b");
  EXPECT_EQ(ListAll("state = OPEN", OrderedBy("create_time")), "b a c");
}

TEST_F(ListTest, EqualOnesAreOrderedByNameAndDescendingIsTheReverse) {
  for (const char* id : {"c", "a", "b", "d"}) Put(id, Of(Lead::OPEN, "x", id[0] == 'a' ? 9 : 5), 7);
  Commit();
  EXPECT_EQ(ListAll("", OrderedBy("score")), "b c d a");
  EXPECT_EQ(ListAll("", OrderedBy("score", true)), "a d c b");
  EXPECT_EQ(ListAll("state = OPEN", OrderedBy("create_time")), "a b c d");
  for (int page_size : {1, 2, 3, 4}) {
    ListQuery query = OrderedBy("score");
    query.page_size = page_size;
    EXPECT_EQ(ListAll("", query), "b c d a") << page_size;
  }
}

TEST_F(ListTest, MatchedIndexesAreIntersected) {
  Put("a", Of(Lead::OPEN, "x"), 1);
  Put("b", Of(Lead::OPEN, "y"), 2);
  Put("c", Of(Lead::QUALIFIED, "x"), 3);
  Put("d", Of(Lead::OPEN, "x"), 4);
  Put("e", Of(Lead::OPEN, ""), 5);
  Put("f", Of(Lead::OPEN, "xx"), 6);
  Commit();
  EXPECT_EQ(ListAll("state = OPEN AND owner = x"), "d a");
  EXPECT_EQ(ListAll("state = OPEN AND owner = x AND create_time > 1970-01-01T00:00:01Z"), "d");
  EXPECT_EQ(ListAll("state = OPEN AND owner = \"\""), "e");
  EXPECT_EQ(ListAll("state = OPEN AND state = QUALIFIED"), "");
  EXPECT_EQ(ListAll("state = QUALIFIED OR owner = y"), "c b");
  EXPECT_EQ(ListAll("owner = x*"), "f d c a");
  EXPECT_EQ(ListAll("budget.confirmed = false"), "")
      << "the index holds zero for what is not set, the filter knows better";
}

TEST_F(ListTest, ASortedWalkStaysBetweenTheBounds) {
  for (int score = 0; score < 10; ++score)
    Put(absl::StrCat("s", score), Of(Lead::OPEN, "x", score - 3), score);
  Commit();
  EXPECT_EQ(ListAll("score > -2 AND score <= 0", OrderedBy("score")), "s2 s3");
  EXPECT_EQ(ListAll("score >= -2 AND score < 0", OrderedBy("score", true)), "s2 s1");
  EXPECT_EQ(ListAll("score = 4", OrderedBy("score")), "s7");
  EXPECT_EQ(ListAll("score > 4 AND score < 3", OrderedBy("score")), "");
  EXPECT_EQ(ListAll("score > 9", OrderedBy("score", true)), "");
  EXPECT_EQ(ListAll("create_time >= 1970-01-01T00:00:07Z state = OPEN"), "s9 s8 s7");
  EXPECT_EQ(ListAll("create_time < 1970-01-01T00:00:02.000001Z state = OPEN"), "s2 s1 s0");
}

// The end of the range [.., 2^63 - 1] was sought at the beginning of the index: there is no value
// after that one.
TEST_F(ListTest, TheGreatestNumberIsABoundLikeAnyOther) {
  Lead greatest = Of(Lead::OPEN, "x");
  greatest.set_opportunity_revision(INT64_MAX);
  Put("a", greatest, 1);
  Put("b", Of(Lead::OPEN, "x"), 2);
  Commit();
  EXPECT_EQ(ListAll("opportunity_revision <= 9223372036854775807",
                    OrderedBy("opportunity_revision", true)),
            "a b");
  EXPECT_EQ(ListAll("score <= 9223372036854775807", OrderedBy("score", true)), "b a");
}

TEST_F(ListTest, TimesWithinOneMicrosecondAreAllCandidates) {
  for (int nanos : {100, 500, 900}) {
    Lead lead = Of(Lead::OPEN, "x");
    lead.mutable_inquiry_time()->set_nanos(nanos);
    Put(absl::StrCat("n", nanos), lead, 1);
  }
  Put("never", Of(Lead::OPEN, "x"), 1);
  Commit();
  EXPECT_EQ(ListAll("inquiry_time > 1970-01-01T00:00:00.0000005Z", OrderedBy("inquiry_time")),
            "n900");
  EXPECT_EQ(ListAll("inquiry_time < 1970-01-01T00:00:00.0000005Z", OrderedBy("inquiry_time", true)),
            "n100");
  EXPECT_EQ(ListAll("inquiry_time <= 1970-01-01", OrderedBy("inquiry_time")), "")
      << "what was never set is not before a time";
}

TEST_F(ListTest, ChangedOnesAreWhereTheyBelongAndDeletedOnesAreGone) {
  Put("a", Of(Lead::OPEN, "x", 1), 1);
  Put("b", Of(Lead::OPEN, "x", 2), 2);
  Put("c", Of(Lead::OPEN, "x", 3), 3);
  Commit();
  Put("a", Of(Lead::QUALIFIED, "x", 9), 4);
  Delete("b", 5);
  Commit();
  EXPECT_EQ(ListAll(""), "c a");
  EXPECT_EQ(ListAll("state = OPEN"), "c");
  EXPECT_EQ(ListAll("", OrderedBy("score", true)), "a c");
  EXPECT_EQ(ListAll("", OrderedBy("update_time", true)), "a c");
}

TEST_F(ListTest, OnlyNamesWithThePrefix) {
  for (const char* id : {"anna", "andor", "bela"}) Put(id, Of(Lead::OPEN, "x"), 1);
  Commit();
  ListQuery query = OrderedBy("create_time");
  query.name_prefix = "leads/an";
  query.page_size = 1;
  EXPECT_EQ(ListAll("", query), "andor anna");
}

TEST_F(ListTest, IsNotOrderedByWhatHasNoIndex) {
  EXPECT_TRUE(absl::IsInvalidArgument(List(*model_, collection(), OrderedBy("topic")).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(List(*model_, collection(), OrderedBy("owner")).status()))
      << "matched, not sorted";
}

TEST_F(ListTest, AWalkLooksAtSoManyEntriesAtMostAndGoesOnFromThere) {
  for (int i = 0; i < kCandidatesMax + 100; ++i)
    Put(absl::StrCat("l", i),
        Of(i % 2 == 0 ? Lead::OPEN : Lead::QUALIFIED, i % 2 == 0 ? "x" : "y", i), i);
  Put("last", Of(Lead::OPEN, "y", -1), 0);
  Commit();
  const std::map<std::string, std::string> orders = {{"state = OPEN AND owner = y", "create_time"},
                                                     {"score = -1", "update_time"}};
  for (const auto& [filter, order] : orders) {
    auto compiled = Filter::Compile(*Lead::descriptor(), filter);
    ListQuery query = OrderedBy(order, true);
    query.filter = compiled->get();
    auto page = List(*model_, collection(), query);
    ASSERT_TRUE(page.ok());
    EXPECT_EQ(Names(*page), "") << filter;
    EXPECT_FALSE(page->next.empty()) << filter;
    EXPECT_EQ(ListAll(filter, query), "last") << filter;
  }
}

// Random leads, filters, orders and page sizes: the pages together are what asking every lead and
// sorting gives, each lead once.
TEST_F(ListTest, PagesAddUpToAllThatMatch) {
  std::mt19937 random(20260301);
  const auto pick = [&](const auto& choices) {
    return *std::next(std::begin(choices), random() % std::size(choices));
  };
  const char* const owners[] = {"", "x", "y", "users/zoltan"};
  const char* const companies[] = {"", "a", "ab", "Kovács", "kovács", "ZZ"};
  std::map<std::string, std::pair<Lead, int64_t>> leads;  // by id, with the second of creation
  for (int i = 0; i < 400; ++i) {
    const std::string id = absl::StrCat("l", random() % 300);
    if (random() % 10 == 0 && leads.contains(id)) {
      // A name is never given again; to delete it once is enough.
      if (leads[id].second < 0) continue;
      Delete(id, 100);
      leads[id].second = -1;
      continue;
    }
    if (leads.contains(id) && leads[id].second < 0) continue;
    Lead lead = Of(static_cast<Lead::State>(random() % 4), pick(owners),
                   static_cast<int>(random() % 21) - 10);
    lead.set_company(pick(companies));
    if (random() % 2 == 0) lead.mutable_budget()->set_confirmed(random() % 2 == 0);
    if (random() % 2 == 0)
      lead.mutable_inquiry_time()->set_seconds(static_cast<int64_t>(random() % 5) - 2);
    const int64_t second = static_cast<int64_t>(random() % 50);
    Put(id, lead, second);
    if (random() % 20 == 0) Commit();
    leads.emplace(id, std::pair(lead, second)).first->second.first = lead;
  }
  Commit();

  const char* const terms[] = {"state = OPEN",
                               "state != OPEN",
                               "owner = x",
                               "owner = \"\"",
                               "owner = users/*",
                               "budget.confirmed = true",
                               "budget.confirmed = false",
                               "score >= -3",
                               "score < 4",
                               "score = 2",
                               "company > a",
                               "company:KOV",
                               "inquiry_time >= 1970-01-01",
                               "inquiry_time < 1970-01-01T00:00:02Z",
                               "create_time > 1970-01-01T00:00:20Z",
                               "create_time <= 1970-01-01T00:00:40Z",
                               "NOT owner = y",
                               "(state = OPEN OR owner = x)"};
  const char* const orders[] = {"create_time",          "update_time", "score",
                                "opportunity_revision", "company",     "inquiry_time"};
  for (int round = 0; round < 1500; ++round) {
    std::string filter;
    for (size_t n = random() % 4; n > 0; --n)
      absl::StrAppend(&filter, filter.empty() ? "" : " ", pick(terms));
    ListQuery query = OrderedBy(pick(orders), random() % 2 == 0);
    query.page_size = static_cast<int>(1 + random() % 40);

    auto compiled = Filter::Compile(*Lead::descriptor(), filter);
    ASSERT_TRUE(compiled.ok()) << compiled.status();
    const auto path = FieldPath::Resolve(*Lead::descriptor(), query.order_by);
    std::vector<std::pair<std::string, std::string>> expected;  // by value, then name
    for (const auto& [id, lead] : leads) {
      auto state = model_->Find(absl::StrCat("leads/", id));
      ASSERT_EQ(state.ok(), lead.second >= 0);
      if (state.ok() && (*compiled)->Matches(*state->resource))
        expected.emplace_back(path->Encode(*state->resource), id);
    }
    std::sort(expected.begin(), expected.end());
    if (query.descending) std::reverse(expected.begin(), expected.end());
    const std::string names = absl::StrJoin(
        expected, " ", [](std::string* out, const auto& entry) { out->append(entry.second); });
    ASSERT_EQ(ListAll(filter, query), names) << "round " << round << ": " << filter << ", by "
                                             << query.order_by << (query.descending ? " desc" : "");
  }
}

// As a rolling upgrade that adds an index does: one node walks the sorted index, the next one the
// matched index.
TEST_F(ListTest, APositionHoldsForEitherWayOfWalking) {
  for (int i = 0; i < 6; ++i) Put(absl::StrCat("l", i), Of(Lead::OPEN, "x"), i);
  Commit();
  auto all = Filter::Compile(*Lead::descriptor(), "owner:*");
  auto matched = Filter::Compile(*Lead::descriptor(), "owner = x");
  ListQuery query;
  query.page_size = 3;
  query.filter = all->get();
  query.after = List(*model_, collection(), query)->next;
  query.filter = matched->get();
  EXPECT_EQ(Names(*List(*model_, collection(), query)), "l2 l1 l0");
  query.after.clear();
  const std::string next = List(*model_, collection(), query)->next;
  query.after = next;
  query.filter = all->get();
  EXPECT_EQ(Names(*List(*model_, collection(), query)), "l2 l1 l0");
}

}  // namespace
}  // namespace leadstream::store
