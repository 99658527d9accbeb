// Which events of a history are wanted.
//
//   auto selection = Selection::Make({.types = {"InvoiceIssued"}, .filter = "invoice.currency =
//   EUR"}, services); if (selection->Wants("billing", event)) ...
//
// Thread-safe once made.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/domain/filter.h"
#include "common/domain/service_definition.h"
#include "common/log/event_log.h"
#include "common/log/position.h"

namespace leadstream::history {

// What is not given selects nothing away.
struct SelectionOptions {
  std::vector<std::string> services = {};  // "lead"
  std::vector<std::string> types = {};     // "LeadCreated", or with its package
  std::string resource = {};               // "leads/4711", or "leads/-": all of a kind (AIP-159)
  std::string actor = {};                  // who did it
  std::string correlation_id = {};         // which flow it belongs to
  std::optional<absl::Time> since = {};    // recorded then or later
  std::optional<absl::Time> until = {};    // recorded before
  std::vector<log::Position> from = {};    // in these partitions, this event or a later one
  std::vector<log::Position> to = {};      // in these partitions, an event before this one
  std::string filter = {};  // AIP-160 over the event's own fields (common/domain/filter.h)
};

class Selection {
 public:
  // InvalidArgument: names what is not known, or is wrong in the filter. The filter holds for those
  // kinds of event that have the fields it names; where none of them has, it is wrong.
  static absl::StatusOr<Selection> Make(SelectionOptions options,
                                        const std::vector<domain::ServiceDefinition>& services);

  // Whether anything of a service, and of one of its partitions, can be wanted at all.
  bool Reads(const std::string& service) const;
  bool Reads(const std::string& service, int partition) const;
  // Whether an event that counts is wanted.
  bool Wants(const std::string& service, const log::LoggedRecord& event) const;
  // The one resource whose events alone are wanted; empty: there is none such.
  std::string resource() const;

 private:
  using Partition = std::pair<std::string, int>;

  absl::Status FindTypes(const std::vector<domain::ServiceDefinition>& services);
  absl::Status CompileFilter();
  bool WantsResource(absl::string_view name) const;
  bool MatchesFilter(const log::Record& event) const;

  SelectionOptions options_;
  bool all_ = false;
  // The kinds of event that can be wanted, each with its filter; those of other versions are not
  // here, and are wanted where neither types nor a filter are given.
  absl::flat_hash_map<std::string, std::shared_ptr<const domain::Filter>> types_;
  std::set<std::string> services_;  // empty: all
  std::map<Partition, int64_t> from_, to_;
};

}  // namespace leadstream::history
