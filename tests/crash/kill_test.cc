// kill -9, again and again, while offices sell: nothing that was answered is lost, nothing happens
// twice, everything is finished.
//
//   LEADSTREAM_KILLS=500 LEADSTREAM_SEED=7 build/release/tests/crash_kill_test
//
// The seed fixes what the offices do and when the kills come, though not how the machine
// interleaves them.
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/time/clock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <thread>

#include "cli/parallel.h"
#include "tests/crash/inspection.h"
#include "tests/crash/sale.h"
#include "tests/crash/stubborn_client.h"
#include "tests/crash/watcher.h"
#include "tests/serving_process.h"
#include "tests/temporary_directory.h"

namespace leadstream::testing {
namespace {

constexpr int kKills = 50;
constexpr int kOffices = 8;
constexpr int kPartitions = 12;
// The first kills meet a server that has never come up; of the later ones, so many come before it
// serves again.
constexpr int kKillsOfTheFirstStart = 3;
constexpr int kStartUpPercent = 30;
constexpr absl::Duration kStartUpMax = absl::Milliseconds(60);
constexpr absl::Duration kLoadMin = absl::Milliseconds(20), kLoadMax = absl::Milliseconds(800);
constexpr absl::Duration kPatience = absl::Seconds(60);

uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  uint64_t value = 0;
  const char* text = std::getenv(name);
  return text != nullptr && absl::SimpleAtoi(text, &value) ? value : otherwise;
}

std::shared_ptr<grpc::Channel> ChannelTo(const std::string& address) {
  grpc::ChannelArguments arguments;
  for (const char* backoff :
       {GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, GRPC_ARG_MAX_RECONNECT_BACKOFF_MS})
    arguments.SetInt(backoff, 20);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

// The first of them are enough to see what went wrong.
std::string Lines(const std::vector<std::string>& problems) {
  const size_t shown = std::min<size_t>(problems.size(), 10);
  return absl::StrCat(
      problems.size(), ":\n",
      absl::StrJoin(problems.begin(), problems.begin() + static_cast<std::ptrdiff_t>(shown), "\n"));
}

#define EXPECT_NO_PROBLEMS(check)                                       \
  do {                                                                  \
    const std::vector<std::string> problems = (check);                  \
    EXPECT_TRUE(problems.empty()) << #check << ": " << Lines(problems); \
  } while (false)

class KillTest : public ::testing::Test {
 protected:
  KillTest()
      : seed_(FromEnvironment("LEADSTREAM_SEED", std::random_device()())),
        kills_(static_cast<int>(FromEnvironment("LEADSTREAM_KILLS", kKills))),
        random_(seed_),
        data_(directory_.path() + "/data"),
        server_(LEADSTREAM_EXECUTABLE, directory_.path() + "/serve"),
        channel_(ChannelTo(server_.address())),
        client_(channel_, seed_) {
    std::printf("LEADSTREAM_SEED=%llu LEADSTREAM_KILLS=%d\n",
                static_cast<unsigned long long>(seed_), kills_);
  }

  absl::Duration Between(absl::Duration least, absl::Duration most) {
    return least + absl::Microseconds(std::uniform_int_distribution<int64_t>(
                       0, absl::ToInt64Microseconds(most - least))(random_));
  }

  void OpenOffices() {
    for (int i = 0; i < kOffices; ++i) {
      offices_.emplace_back([this, i] {
        Office office(&client_, absl::StrCat("office", i), seed_ + static_cast<uint64_t>(i));
        while (!closing_) {
          absl::Status sold = office.Sell();
          ASSERT_TRUE(sold.ok()) << "office " << i << ": " << sold;
          ++sales_;
        }
      });
    }
  }
  void CloseOffices() {
    closing_ = true;
    for (std::thread& office : offices_) office.join();
  }

  void Start() {
    absl::Status started = server_.Start({"serve", "--data", data_});
    ASSERT_TRUE(started.ok()) << started;
  }
  void StartAndKill(int kill) {
    const absl::Time starting = absl::Now();
    Start();
    const size_t answered = client_.answered_count();
    if (kill < kKillsOfTheFirstStart || random_() % 100 < kStartUpPercent) {
      absl::SleepFor(Between(absl::ZeroDuration(), kStartUpMax));
    } else {
      absl::Status serves = server_.WaitUntilServing(kPatience);
      ASSERT_TRUE(serves.ok()) << serves;
      slowest_start_ = std::max(slowest_start_, absl::Now() - starting);
      absl::SleepFor(Between(kLoadMin, kLoadMax));
    }
    const bool serving = server_.serving();
    absl::Status killed = server_.Kill();
    EXPECT_TRUE(killed.ok()) << killed;
    killed_starting_ += !serving;
    killed_loaded_ += serving && client_.answered_count() > answered;
  }

  const uint64_t seed_;
  const int kills_;
  std::mt19937_64 random_;
  TemporaryDirectory directory_;
  const std::string data_;
  ServingProcess server_;
  const std::shared_ptr<grpc::Channel> channel_;
  StubbornClient client_;
  std::vector<std::thread> offices_;
  std::atomic<bool> closing_{false};
  std::atomic<int> sales_{0};
  int killed_starting_ = 0, killed_loaded_ = 0;
  absl::Duration slowest_start_;
};

TEST_F(KillTest, NothingIsLostDoubledOrLeftUndone) {
  const absl::Time began = absl::Now();
  LeadWatcher watcher(channel_, kPartitions);
  OpenOffices();
  for (int kill = 0; kill < kills_ && !HasFailure(); ++kill) StartAndKill(kill);
  Start();
  absl::Status serves = server_.WaitUntilServing(kPatience);
  CloseOffices();
  ASSERT_TRUE(serves.ok()) << serves;

  // All that was ever answered is asked for again, of a server that has only its disk to remember
  // it by.
  const std::vector<Answered> answered = client_.answered();
  cli::EachInParallel(answered.size(), kOffices, [&](size_t i) { client_.AskAgain(answered[i]); });
  EXPECT_NO_PROBLEMS(client_.problems());

  const absl::Time deadline = absl::Now() + kPatience;
  while (!Settled(data_) && absl::Now() < deadline) absl::SleepFor(absl::Milliseconds(50));
  EXPECT_TRUE(Settled(data_)) << "reactions still have something to do after " << kPatience;
  absl::SleepFor(absl::Milliseconds(500));  // for the watcher's last messages
  const auto seen = watcher.seen();
  const absl::Time stopping = absl::Now();
  EXPECT_EQ(server_.Stop(kPatience), 0);
  EXPECT_LT(absl::Now() - stopping, absl::Seconds(10)) << "a watch that is open holds up nothing";

  auto inspection = Inspection::Open(data_, directory_.path() + "/rebuilt", seed_);
  ASSERT_TRUE(inspection.ok()) << inspection.status();
  EXPECT_NO_PROBLEMS((*inspection)->LogIsSound());
  EXPECT_NO_PROBLEMS((*inspection)->ModelsAgree());
  EXPECT_NO_PROBLEMS((*inspection)->AnswersHold(answered, client_.refused()));
  EXPECT_NO_PROBLEMS((*inspection)->NothingIsDoubled());
  EXPECT_NO_PROBLEMS((*inspection)->ReactionsAreFinished());
  EXPECT_NO_PROBLEMS((*inspection)->NumbersAreGapless());
  EXPECT_NO_PROBLEMS((*inspection)->WasSentAllLeads(seen));
  EXPECT_NO_PROBLEMS(server_.Errors());
  EXPECT_GE(killed_loaded_, kills_ / 3) << "the kills met no load";

  std::printf(
      "%d kills, %d of them under load, %d during start-up; %d sales; %zu commands answered, %zu "
      "retried, %zu asked again, %zu "
      "refused; "
      "%zu events, %zu claims, %zu invoices, %zu credit notes; %zu lead events watched over %zu "
      "breaks; slowest start %.2f s; "
      "%.1f s\n",
      kills_, killed_loaded_, killed_starting_, sales_.load(), answered.size(), client_.retried(),
      client_.asked_again(), client_.refused().size(), (*inspection)->events(),
      (*inspection)->claims(), (*inspection)->invoices(), (*inspection)->credit_notes(),
      watcher.count(), watcher.breaks(), absl::ToDoubleSeconds(slowest_start_),
      absl::ToDoubleSeconds(absl::Now() - began));
}

}  // namespace
}  // namespace leadstream::testing
