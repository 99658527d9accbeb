// What reaction_runner.cc does with a thread for one topic, as events of a node.
#pragma once

#include <memory>
#include <string>

#include "common/runtime/reactor.h"
#include "tests/simulation/node.h"

namespace leadstream::simulation {

class ReactorLoop : private runtime::ReactorHost {
 public:
  ReactorLoop(Node* node, std::string topic);

  // What the node owns has changed.
  void OwnsOther();
  void Arrived();
  absl::Time Advance();
  void Stop() { reactor_.Stop(); }
  bool idle() const { return reactor_.idle(); }
  const std::string& topic() const { return topic_; }
  // All events of what it owns were read, and their progress is kept.
  bool settled();

 private:
  absl::Time Now() override { return node_->Now(); }
  void MakeCommands(std::shared_ptr<const runtime::Occasion> occasion, absl::Time deadline,
                    std::function<void(absl::StatusOr<domain::Commands>)> done) override;
  void Execute(runtime::IssuedCommand command, std::function<void(runtime::Outcome)> done) override;
  void CommitProgress(log::GroupProgress progress, std::function<void(absl::Status)> done) override;
  void Report(int level, const std::string& message) override;

  void Reopen();
  void Read();
  SimulatedLog::Group group() const;

  Node* const node_;
  World* const world_;
  const std::string topic_;
  runtime::Reactor reactor_;
  bool reading_ = false;
  bool reopening_ = false;
};

}  // namespace leadstream::simulation
