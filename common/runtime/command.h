// A command on its way to the writer, and what becomes of it.
#pragma once

#include <absl/time/time.h>
#include <google/protobuf/message.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/domain/aggregate.h"
#include "common/domain/decision.h"
#include "common/log/position.h"
#include "common/store/schema.h"
#include "common/store/state_cache.h"
#include "leadstream/common/v1/error_reason.pb.h"

namespace leadstream::runtime {

// What a call carries beside its request.
struct CallInfo {
  std::string actor = "anonymous";
  std::string correlation_id;
  std::string causation_id;
  std::string traceparent;
  absl::Time deadline = absl::InfiniteFuture();
  // The event that the call follows from: what the command must know of other resources is read no
  // earlier than this.
  std::optional<log::Position> after;
  // The caller may change only what one of these owns, or nobody can own. Unset: all.
  std::optional<std::vector<std::string>> owners;
};

// Whether one of them owns the resource, or its kind has no `owner`.
bool IsOwnedBy(const std::vector<std::string>& owners, const google::protobuf::Message& resource);

// Refused (by the rules or by the machinery: the code tells whether to retry), or accepted and
// durable.
struct Outcome {
  std::optional<domain::Refusal> refusal;
  // The resource right after the command.
  store::StoredState after;
  // Where its event stands.
  log::Position position;
  // It was accepted before, under the same request id.
  bool repeated = false;
};

struct PendingCommand {
  const store::Collection* collection = nullptr;
  const domain::Command* command = nullptr;
  std::unique_ptr<google::protobuf::Message> request;
  std::string name;
  int partition = 0;
  std::string request_id;
  std::string request_hash;
  std::string etag;
  domain::Found found;
  // What it needs of other resources was found, or it needs nothing.
  bool looked_up = false;
  // How often that named something new.
  int lookup_rounds = 0;
  // It came from another node, and is not passed on again.
  bool forwarded = false;
  // It was sent to the writer, and nobody knows what became of it.
  bool doubtful = false;
  CallInfo call;
  // Called once, on any thread.
  std::function<void(Outcome)> done;
};

// A failure of the machinery, with the reasons of common/v1/error_reason.proto.
domain::Refusal Failure(absl::StatusCode code, common::v1::ErrorReason reason,
                        absl::string_view message);
// Whether trying the same again later may help.
bool IsPassing(absl::StatusCode code);
// Whether the caller asked for what cannot be, rather than that something here fails.
bool IsOfTheRules(const domain::Refusal& refusal);
// INVALID_FIELD, naming all of them.
domain::Refusal BadFields(std::vector<domain::FieldViolation> fields);
// The same for a resource that is another's and for one that is not there, so that nobody learns
// which.
domain::Refusal RowNotPermitted(const std::string& name);
// Nothing is answered from a read model that is not folded to the log's end (Service::caught_up).
domain::Refusal NotCaughtUp();
// Nothing was stored, nor will be: no node can decide it at the moment; or the log cannot be
// written.
domain::Refusal NoWriter();
domain::Refusal LogFailed();
domain::Refusal ShuttingDown();
domain::Refusal DeadlinePassed();
// What it needs is something else than was found for it.
domain::Refusal NeedsChanged();
// Too many commands wait already.
domain::Refusal QueueFull(size_t waiting);
// The one refusal after which the command may have been accepted.
domain::Refusal NotKnown();
// An error of the log or the read model as a caller sees it.
domain::Refusal FailureOf(const absl::Status& status);

}  // namespace leadstream::runtime
