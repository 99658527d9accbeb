// Resources as they stood at a moment, folded from the events of the partitions that are being
// read.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/functional/function_ref.h>
#include <absl/status/status.h>
#include <absl/strings/string_view.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/domain/service_definition.h"
#include "common/log/event_log.h"
#include "common/store/schema.h"

namespace leadstream::exporting {

// What one thread folds. Each resource takes about its serialized size, until its partition is
// taken.
class States {
 public:
  // `until_us`: events that were recorded later are not folded.
  States(const std::vector<domain::ServiceDefinition>& services, std::optional<int64_t> until_us);

  // Events of a partition in the order of the log.
  void Fold(const std::string& service, const log::LoggedRecord& event);

  // The resources of a partition that there are, in the order of their names; then they are
  // forgotten.
  absl::Status Take(
      const std::string& service, int partition,
      absl::FunctionRef<absl::Status(const std::string& collection, const std::string& resource)>
          show);

 private:
  struct State {
    const store::Collection* collection = nullptr;
    std::string resource;  // serialized; empty: it was deleted
    bool ended = false;    // what comes is later
  };
  using Partition = absl::flat_hash_map<std::string, State>;

  std::map<std::string, std::unique_ptr<store::Schema>> schemas_;
  // What is folded next, by its kind. Kept, since messages are dear to make.
  std::map<const store::Collection*, std::unique_ptr<google::protobuf::Message>> folded_;
  const std::optional<int64_t> until_us_;
  std::map<std::pair<std::string, int>, Partition> partitions_;
};

}  // namespace leadstream::exporting
