#include "tests/simulation/timer_loop.h"

#include <absl/strings/str_cat.h>

#include <memory>
#include <utility>

#include "common/store/due.h"
#include "tests/simulation/node.h"
#include "tests/simulation/reactor_loop.h"

namespace leadstream::simulation {
namespace {

constexpr absl::Duration kInterval = absl::Seconds(1);
constexpr absl::Duration kDeadlineMin = absl::Milliseconds(100);
constexpr absl::Duration kDeadlineMax = absl::Seconds(10);

runtime::TimersOptions OptionsOf(const std::string& service, const World& world) {
  runtime::TimersOptions options;
  options.service = service;
  options.mutant = world.mutant;
  return options;
}

}  // namespace

TimerLoop::TimerLoop(Node* node)
    : node_(node),
      timers_(node->life_->model.get(), this, OptionsOf(node->service(), *node->world_)) {}

void TimerLoop::Start() {
  node_->Post(kInterval, [this] {
    if (!node_->life_->stopping) timers_.Advance();
    Start();
  });
}

std::string TimerLoop::Unsettled() {
  if (!timers_.idle()) return "waits for the commands of timers";
  std::string why;
  for (int partition = 0; partition < node_->partitions_; ++partition) {
    if (!Writes(partition)) continue;
    const absl::Status read = store::EachDue(
        *node_->life_->model, partition, TimeMicros(), [&](const store::DueTimer& due) {
          why = absl::StrCat(due.timer, " of ", due.name, " is due");
          return false;
        });
    if (!read.ok()) return read.ToString();
  }
  return why;
}

int64_t TimerLoop::TimeMicros() { return node_->TimeMicros(); }

bool TimerLoop::Writes(int partition) { return node_->life_->replica->IsWriter(partition); }

void TimerLoop::Execute(runtime::IssuedCommand command,
                        std::function<void(runtime::Outcome)> done) {
  auto issued = std::make_shared<runtime::IssuedCommand>(std::move(command));
  // The deadline it came with is of the real clock. Short ones make commands fail.
  issued->call.deadline = node_->Now() + node_->world_->random.Skewed(kDeadlineMin, kDeadlineMax);
  node_->Post(absl::Microseconds(50), [this, issued, done] {
    node_->Execute(std::move(issued->request), std::move(issued->call),
                   [this, done](runtime::Outcome outcome) {
                     node_->Post(absl::Microseconds(50), [done, outcome] { done(outcome); });
                   });
  });
}

void TimerLoop::Report(int level, const std::string& message) { node_->Report(level, message); }

}  // namespace leadstream::simulation
