// A node's disk: in memory, there after a crash, and broken for a while when a run wants it so.
#pragma once

#include <absl/status/status.h>
#include <rocksdb/env.h>

#include <memory>

namespace leadstream::simulation {

class Disk {
 public:
  Disk() : env_(rocksdb::NewMemEnv(rocksdb::Env::Default())) {}
  rocksdb::Env* env() { return env_.get(); }
  void Break(bool broken) { broken_ = broken; }
  bool broken() const { return broken_; }
  // Not by an error of the Env: RocksDB repairs itself in time of its own.
  absl::Status Fault() const {
    return broken_ ? absl::UnavailableError("the disk is broken") : absl::OkStatus();
  }

 private:
  std::unique_ptr<rocksdb::Env> env_;
  bool broken_ = false;
};

}  // namespace leadstream::simulation
