// What the nodes of a service say to each other (leadstream/common/v1/node.proto): commands passed
// on to the writer, signs of life, and how they stand.
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>
#include <grpcpp/grpcpp.h>

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "common/runtime/service.h"
#include "common/server/table_service.h"

namespace leadstream::server {

// The server's side. `slow` runs what asks the log.
std::map<std::string, UnaryHandler> NodeHandlers(std::vector<runtime::Service*> services,
                                                 runtime::WorkerPool* slow);

// The client's side: calls other nodes, and pings those that its services depend on every
// `ping_interval`, until it is destroyed. Thread-safe.
class NodeCalls {
 public:
  explicit NodeCalls(std::shared_ptr<grpc::ChannelCredentials> credentials)
      : credentials_(std::move(credentials)) {}
  ~NodeCalls() { Stop(); }

  // Has another node carry a command out. Null: nobody knows whether it did.
  void Forward(const std::string& service, const std::string& address,
               std::shared_ptr<const runtime::PendingCommand> command,
               std::function<void(std::optional<runtime::Outcome>)> done);

  void StartPinging(std::vector<runtime::Service*> services, absl::Duration ping_interval);
  // Pings no more, and cancels and awaits every call under way.
  void Stop();

 private:
  struct Calling;
  void Call(const char* path, const std::string& address, std::unique_ptr<Calling> calling);
  void Ping(runtime::Service* service, const std::string& address, absl::Duration at_most);
  std::shared_ptr<grpc::Channel> ChannelOf(const std::string& address);

  const std::shared_ptr<grpc::ChannelCredentials> credentials_;
  absl::Mutex mutex_;
  std::map<std::string, std::shared_ptr<grpc::Channel>> channels_ ABSL_GUARDED_BY(mutex_);
  std::set<Calling*> under_way_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread pinging_;
};

}  // namespace leadstream::server
