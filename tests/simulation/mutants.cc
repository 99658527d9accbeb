#include "tests/simulation/mutants.h"

#include <algorithm>

namespace leadstream::simulation {

using runtime::Mutant;

const std::vector<NamedMutant>& Mutants() {
  static const auto* const mutants = new std::vector<NamedMutant>{
      {Mutant::kAcceptGap, "accept-gap", "any reported offset is taken for the expected one"},
      {Mutant::kSkipEpochCheck, "skip-epoch-check", "every record counts"},
      {Mutant::kClaimBlind, "claim-blind", "takes a reported claim for valid, whoever was first"},
      {Mutant::kFailOnTimeout, "fail-on-timeout", "UNAVAILABLE at once when an append failed"},
      {Mutant::kAcceptOnTimeout, "accept-on-timeout", "OK when an append failed"},
      {Mutant::kRetryAtOnce, "retry-at-once", "decides again what failed, without a new claim"},
      {Mutant::kAnswerRefused, "answer-refused", "answers what rested on a failed append"},
      {Mutant::kRefuseUnproven, "refuse-unproven", "refuses without a proof that it still writes"},
      {Mutant::kDecideInDoubt, "decide-in-doubt", "decides on while an append is undecided"},
      {Mutant::kReuseEpoch, "reuse-epoch", "claims the highest epoch seen, not the next"},
      {Mutant::kTrustFormerLife, "trust-former-life",
       "takes a claim of its former life for its own"},
      {Mutant::kWriteHandedOver, "write-handed-over", "goes on writing what it has handed over"},
      {Mutant::kForgetRequests, "forget-requests", "decides an accepted request id again"},
      {Mutant::kForwardNameless, "forward-nameless", "passes on, and again, without a request id"},
      {Mutant::kFoldUnderGroup, "fold-under-group", "folds under a group in flight"},
      {Mutant::kAnswerBeforeLog, "answer-before-log", "answers when it has decided"},
      {Mutant::kClaimAtOnce, "claim-at-once", "claims when it hears nothing, without asking"},
      {Mutant::kProgressAhead, "progress-ahead", "keeps progress before commands are answered"},
      {Mutant::kReactAnew, "react-anew", "new request ids each time a reaction is repeated"},
      {Mutant::kReactToAll, "react-to-all", "reacts to records that do not count"},
      {Mutant::kSettleFailed, "settle-failed", "does not try a timer again whose command failed"},
  };
  return *mutants;
}

const NamedMutant* FindMutant(absl::string_view name) {
  const auto& mutants = Mutants();
  auto at = std::find_if(mutants.begin(), mutants.end(),
                         [&](const NamedMutant& one) { return name == one.name; });
  return at == mutants.end() ? nullptr : &*at;
}

}  // namespace leadstream::simulation
