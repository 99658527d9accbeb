// A partition stands still at a record that cannot be read, until an operator has decided to pass
// over it (log/skips.h).
#include <absl/strings/str_cat.h>

#include "common/log/position.h"
#include "common/runtime/replica.h"

namespace leadstream::runtime {
namespace {

constexpr absl::Duration kLookForSkipInterval = absl::Seconds(1);

}  // namespace

void Replica::StandStill(Partition* partition, int64_t offset, absl::string_view why) {
  const std::string story =
      absl::StrCat(log::ToString({options_.service, partition->number, offset}), ": ", why,
                   "; the partition stands still here until it can be, or is skipped");
  host_->Report(4, story);
  partition->standstill = Standstill{{offset, story}};
  options_.counters->partitions_stopped.Set(static_cast<int64_t>(Stops().size()));
}

void Replica::GoOn(Partition* partition) {
  partition->standstill.reset();
  options_.counters->partitions_stopped.Set(static_cast<int64_t>(Stops().size()));
}

void Replica::LookForSkips() {
  for (Partition& partition : partitions_) {
    if (!partition.standstill) continue;
    Standstill& standstill = *partition.standstill;
    if (standstill.decided || standstill.looking || host_->Now() < standstill.look_not_before)
      continue;
    standstill.looking = true;
    host_->FindSkip(
        partition.number, standstill.stop.offset, [this, &partition](absl::StatusOr<bool> found) {
          Standstill& asked = *partition.standstill;
          asked.looking = false;
          asked.look_not_before = host_->Now() + kLookForSkipInterval;
          if (!found.ok() || !*found) return;
          asked.decided = true;
          model_->PassOver(partition.number, asked.stop.offset);
          host_->Report(
              2,
              absl::StrCat(log::ToString({options_.service, partition.number, asked.stop.offset}),
                           " is skipped, as an operator has decided"));
        });
  }
}

std::map<int, Replica::Stop> Replica::Stops() const {
  std::map<int, Stop> stops;
  for (const Partition& partition : partitions_) {
    if (partition.standstill) stops[partition.number] = partition.standstill->stop;
  }
  return stops;
}

}  // namespace leadstream::runtime
