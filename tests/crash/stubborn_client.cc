#include "tests/crash/stubborn_client.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/time/clock.h>
#include <google/protobuf/util/message_differencer.h>

#include "common/runtime/resource_types.h"
#include "common/server/grpc_peers.h"

namespace leadstream::testing {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

namespace {

constexpr absl::Duration kRetryDelay = absl::Milliseconds(4);
constexpr absl::Duration kAttemptMax = absl::Seconds(10);
// Of a hundred commands: how many are given up early though the server may still answer, are sent
// again at once, and lead to an old one being sent again.
constexpr int kImpatientPercent = 4;
constexpr int kAgainPercent = 10;
constexpr int kOldAgainPercent = 5;
constexpr size_t kReadBack = 4;

std::string StringIn(const Message& message, const char* name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  return field == nullptr || field->is_repeated() ||
                 field->cpp_type() != FieldDescriptor::CPPTYPE_STRING
             ? ""
             : message.GetReflection()->GetString(message, field);
}

bool MayPass(grpc::StatusCode code) {
  return code == grpc::StatusCode::UNAVAILABLE || code == grpc::StatusCode::DEADLINE_EXCEEDED ||
         code == grpc::StatusCode::RESOURCE_EXHAUSTED || code == grpc::StatusCode::CANCELLED;
}

}  // namespace

const Message* ResourceIn(const Message& reply) {
  if (runtime::ResourceTypeOf(reply.GetDescriptor()) != nullptr) return &reply;
  const FieldDescriptor* lead = reply.GetDescriptor()->FindFieldByName("lead");
  return lead == nullptr ? nullptr : &reply.GetReflection()->GetMessage(reply, lead);
}

std::string NameOf(const Message& resource) { return StringIn(resource, "name"); }

int64_t RevisionOf(const Message& resource) {
  int64_t revision = 0;
  return absl::SimpleAtoi(StringIn(resource, "etag"), &revision) ? revision : 0;
}

std::string StubbornClient::NewRequestId() {
  absl::MutexLock lock(&mutex_);
  return absl::StrFormat("%016x-%016x", random_(), random_());
}

uint64_t StubbornClient::Random() {
  absl::MutexLock lock(&mutex_);
  return random_();
}

int StubbornClient::Below(int end) {
  absl::MutexLock lock(&mutex_);
  return std::uniform_int_distribution<int>(0, end - 1)(random_);
}

void StubbornClient::Note(std::string problem) {
  absl::MutexLock lock(&mutex_);
  problems_.push_back(std::move(problem));
}

grpc::Status StubbornClient::Attempt(const Message& request, Message* reply,
                                     absl::Duration at_most) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + at_most));
  context.set_wait_for_ready(true);  // while it waits it looks whether the server is back; one that
                                     // sleeps does so every five seconds
  context.AddMetadata("leadstream-actor", "crash-test");
  context.AddMetadata("leadstream-fresh", "1");
  reply->Clear();
  const auto* method = runtime::MethodTaking(request.GetDescriptor());
  const auto channel = choose_(runtime::ServiceOfType(method->full_name()), Random());
  return server::Call(channel.get(), method, &context, request, reply);
}

