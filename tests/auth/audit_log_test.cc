// Lines that cannot be changed unseen.
#include "common/auth/audit_log.h"

#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>
#include <gtest/gtest.h>

#include <iterator>
#include <vector>

#include "tests/temporary_directory.h"

namespace leadstream::auth {
namespace {

class Audit : public ::testing::Test {
 protected:
  void Append(int entries, absl::Time now = absl::Now()) {
    auto log = AuditLog::Open(path_);
    ASSERT_TRUE(log.ok()) << log.status();
    for (int i = 0; i < entries; ++i)
      (*log)->Append({"DENIED", "an\"na", "a.v1.S/M", absl::StrCat("leads/", i), "WHY"}, now);
  }
  std::vector<std::string> Lines() const {
    std::ifstream file(path_);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
  }
  void Write(const std::vector<std::string>& lines) const {
    std::ofstream file(path_);
    for (const std::string& line : lines) file << line << '\n';
  }
  testing::TemporaryDirectory directory_;
  const std::string path_ = directory_.path() + "/audit.jsonl";
};

TEST_F(Audit, GoesOnAfterARestart) {
  Append(3);
  Append(2);
  auto lines = VerifyAudit(path_);
  ASSERT_TRUE(lines.ok()) << lines.status();
  EXPECT_EQ(*lines, 5);
}

TEST_F(Audit, FindsALineThatWasChangedLeftOutAddedOrMoved) {
  Append(5);
  const std::vector<std::string> good = Lines();
  auto with = [&](auto change) {
    std::vector<std::string> lines = good;
    change(&lines);
    Write(lines);
    return VerifyAudit(path_).status();
  };
  EXPECT_TRUE(with([](auto*) {}).ok());
  EXPECT_TRUE(absl::IsDataLoss(
      with([](auto* lines) { (*lines)[1].replace((*lines)[1].find("leads/1"), 7, "leads/7"); })));
  EXPECT_TRUE(absl::IsDataLoss(with([](auto* lines) { lines->erase(lines->begin() + 2); })));
  EXPECT_TRUE(
      absl::IsDataLoss(with([](auto* lines) { lines->insert(lines->begin() + 2, (*lines)[1]); })));
  EXPECT_TRUE(absl::IsDataLoss(with([](auto* lines) { std::swap((*lines)[2], (*lines)[3]); })));
  EXPECT_FALSE(AuditLog::Open(path_).ok());
}

TEST_F(Audit, ALineThatACrashToreIsCutOff) {
  Append(2);
  std::ofstream(path_, std::ios::app) << "{\"number\":3,\"time\":\"2026";
  Append(1);
  EXPECT_EQ(VerifyAudit(path_).value(), 3);
}

// Who floods a server with what is denied does not fill its disk.
TEST_F(Audit, CountsWhatComesTooFast) {
  Append(10'000);
  EXPECT_LE(Lines().size(), static_cast<size_t>(AuditLog::kEntriesPerSecondMax) + 1);
  auto log = AuditLog::Open(path_);
  EXPECT_TRUE(VerifyAudit(path_).ok());
}

}  // namespace
}  // namespace leadstream::auth
