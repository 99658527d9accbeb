// What is read again when it changes.
#include "common/auth/reloaded.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/await.h"
#include "tests/temporary_directory.h"

namespace leadstream::auth {
namespace {

class AReloadedText : public ::testing::Test {
 protected:
  void Write(const std::string& text) const { std::ofstream(path_) << text; }
  static absl::StatusOr<std::string> Parse(const std::string& text) {
    if (text.find("bad") != text.npos) return absl::InvalidArgumentError("it is bad");
    return text;
  }
  std::unique_ptr<Reloaded<std::string>> Open() {
    auto opened = Reloaded<std::string>::Open(
        path_, Parse,
        {.interval = absl::Milliseconds(50), .report = [this](int level, const std::string& what) {
           absl::MutexLock lock(&mutex_);
           reports_.push_back({level, what});
         }});
    EXPECT_TRUE(opened.ok()) << opened.status();
    return std::move(*opened);
  }
  size_t reports() {
    absl::MutexLock lock(&mutex_);
    return reports_.size();
  }
  testing::TemporaryDirectory directory_;
  const std::string path_ = directory_.path() + "/text";
  absl::Mutex mutex_;
  std::vector<std::pair<int, std::string>> reports_;
};

TEST_F(AReloadedText, IsAsItIsNow) {
  Write("one");
  auto text = Open();
  EXPECT_EQ(*text->Get(), "one");
  Write("two");
  EXPECT_TRUE(testing::Await([&] { return *text->Get() == "two"; }));
}

TEST_F(AReloadedText, StaysAsItWasIfTheNewOneIsBadAndSaysSoOnce) {
  Write("one");
  auto text = Open();
  Write("bad");
  EXPECT_TRUE(testing::Await([&] { return reports() == 1; }));
  std::remove(path_.c_str());
  EXPECT_TRUE(testing::Await([&] { return reports() == 2; }));
  absl::SleepFor(absl::Milliseconds(300));
  EXPECT_EQ(reports(), 2u);
  EXPECT_EQ(*text->Get(), "one");
  Write("three");
  EXPECT_TRUE(testing::Await([&] { return *text->Get() == "three"; }));
}

TEST_F(AReloadedText, ThatIsBadFromTheBeginningIsNoneAtAll) {
  EXPECT_FALSE(Reloaded<std::string>::Open(path_, Parse, {}).ok());
  Write("bad");
  EXPECT_FALSE(Reloaded<std::string>::Open(path_, Parse, {}).ok());
}

TEST(AText, IsNotAskedForInTheOpen) {
  EXPECT_TRUE(absl::IsInvalidArgument(Fetch("http://issuer.example/keys").status()));
  EXPECT_TRUE(absl::IsInvalidArgument(Fetch("http://127.0.0.1.evil.example/keys").status()));
  EXPECT_TRUE(absl::IsUnavailable(Fetch("http://127.0.0.1:1/keys").status()));
  EXPECT_TRUE(absl::IsUnavailable(Fetch("/no/such/file").status()));
}

}  // namespace
}  // namespace leadstream::auth
