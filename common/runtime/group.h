// Commands decided in order, each on the newest state, the records of those before it included.
// None of them is in the log yet: when it has them the group is committed, and only then everybody
// is answered; otherwise it is dropped, as if it had never been.
#pragma once

#include <string>
#include <vector>

#include "common/log/event_log.h"
#include "common/runtime/command.h"
#include "common/runtime/ownership.h"
#include "common/store/fold_batch.h"

namespace leadstream::runtime {

// A command that was accepted, with its record.
struct Decided {
  PendingCommand command;
  common::v1::Record record;
  store::StoredState after;
  log::Position position;  // as expected
};

// One that made no record: refused, or accepted before. Its answer rests on the group's other
// records too, so it waits with them.
struct Undecided {
  PendingCommand command;
  Outcome outcome;
};

// Sent again: it needs nothing but the read model to be answered.
bool WasAccepted(const store::ReadModel& model, const PendingCommand& command);

class Group {
 public:
  struct Clock {
    absl::Time now;       // deadlines are compared with it
    int64_t time_us = 0;  // what the records say
    std::string id;       // unique: of the record, if there comes to be one
  };
  Group(store::ReadModel* model, std::string service, Mutant mutant)
      : model_(model), service_(std::move(service)), mutant_(mutant), batch_(model) {}

  // Refuses, answers again, or accepts. An error is a fault of the machinery, after which the group
  // can only be dropped.
  absl::Status Decide(PendingCommand command, const Clock& clock);

  std::vector<Decided>& accepted() { return accepted_; }
  std::vector<Undecided>& others() { return others_; }
  std::vector<log::PendingRecord> records() const;
  // Takes what was accepted into the read model. Unavailable: the disk is full or broken.
  absl::Status Commit() { return batch_.Commit(); }

 private:
  absl::StatusOr<std::optional<Outcome>> AnsweredBefore(const PendingCommand& command) const;
  absl::StatusOr<std::optional<Outcome>> Precluded(const PendingCommand& command,
                                                   const store::StoredState& state) const;
  void Answer(PendingCommand command, Outcome outcome);

  store::ReadModel* const model_;
  const std::string service_;
  const Mutant mutant_;
  store::FoldBatch batch_;
  std::vector<Decided> accepted_;
  std::vector<Undecided> others_;
};

}  // namespace leadstream::runtime
