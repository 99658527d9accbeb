#include "tests/abuse/honest.h"

#include <absl/time/clock.h>
#include <fcntl.h>
#include <unistd.h>

#include <type_traits>
#include <utility>

#include "tests/bench/leads.h"
#include "tests/bench/load.h"

namespace leadstream::testing {
namespace {

constexpr absl::Duration kHonestDeadline = absl::Seconds(20);
constexpr size_t kDurableBytes = 400;  // a command's, more or less
constexpr absl::Duration kDurableInterval = absl::Milliseconds(10);

template <typename Request>
struct Calling {
  grpc::ClientContext context;
  Request request;
  lead::v1::Lead reply;
};

}  // namespace

Honest::Honest(const std::string& address, std::string lead)
    : lead_(std::move(lead)),
      channel_(bench::Channels(address).front()),
      reads_(channel_),
      writes_(channel_) {}

template <typename Request>
void Honest::Begin(Stub<Request>* stub, const char* method, Request request, absl::Time due) {
  {
    absl::MutexLock lock(&mutex_);
    ++open_;
  }
  auto call = std::make_shared<Calling<Request>>();
  call->request = std::move(request);
  call->context.set_deadline(absl::ToChronoTime(due + kHonestDeadline));
  stub->UnaryCall(&call->context, method, {}, &call->request, &call->reply,
                  [this, call, due](const grpc::Status& status) {
                    absl::MutexLock lock(&mutex_);
                    const double ms = absl::ToDoubleMilliseconds(absl::Now() - due);
                    ms_.push_back(ms);
                    if (std::is_same_v<Request, lead::v1::GetLeadRequest>) reads_ms_.push_back(ms);
                    if (!status.ok()) failures_.push_back(status.error_message());
                    --open_;
                  });
}

void Honest::Call(absl::Duration duration, int rate) {
  const absl::Time began = absl::Now();
  const absl::Duration interval = absl::Seconds(1) / rate;
  for (absl::Time due = began; due < began + duration; due += interval) {
    absl::SleepFor(due - absl::Now());
    if (++number_ % 2 == 0) {
      lead::v1::GetLeadRequest get;
      get.set_name(lead_);
      Begin(&reads_, bench::kGetLead, get, due);
    } else {
      Begin(&writes_, bench::kCreateLead, bench::CreateLead(number_, "honest"), due);
    }
  }
  absl::MutexLock lock(&mutex_);
  auto all_ended = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return open_ == 0; };
  mutex_.Await(absl::Condition(&all_ended));
}

std::vector<double> Honest::TakeMs(std::vector<double>* reads) {
  absl::MutexLock lock(&mutex_);
  *reads = std::exchange(reads_ms_, {});
  return std::exchange(ms_, {});
}

std::vector<std::string> Honest::TakeFailures() {
  absl::MutexLock lock(&mutex_);
  return std::exchange(failures_, {});
}

Disk::Disk(const std::string& path)
    : file_(open(path.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600)),
      thread_([this] { Write(); }) {}

Disk::~Disk() {
  over_ = true;
  thread_.join();
  close(file_);
}

std::vector<double> Disk::TakeMs() {
  absl::MutexLock lock(&mutex_);
  return std::exchange(ms_, {});
}

void Disk::Write() {
  const std::string bytes(kDurableBytes, 'd');
  for (absl::Time due = absl::Now(); !over_; due += kDurableInterval) {
    absl::SleepFor(due - absl::Now());
    if (write(file_, bytes.data(), bytes.size()) < 0 || fdatasync(file_) != 0) return;
    absl::MutexLock lock(&mutex_);
    ms_.push_back(absl::ToDoubleMilliseconds(absl::Now() - due));
  }
}

}  // namespace leadstream::testing
