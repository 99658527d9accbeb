// Read models as they were: for lists and sums with a `read_time`, each folded from the log up to
// that moment, beside the live one, and so answered by the same code.
//
// To fold one takes as long as the log is long. So it is done for one moment at a time, and goes on
// when its caller has gone; the last few are kept, where the next page of a list, and other
// questions about that moment, find them. Thread-safe.
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/status/statusor.h>
#include <absl/synchronization/mutex.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>

#include "common/runtime/service.h"
#include "common/server/long_reads.h"
#include "common/store/read_model.h"

namespace leadstream::server {

class PastModels {
 public:
  struct Options {
    std::string directory;  // of their files; emptied at the beginning and at the end
    store::SharedMemory memory;
    int threads = 1;             // that fold
    LongReads* reads = nullptr;  // where reads of a model that is there have their turns
    size_t kept_max = 3;
    size_t waiting_max = 100, waiting_of_one_max = 5;  // for one that is still to be folded
  };
  using Model = std::shared_ptr<const store::ReadModel>;
  using Read = std::function<void(absl::StatusOr<Model>)>;

  explicit PastModels(Options options);
  ~PastModels() { Stop(); }

  // Calls `read` with the service's model of all that was recorded up to then, on another thread.
  // Unavailable: the log or the disk cannot be read or written now, or the server ends. False: too
  // many wait, of this caller or of all; `read` was not taken.
  bool Add(const std::string& who, runtime::Service* service, int64_t time_us, Read read);
  // Ends what is being folded, and folds nothing more.
  void Stop() { stopping_ = true; }

 private:
  struct Kept {
    std::string service;
    int64_t time_us;
    Model model;
  };

  // Null: it is not kept.
  Model Find(const std::string& service, int64_t time_us);
  absl::StatusOr<Model> Fold(runtime::Service* service, int64_t time_us);

  const Options options_;
  std::atomic<bool> stopping_{false};
  std::atomic<int64_t> folded_{0};  // names their directories
  absl::Mutex mutex_;
  std::list<Kept> kept_ ABSL_GUARDED_BY(mutex_);  // the one that was asked for last comes first
  LongReads folding_;                             // goes first: its work uses the others
};

}  // namespace leadstream::server
