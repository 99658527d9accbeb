// How far a reactor has got, as others see it.
#include "common/runtime/reactor.h"

#include <gtest/gtest.h>

#include "common/log/fence.h"

namespace leadstream::testing {
namespace {

// Commits at once, by a clock that only the test moves.
class Host : public runtime::ReactorHost {
 public:
  absl::Time Now() override { return now_; }
  void MakeCommands(std::shared_ptr<const runtime::Occasion>, absl::Time,
                    std::function<void(absl::StatusOr<domain::Commands>)>) override {
    ADD_FAILURE() << "there is nothing to react to";
  }
  void Execute(runtime::IssuedCommand, std::function<void(runtime::Outcome)>) override {
    ADD_FAILURE() << "there is nothing to do";
  }
  void CommitProgress(log::GroupProgress progress,
                      std::function<void(absl::Status)> done) override {
    for (const auto& [partition, reached] : progress) kept_[partition] = reached;
    done(absl::OkStatus());
  }
  void Report(int, const std::string&) override {}

  absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
  log::GroupProgress kept_;
};

// Its reader, too, believed to be the writer when it was stopped, and kept what it had reached when
// it went on. The new writer had nothing more to read, and said nothing for an hour.
TEST(ReactorTest, OlderProgressOfAFormerWriterDoesNotStand) {
  const std::vector<domain::Reaction> reactions;
  Host host;
  runtime::Reactor reactor(&reactions, &host, {});
  reactor.Own({{0, {}}});
  log::LoggedRecord claim;
  claim.record = log::Fence().NextClaim("claim", {"node-1"}, 1);
  reactor.Deliver({claim});
  reactor.Advance();
  const log::Progress reached = host.kept_[0];
  ASSERT_EQ(reached.next_offset, 1);

  host.kept_[0] = {};  // by the one that wrote before
  host.now_ += absl::Seconds(29);
  reactor.Advance();
  EXPECT_EQ(host.kept_[0].next_offset, 0);
  host.now_ += absl::Seconds(2);
  reactor.Advance();
  EXPECT_EQ(host.kept_[0], reached);
}

}  // namespace
}  // namespace leadstream::testing
