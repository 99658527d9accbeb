// Who may write a partition, from one node's side: when it claims, when it may decide, when it has
// to stop. No I/O, no clock, no thread: a node asks for the next step, takes it, and says what came
// of it.
//
// The rule is in the log (log/fence.h): a record counts only under the epoch of the last valid
// claim before it. What follows is why a node that keeps to this page never answers wrongly.
//
//  1. A node decides commands only when it has folded the partition up to a valid claim in its own
//     name, of this life of its process, and nothing that it appended before is undecided. Nothing
//     that counts can come between that claim and its own next record, so it decides on exactly
//     what counts.
//  2. It expects its next record at the offset behind all that it has folded and appended. A report
//     of just that offset proves that nobody wrote in between, so the claim still is the last one:
//     the record counts, and the command is answered. A command that makes no record is refused, or
//     answered again, by what the node has folded, so that is proved too: by the report of a record
//     that the same group appends to the partition, or by the partition's end, found there still.
//  3. A report of another offset, or none, or a failure, proves nothing. The commands are in doubt,
//     and the node decides no more, until the log has settled them: a record that the node reads
//     there under its own epoch counts; one that is not there when a later valid claim is read
//     never will, whenever it still may arrive. After a report of another offset reading up to it
//     is enough; after a failure there may be nothing to read, so the node claims anew.
//  4. So a node that was paused past every time-out and wakes up may append, but never answers for
//     it: either its report comes at the expected offset, and then nobody had claimed; or it does
//     not, and 3 holds.
//  5. A claim may be appended by anyone in anyone's name: the epoch makes it valid, and the named
//     node takes it up by 1. The writer that leaves hands its partition to its successor that way,
//     without a moment in which nobody writes. It must name a life, not a node: a restarted process
//     must not take a claim of its former life for its own, whose appends may still be on their
//     way.
//
// When a node claims is a matter of speed and peace, never of safety:
//
//  - when the partition was proposed to it (a consumer group divides them), up to three times for
//    each proposal, so that two nodes with the same proposal do not fight over it;
//  - when the last valid claim names a former life of its own;
//  - when it is in doubt after a failure;
//  - when the writer is silent. A node that hears nothing from the writer for half of
//    `writer_silence_max` asks it in the log; any record of that epoch behind the question is the
//    answer; without one within the other half the node claims. So nodes that see the log but not
//    each other agree on the writer that still appends, and a dead one is followed after
//    `writer_silence_max`.
#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <optional>

#include "common/log/fence.h"

namespace leadstream::runtime {

// Ways to break the protocol, so that the simulation can prove that it would notice. Never set
// outside it.
enum class Mutant {
  kNone,
  kAcceptGap,        // 2: any reported offset is taken for the expected one
  kSkipEpochCheck,   // every record counts (ReadModelOptions::every_record_counts)
  kClaimBlind,       // 1: takes a claim that was reported for valid, whoever came before it
  kFailOnTimeout,    // 3: answers UNAVAILABLE for good when an append failed
  kAcceptOnTimeout,  // 3: answers OK when an append failed
  kRetryAtOnce,      // 3: decides again what failed, without a claim of its own
  kAnswerRefused,    // 3: answers what rested on a group whose append failed
  kRefuseUnproven,   // 2: refuses without a proof that it still is the writer
  kDecideInDoubt,    // 1: decides on while an append is undecided
  kReuseEpoch,       // 5: claims the highest epoch seen instead of the next
  kTrustFormerLife,  // 5: takes its former life's claim for its own
  kWriteHandedOver,  // 5: goes on writing what it has handed over
  kForgetRequests,   // decides a request id that was accepted before
  kForwardNameless,  // passes a command on without a request id, and again
  kFoldUnderGroup,   // folds under a group in flight (Replica::Fold)
  kAnswerBeforeLog,  // answers when it has decided
  kClaimAtOnce,      // claims as soon as it hears nothing, without asking in the log
  kProgressAhead,    // a reaction's progress is kept before its commands are answered
  kReactAnew,        // a reaction's request ids are new each time
  kReactToAll,       // a reaction reads every record, not only those that count
  kSettleFailed,     // a timer whose command failed is not tried again
};

class Ownership {
 public:
  struct Options {
    absl::Duration writer_silence_max = absl::Milliseconds(800);
    absl::Duration retry_delay = absl::Milliseconds(200);
    Mutant mutant = Mutant::kNone;
  };
  // What the node knows at a moment.
  struct View {
    absl::Time now;
    const log::Fence& fence;  // as far as it has folded
    int64_t next_offset = 0;  // that it will fold next
    absl::Time writer_heard;  // when it last heard of the writer, otherwise than through the log
  };
  enum class Step {
    kNone,
    kFindEnd,  // find the offset at the partition's end: FoundEnd
    kClaim,    // append a claim: Claimed
    kAsk,      // append a question: Appended
    kAnswer,   // append an answer: Appended
  };

  Ownership(log::NodeIdentity self, Options options) : self_(std::move(self)), options_(options) {}

  // Whether the partition is this node's share; once for every division.
  void Propose(bool mine) { claims_left_ = mine ? kClaimsMax : 0; }
  // It wants no more partitions, but settles what is in doubt.
  void Retire() { retired_ = true; }

  // The next thing to do, if any. It is under way until one of the calls below it.
  Step Next(const View& view);
  void FoundEnd(std::optional<int64_t> end, absl::Time now);
  void Claimed(std::optional<int64_t> offset, absl::Time now);
  void Appended(std::optional<int64_t> offset, absl::Time now);

  // A record was folded; `fence` is what follows it. `claimed`: by this record.
  void Folded(const common::v1::Record& record, bool claimed, const log::Fence& fence,
              absl::Time now);

  // An append under this epoch was reported elsewhere than expected (up to `read_to`), or failed.
  void InDoubt(int64_t epoch, std::optional<int64_t> read_to);

  // The last valid claim that was folded is this node's.
  bool IsWriter(const log::Fence& fence) const;
  // It may decide and append now.
  bool MayDecide(const View& view) const;

 private:
  static constexpr int kClaimsMax = 3;

  bool WantsToClaim(const View& view) const;
  bool WantsToAsk(const View& view) const;
  bool WasAskedInVain(const View& view) const;

  const log::NodeIdentity self_;
  const Options options_;
  bool retired_ = false;
  bool under_way_ = false;
  int claims_left_ = 0;
  bool found_end_ = false;
  int64_t read_to_ = 0;         // nothing is done before this is folded
  int64_t doubtful_epoch_ = 0;  // an append under it failed: only a later claim settles it
  absl::Time not_before_ = absl::InfinitePast();
  // The question in the log, to the writer of this epoch; 0: none.
  int64_t asked_epoch_ = 0;
  absl::Time asked_at_;
  absl::Time ask_not_before_ = absl::InfinitePast();
  absl::Duration ask_delay_;
  bool owes_answer_ = false;
  int64_t claiming_epoch_ = 0, claimed_epoch_ = 0;  // for kClaimBlind
};

}  // namespace leadstream::runtime
