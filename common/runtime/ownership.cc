#include "common/runtime/ownership.h"

#include <algorithm>

namespace leadstream::runtime {

namespace {

// A writer that answers in the log but not directly is asked again after this long, then twice as
// long, and so on.
constexpr absl::Duration kAskAgainMin = absl::Seconds(1), kAskAgainMax = absl::Seconds(30);

}  // namespace

bool Ownership::IsWriter(const log::Fence& fence) const {
  if (fence.epoch() == 0) return false;
  if (options_.mutant == Mutant::kClaimBlind && claimed_epoch_ == fence.epoch()) return true;
  if (options_.mutant == Mutant::kTrustFormerLife) return fence.writer().node == self_.node;
  return fence.writer().incarnation == self_.incarnation;
}

bool Ownership::MayDecide(const View& view) const {
  if (under_way_ || view.next_offset < read_to_) return false;
  return IsWriter(view.fence) && doubtful_epoch_ != view.fence.epoch();
}

bool Ownership::WantsToClaim(const View& view) const {
  const bool is_writer = IsWriter(view.fence);
  if (is_writer) return doubtful_epoch_ == view.fence.epoch();
  if (retired_) return false;
  if (claims_left_ > 0) return true;
  if (view.fence.epoch() == 0) return false;
  return view.fence.writer().node == self_.node || WasAskedInVain(view);
}

bool Ownership::WasAskedInVain(const View& view) const {
  const absl::Duration patience = options_.writer_silence_max / 2;
  if (options_.mutant == Mutant::kClaimAtOnce) return view.now - view.writer_heard >= patience;
  return asked_epoch_ == view.fence.epoch() && view.now - asked_at_ >= patience;
}

bool Ownership::WantsToAsk(const View& view) const {
  if (retired_ || view.fence.epoch() == 0 || IsWriter(view.fence)) return false;
  if (view.fence.writer().node == self_.node || asked_epoch_ == view.fence.epoch()) return false;
  return view.now - view.writer_heard >= options_.writer_silence_max / 2 &&
         view.now >= ask_not_before_;
}

Ownership::Step Ownership::Next(const View& view) {
  if (under_way_ || view.next_offset < read_to_) return Step::kNone;
  Step step = Step::kNone;
  if (WantsToClaim(view)) {
    // The end is found first, and read: it may show that somebody else has claimed by now.
    if (view.now >= not_before_) step = found_end_ ? Step::kClaim : Step::kFindEnd;
  } else if (owes_answer_ && MayDecide(view)) {
    step = Step::kAnswer;
    owes_answer_ = false;  // one that is asked while this is under way is owed another
  } else {
    found_end_ = false;
    if (WantsToAsk(view)) step = Step::kAsk;
  }
  under_way_ = step != Step::kNone;
  if (step == Step::kClaim) claiming_epoch_ = view.fence.epoch() + 1;
  return step;
}

void Ownership::FoundEnd(std::optional<int64_t> end, absl::Time now) {
  under_way_ = false;
  found_end_ = end.has_value();
  if (end) read_to_ = std::max(read_to_, *end);
  if (!end) not_before_ = now + options_.retry_delay;
}

void Ownership::Claimed(std::optional<int64_t> offset, absl::Time now) {
  under_way_ = false;
  found_end_ = false;
  if (offset) claimed_epoch_ = claiming_epoch_;
  if (offset && options_.mutant != Mutant::kClaimBlind) read_to_ = std::max(read_to_, *offset + 1);
  if (!offset) not_before_ = now + options_.retry_delay;
}

void Ownership::Appended(std::optional<int64_t> offset, absl::Time now) {
  under_way_ = false;
  if (offset) read_to_ = std::max(read_to_, *offset + 1);
  if (!offset) ask_not_before_ = now + options_.retry_delay;
}

void Ownership::Folded(const common::v1::Record& record, bool claimed, const log::Fence& fence,
                       absl::Time now) {
  if (claimed) {
    asked_epoch_ = 0;
    owes_answer_ = false;
    ask_delay_ = absl::ZeroDuration();
    ask_not_before_ = absl::InfinitePast();
    found_end_ = false;
    // The one who lost has had its turn; the one who won has got what it was to have.
    if (claims_left_ > 0) --claims_left_;
    if (IsWriter(fence)) claims_left_ = 0;
  } else if (record.epoch() == fence.epoch() && !log::Fence::IsClaim(record)) {
    if (log::Fence::IsQuestion(record)) {
      if (asked_epoch_ != fence.epoch()) asked_at_ = now;
      asked_epoch_ = fence.epoch();
      owes_answer_ = IsWriter(fence);
    } else {
      owes_answer_ = false;
      if (asked_epoch_ != fence.epoch()) return;
      // It lives, and only the way to it is cut.
      asked_epoch_ = 0;
      ask_delay_ = std::clamp(ask_delay_ * 2, kAskAgainMin, kAskAgainMax);
      ask_not_before_ = now + ask_delay_;
    }
  }
}

void Ownership::InDoubt(int64_t epoch, std::optional<int64_t> read_to) {
  if (options_.mutant == Mutant::kDecideInDoubt) return;
  if (read_to) {
    read_to_ = std::max(read_to_, *read_to);
  } else if (options_.mutant != Mutant::kRetryAtOnce) {
    doubtful_epoch_ = epoch;
  }
}

}  // namespace leadstream::runtime
