#include "common/server/calls_under_way.h"

#include <absl/strings/str_cat.h>
#include <spdlog/spdlog.h>

#include <optional>

#include "common/runtime/command.h"
#include "common/server/call_messages.h"
#include "common/server/errors.h"

namespace leadstream::server {
namespace {

using google::protobuf::Message;

// What no caller can be told the reason of is logged.
bool IsOurFault(grpc::StatusCode code) {
  return code == grpc::StatusCode::INTERNAL || code == grpc::StatusCode::UNKNOWN ||
         code == grpc::StatusCode::DATA_LOSS;
}
// As OpenTelemetry has it of servers: what else failed is an error of the span.
bool IsCallersFault(grpc::StatusCode code) {
  return !IsOurFault(code) && code != grpc::StatusCode::UNAVAILABLE &&
         code != grpc::StatusCode::DEADLINE_EXCEEDED && code != grpc::StatusCode::UNIMPLEMENTED;
}

}  // namespace

void Answering::Holds(std::string who, size_t bytes) {
  who_ = std::move(who);
  bytes_ = bytes;
  unsent_->Add(who_, bytes_);
}

void Answering::OnDone() {
  if (bytes_ > 0) unsent_->Remove(who_, bytes_);
  delete this;
}

void Unary::Finish(const Message& reply) {
  if (Gets() && !MaySee(caller_, reply)) return Fail(ToGrpc(runtime::RowNotPermitted(named_)));
  SerializeFor(caller_, reply, reply_);
  if (const size_t bytes = reply_->Length(); bytes >= UnsentAnswers::kCountedFrom)
    reactor_->Holds(who(), bytes);
  End(grpc::Status::OK);
}

void Unary::Fail(grpc::Status status) {
  if (Gets() && status.error_code() == grpc::StatusCode::NOT_FOUND)
    status = ToGrpc(runtime::RowNotPermitted(named_));
  if (request_named() && status.error_code() == grpc::StatusCode::PERMISSION_DENIED)
    admission_->Denied(caller_, method_, named_, "ROW_NOT_PERMITTED");
  End(std::move(status));
}

void Unary::End(grpc::Status status) {
  under_way_.Ended(status.error_code());
  if (IsOurFault(status.error_code())) {
    telemetry::ScopedTrace trace(span_.traceparent());
    spdlog::error("a call failed with code {}: {}", static_cast<int>(status.error_code()),
                  status.error_message());
  }
  if (span_.recorded()) {
    span_.Set("rpc.grpc.status_code", absl::StrCat(status.error_code()));
    span_.End(IsCallersFault(status.error_code()) ? "" : status.error_message());
  }
  reactor_->Finish(std::move(status));
}

void Stream::OnWriteDone(bool ok) {
  if (!ok) return FinishOnce(grpc::Status(grpc::StatusCode::CANCELLED, "the caller has gone"));
  AskNext();
}

void Stream::OnDone() {
  under_way_.Left();
  delete this;
}

void Stream::AskNext() {
  source_->Ask([this](std::unique_ptr<Message> message, grpc::Status status) {
    if (message == nullptr) return FinishOnce(std::move(status));
    bytes_.Clear();
    SerializeFor(caller_, *message, &bytes_);
    StartWrite(&bytes_);
  });
}

void Stream::FinishOnce(grpc::Status status) {
  if (!finished_.exchange(true)) Finish(std::move(status));
}

void Upload::OnReadDone(bool ok) {
  if (!ok) {
    return sink_->End([this](std::unique_ptr<Message> reply, grpc::Status status) {
      if (reply != nullptr) Serialize(*reply, reply_);
      End(std::move(status));
    });
  }
  std::optional<domain::Refusal> bad;
  grpc::ByteBuffer readable(bytes_);
  auto message = ParseRequest(method_, &readable, &bad);
  sink_->Take(std::move(message), std::move(bad), [this](grpc::Status status) {
    if (!status.ok()) return End(std::move(status));
    bytes_.Clear();
    StartRead(&bytes_);
  });
}

void Upload::End(grpc::Status status) {
  under_way_.Ended(status.error_code());
  Finish(std::move(status));
}

}  // namespace leadstream::server
