// Rows on their way from partitions to tables, in files: rows come in the order of the log, on
// several threads, and are wanted by table. Memory holds a bounded part of them.
//
// A table's rows are those of its partitions, one partition after the other, each in the order in
// which they were added: the same for any number of threads.
#pragma once

#include <absl/functional/function_ref.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>

#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cli/export/tables.h"

namespace leadstream::exporting {

class Spill {
 public:
  // Each thread has a file in `directory`, and keeps so many bytes in memory.
  Spill(std::string directory, size_t threads, size_t bytes_max = 24u << 20);
  ~Spill();

  // All rows of a partition are added by one thread.
  absl::Status Add(size_t thread, const Table& table, int partition, absl::string_view row);
  // Nothing is added afterwards.
  absl::Status Finish();

  struct Size {
    int64_t rows = 0;
    int64_t bytes = 0;
  };
  // After Finish. Thread-safe.
  const std::map<Table, Size>& tables() const { return sizes_; }
  absl::Status EachRow(
      const Table& table,
      absl::FunctionRef<absl::Status(int partition, absl::string_view row)> show) const;

 private:
  // Rows of one partition that lie one after the other in a thread's file.
  struct Piece {
    int partition = 0;
    size_t thread = 0;
    int64_t offset = 0;
    size_t bytes = 0;
  };
  struct Thread {
    FILE* file = nullptr;
    int64_t end = 0;
    size_t kept_bytes = 0;
    std::map<std::pair<Table, int>, std::string> kept;  // table, partition
    std::map<Table, std::vector<Piece>> pieces;
    std::map<Table, Size> sizes;
  };

  absl::Status Write(size_t thread);
  absl::Status Broken() const;

  const std::string directory_;
  const size_t bytes_max_;
  std::vector<Thread> threads_;
  std::map<Table, std::vector<Piece>> pieces_;
  std::map<Table, Size> sizes_;
};

}  // namespace leadstream::exporting