absl::Status StubbornClient::Ask(const Message& request, Message* reply, bool is_command) {
  const absl::Time deadline = absl::Now() + kPatience;
  bool was_away = false;
  for (;;) {
    const bool impatient = is_command && Below(100) < kImpatientPercent;
    const grpc::Status status =
        Attempt(request, reply, impatient ? absl::Microseconds(200 + Below(5'000)) : kAttemptMax);
    if (!MayPass(status.error_code())) {
      if (was_away && is_command) ReadBackLatest();
      return absl::Status(static_cast<absl::StatusCode>(status.error_code()),
                          status.error_message());
    }
    was_away |= status.error_code() == grpc::StatusCode::UNAVAILABLE;
    if (absl::Now() > deadline)
      return absl::DeadlineExceededError(
          absl::StrCat(request.GetDescriptor()->name(), ": ", status.error_message()));
    if (is_command) ++retried_;
    absl::SleepFor(kRetryDelay);
    if (was_away && is_command) ReadBackLatest();
  }
}

absl::Status StubbornClient::Command(const Message& request, const std::string& request_id,
                                     Message* reply) {
  absl::Status status = Ask(request, reply, true);
  if (!status.ok()) {
    absl::MutexLock lock(&mutex_);
    if (!absl::IsDeadlineExceeded(status)) refused_.push_back(request_id);
    return status;
  }
  std::shared_ptr<Message> kept_request(request.New()), kept_reply(reply->New());
  kept_request->CopyFrom(request);
  kept_reply->CopyFrom(*reply);
  const Answered answered{std::move(kept_request), std::move(kept_reply), request_id};
  Answered old;
  {
    absl::MutexLock lock(&mutex_);
    answered_.push_back(answered);
    old = answered_[random_() % answered_.size()];
  }
  ++answered_count_;
  if (Below(100) < kAgainPercent) AskAgain(answered);
  if (Below(100) < kOldAgainPercent) AskAgain(old);
  return status;
}

void StubbornClient::AskAgain(const Answered& answered) {
  std::unique_ptr<Message> reply(answered.reply->New());
  const absl::Time deadline = absl::Now() + kPatience;
  for (;;) {
    ++asked_again_;
    const grpc::Status status = Attempt(*answered.request, reply.get(), kAttemptMax);
    if (MayPass(status.error_code()) && absl::Now() < deadline) {
      absl::SleepFor(kRetryDelay);
      continue;
    }
    if (!status.ok()) {
      Note(absl::StrCat(answered.request->GetDescriptor()->name(), " ", answered.request_id,
                        " was accepted, and is now refused: ", status.error_message()));
    } else if (!google::protobuf::util::MessageDifferencer::Equals(*reply, *answered.reply)) {
      Note(absl::StrCat(answered.request->GetDescriptor()->name(), " ", answered.request_id,
                        " was answered\n", answered.reply->ShortDebugString(),
                        "\nand is now answered\n", reply->ShortDebugString()));
    }
    return;
  }
}

// One attempt: whether the server is there is not its business.
void StubbornClient::ReadBack(const Message& known) {
  const runtime::ResourceType* type = runtime::ResourceTypeOf(known.GetDescriptor());
  std::unique_ptr<Message> get(runtime::PrototypeOf(type->get->input_type())->New());
  get->GetReflection()->SetString(get.get(), get->GetDescriptor()->FindFieldByName("name"),
                                  NameOf(known));
  std::unique_ptr<Message> read(known.New());
  const grpc::Status status = Attempt(*get, read.get(), kAttemptMax);
  if (MayPass(status.error_code())) return;
  if (!status.ok()) {
    Note(absl::StrCat(NameOf(known), " was answered at revision ", RevisionOf(known),
                      ", and cannot be read: ", status.error_message()));
  } else if (RevisionOf(*read) < RevisionOf(known)) {
    Note(absl::StrCat(NameOf(known), " was answered at revision ", RevisionOf(known),
                      ", and is read at revision ", RevisionOf(*read)));
  }
}

void StubbornClient::ReadBackLatest() {
  std::vector<Answered> latest;
  {
    absl::MutexLock lock(&mutex_);
    for (size_t i = answered_.size(); i > 0 && latest.size() < kReadBack; --i)
      latest.push_back(answered_[i - 1]);
  }
  for (const Answered& answered : latest) {
    if (const Message* resource = ResourceIn(*answered.reply)) ReadBack(*resource);
  }
}

absl::Status StubbornClient::AwaitInto(const Message& get, Message* resource,
                                       const std::function<bool()>& ready) {
  const absl::Time deadline = absl::Now() + kPatience;
  for (;;) {
    absl::Status status = Ask(get, resource, false);
    if (status.ok() ? ready() : !absl::IsNotFound(status)) return status;
    if (absl::Now() > deadline)
      return absl::DeadlineExceededError(
          absl::StrCat(NameOf(get), " did not become what it should"));
    absl::SleepFor(kRetryDelay);
  }
}

std::vector<Answered> StubbornClient::answered() const {
  absl::MutexLock lock(&mutex_);
  return answered_;
}
std::vector<std::string> StubbornClient::refused() const {
  absl::MutexLock lock(&mutex_);
  return refused_;
}
std::vector<std::string> StubbornClient::problems() const {
  absl::MutexLock lock(&mutex_);
  return problems_;
}

}  // namespace leadstream::testing
