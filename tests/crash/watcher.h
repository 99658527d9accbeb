// Watches all leads from the beginning, and goes on after every crash from the last position it was
// sent.
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/synchronization/mutex.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace leadstream::testing {

class LeadWatcher {
 public:
  LeadWatcher(std::shared_ptr<grpc::Channel> channel, int partitions);
  ~LeadWatcher();

  // The ids of the events it was sent, by partition, in the order of their coming.
  std::map<int, std::vector<std::string>> seen() const;
  size_t count() const { return count_; }
  // How often the stream broke.
  size_t breaks() const { return breaks_; }

 private:
  void Run();
  void WatchOnce();

  const std::shared_ptr<grpc::Channel> channel_;
  mutable absl::Mutex mutex_;
  std::map<int, std::vector<std::string>> seen_ ABSL_GUARDED_BY(mutex_);
  std::map<int, std::string> positions_;  // the thread's own
  std::unique_ptr<grpc::ClientContext> context_ ABSL_GUARDED_BY(mutex_);
  std::atomic<bool> stopping_{false};
  std::atomic<size_t> count_{0}, breaks_{0};
  std::thread thread_;
};

}  // namespace leadstream::testing
