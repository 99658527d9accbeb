// What a replica asks of its node: the log, the other nodes, the disk, each after its time.
#include <algorithm>

#include "common/log/skips.h"
#include "tests/simulation/node.h"

namespace leadstream::simulation {
namespace {

constexpr absl::Duration kForwardMax = absl::Minutes(1);

}  // namespace

using google::protobuf::Message;

void Node::Append(const std::vector<log::PendingRecord>& records,
                  std::function<void(log::AppendResult)> done) {
  auto reported = std::make_shared<bool>(false);
  life_->producer->Append(
      topic_, records, [this, life = life_number_, done, reported](log::AppendResult result) {
        if (std::exchange(*reported, true)) return;  // a second time
        world_->scheduler.After(absl::Microseconds(20), [this, life, done, result] {
          Deliver(life, [done, result] { done(result); });
        });
      });
}

void Node::FindEnd(int partition, std::function<void(absl::StatusOr<int64_t>)> done) {
  Post(world_->random.Skewed(absl::Microseconds(100), world_->faults.latency_max),
       [this, partition, done] {
         absl::StatusOr<int64_t> end = absl::UnavailableError("the log is not reached");
         if (world_->log.Reachable(name_)) end = world_->log.End(topic_, partition);
         // The thread that asks and the one that reads race: then what is being read comes first.
         const bool after_read = life_->reading && world_->random.Chance(world_->faults.end_late);
         if (after_read) return life_->after_read.push_back([done, end] { done(end); });
         Post(world_->random.Skewed(absl::Microseconds(100), world_->faults.latency_max),
              [done, end] { done(end); });
       });
}

void Node::FindEnds(std::function<void(absl::StatusOr<log::Positions>)> done) {
  Post(world_->random.Skewed(absl::Microseconds(100), world_->faults.latency_max), [this, done] {
    absl::StatusOr<log::Positions> ends = absl::UnavailableError("the log is not reached");
    if (world_->log.Reachable(name_)) {
      ends = log::Positions();
      for (int partition = 0; partition < partitions_; ++partition)
        (*ends)[partition] = world_->log.End(topic_, partition);
    }
    Post(world_->random.Skewed(absl::Microseconds(100), world_->faults.latency_max),
         [done, ends] { done(ends); });
  });
}

void Node::FindSkip(int partition, int64_t offset, std::function<void(absl::StatusOr<bool>)> done) {
  Post(world_->random.Skewed(absl::Microseconds(100), world_->faults.latency_max),
       [this, partition, offset, done] {
         const auto& entries = world_->log.Entries(topic_, partition);
         done(std::any_of(entries.begin(), entries.end(), [offset](const auto& entry) {
           return log::SkippedBy(entry.record) == offset;
         }));
       });
}

void Node::Recover(std::function<void(absl::Status)> done) {
  Post(world_->random.Skewed(absl::Milliseconds(1), kRetryDelay), [this, done] {
    if (!world_->log.Reachable(name_)) {
      Post(absl::Milliseconds(500),
           [done] { done(absl::UnavailableError("the log is not reached")); });
      return;
    }
    if (life_->producer->failed()) {
      auto broken = std::exchange(life_->producer, world_->log.NewProducer(name_));
      broken->GiveUp();
    }
    absl::Status recovered = life_->model->Recover();
    if (recovered.ok()) FromAnew();
    Post(absl::Microseconds(50), [done, recovered] { done(recovered); });
  });
}

// A request is sent once. That it was not carried out is known only where the connection was
// refused; whoever waits longer than the deadline knows nothing.
void Node::Forward(const std::string& address,
                   std::shared_ptr<const runtime::PendingCommand> command,
                   std::function<void(std::optional<runtime::Outcome>)> done) {
  Random& random = world_->random;
  const absl::Duration left = std::min(command->call.deadline - Now(), kForwardMax);
  auto answered = std::make_shared<bool>(false);
  auto answer = [this, life = life_number_, answered,
                 done](std::optional<runtime::Outcome> outcome) {
    Deliver(life, [answered, done, outcome] {
      if (!std::exchange(*answered, true)) done(outcome);
    });
  };
  world_->scheduler.After(std::max(left, absl::Milliseconds(1)),
                          [answer] { answer(std::nullopt); });
  Node* to = world_->FindNode(address);
  auto request = std::shared_ptr<Message>(command->request->New());
  request->CopyFrom(*command->request);
  const std::string name = command->name;
  const runtime::CallInfo info = command->call;
  world_->scheduler.After(
      random.Skewed(absl::Microseconds(100), kNetworkDelayMax),
      [this, to, request, name, info, left, answer] {
        if (!world_->Connected(name_, to->name())) {
          if (world_->random.Chance(0.5)) answer(std::nullopt);  // else it hangs
          return;
        }
        auto carry_out = [this, to, request, name, info, left, answer] {
          runtime::CallInfo call = info;
          call.deadline = to->Now() + left;
          std::unique_ptr<Message> copy(request->New());
          copy->CopyFrom(*request);
          to->ExecuteForwarded(
              std::move(copy), name, std::move(call), [this, to, answer](runtime::Outcome outcome) {
                world_->scheduler.After(
                    world_->random.Skewed(absl::Microseconds(100), kNetworkDelayMax),
                    [this, to, answer, outcome] {
                      const bool lost = world_->random.Chance(world_->faults.reply_lost);
                      if (!lost && world_->Connected(name_, to->name())) return answer(outcome);
                      if (lost || world_->random.Chance(0.5)) answer(std::nullopt);
                    });
              });
        };
        to->Receive(carry_out, [answer] { answer(std::nullopt); });
      });
}

void Node::LookUp(runtime::PendingCommand command) {
  auto shared = std::make_shared<runtime::PendingCommand>(std::move(command));
  Post(absl::Microseconds(20), [this, shared] { FindNeeds(shared, Now() + absl::Seconds(10)); });
}

void Node::Report(int, const std::string& message) { world_->scheduler.Say(name_, message); }

}  // namespace leadstream::simulation
