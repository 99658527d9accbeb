// A batch in key order, against the same batch as a map would have it.
#include "common/store/sorted_changes.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace leadstream::store {
namespace {

using Changes = std::vector<std::pair<std::string, std::optional<std::string>>>;

Changes Sorted(const rocksdb::WriteBatch& batch) {
  Changes changes;
  rocksdb::Status status = InKeyOrder(batch, [&changes](const KeyChange& change) {
    changes.emplace_back(change.key.ToString(),
                         change.deletes ? std::nullopt : std::optional(change.value.ToString()));
    return rocksdb::Status::OK();
  });
  EXPECT_TRUE(status.ok()) << status.ToString();
  return changes;
}

TEST(SortedChanges, AreTheLastOfEachKeyInOrder) {
  rocksdb::WriteBatch batch;
  ASSERT_TRUE(batch.Put("s2", "old").ok());
  ASSERT_TRUE(batch.Put("s1", "kept").ok());
  ASSERT_TRUE(batch.Put("s2", "new").ok());
  ASSERT_TRUE(batch.Delete("s3").ok());
  ASSERT_TRUE(batch.Put("s0", "gone").ok());
  ASSERT_TRUE(batch.Delete("s0").ok());
  EXPECT_EQ(Sorted(batch),
            (Changes{{"s0", std::nullopt}, {"s1", "kept"}, {"s2", "new"}, {"s3", std::nullopt}}));
}

TEST(SortedChanges, OfNothingAreNone) { EXPECT_EQ(Sorted(rocksdb::WriteBatch()), Changes()); }

TEST(SortedChanges, EndWithTheFirstError) {
  rocksdb::WriteBatch batch;
  ASSERT_TRUE(batch.Put("a", "").ok());
  ASSERT_TRUE(batch.Put("b", "").ok());
  int taken = 0;
  EXPECT_TRUE(InKeyOrder(batch, [&taken](const KeyChange&) {
                ++taken;
                return rocksdb::Status::NoSpace();
              }).IsNoSpace());
  EXPECT_EQ(taken, 1);
}

// Keys of few letters, so that many are the same, begin alike, or are the beginning of others; zero
// and 0xFF bytes among them.
TEST(SortedChanges, AreWhatAMapHolds) {
  std::mt19937 random(7);
  const std::string letters("\0s\xFF", 3);
  for (int round = 0; round < 200; ++round) {
    rocksdb::WriteBatch batch;
    std::map<std::string, std::optional<std::string>> expected;
    const size_t changes = random() % 60;
    for (size_t i = 0; i < changes; ++i) {
      std::string key;
      for (size_t size = 1 + random() % 24; size > 0; --size) key += letters[random() % 3];
      const std::string value = std::to_string(i);
      if (random() % 4 == 0) {
        ASSERT_TRUE(batch.Delete(key).ok());
        expected[key] = std::nullopt;
      } else {
        ASSERT_TRUE(batch.Put(key, value).ok());
        expected[key] = value;
      }
    }
    EXPECT_EQ(Sorted(batch), Changes(expected.begin(), expected.end()));
  }
}

}  // namespace
}  // namespace leadstream::store
