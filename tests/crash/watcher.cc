#include "tests/crash/watcher.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/time/clock.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/impl/codegen/sync_stream.h>

#include "common/log/position.h"
#include "leadstream/lead/v1/lead_service.pb.h"

namespace leadstream::testing {

using lead::v1::WatchLeadsRequest;
using lead::v1::WatchLeadsResponse;

LeadWatcher::LeadWatcher(std::shared_ptr<grpc::Channel> channel, int partitions)
    : channel_(std::move(channel)) {
  // After the first record of each: that is the first writer's claim.
  for (int partition = 0; partition < partitions; ++partition)
    positions_[partition] = absl::StrCat("lead/", partition, ":0");
  thread_ = std::thread([this] { Run(); });
}

LeadWatcher::~LeadWatcher() {
  stopping_ = true;
  {
    absl::MutexLock lock(&mutex_);
    if (context_ != nullptr) context_->TryCancel();
  }
  thread_.join();
}

std::map<int, std::vector<std::string>> LeadWatcher::seen() const {
  absl::MutexLock lock(&mutex_);
  return seen_;
}

void LeadWatcher::Run() {
  while (!stopping_) {
    WatchOnce();
    ++breaks_;
    absl::SleepFor(absl::Milliseconds(5));
  }
}

void LeadWatcher::WatchOnce() {
  WatchLeadsRequest request;
  request.set_position(absl::StrJoin(
      positions_, ",", [](std::string* out, const auto& at) { out->append(at.second); }));
  grpc::ClientContext* context = nullptr;
  {
    absl::MutexLock lock(&mutex_);
    context_ = std::make_unique<grpc::ClientContext>();
    context_->set_wait_for_ready(true);
    if (stopping_) context_->TryCancel();
    context = context_.get();
  }
  const grpc::internal::RpcMethod method("/leadstream.lead.v1.LeadService/WatchLeads",
                                         grpc::internal::RpcMethod::SERVER_STREAMING, channel_);
  std::unique_ptr<grpc::ClientReader<WatchLeadsResponse>> reader(
      grpc::internal::ClientReaderFactory<WatchLeadsResponse>::Create(channel_.get(), method,
                                                                      context, request));
  for (WatchLeadsResponse response; reader->Read(&response);) {
    const auto position = log::ParsePosition(response.position());
    if (!position) break;
    positions_[position->partition] = response.position();
    absl::MutexLock lock(&mutex_);
    seen_[position->partition].push_back(response.event().id());
    ++count_;
  }
  reader->Finish();
}

}  // namespace leadstream::testing
