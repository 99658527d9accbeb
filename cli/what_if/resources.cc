#include "cli/what_if/resources.h"

#include <absl/synchronization/mutex.h>

#include "cli/export/states.h"

namespace leadstream::what_if {

absl::Status EachResource(
    history::History* history, const std::vector<std::string>& services,
    std::optional<absl::Time> until, size_t threads,
    const std::function<void(const std::string& collection, const std::string& resource)>& show) {
  history::SelectionOptions wanted;
  wanted.services = services;
  auto selection = history::Selection::Make(wanted, history->services());
  if (!selection.ok()) return selection.status();
  std::optional<int64_t> until_us;
  if (until) until_us = absl::ToUnixMicros(*until);
  std::vector<exporting::States> states;
  for (size_t i = 0; i < threads; ++i) states.emplace_back(history->services(), until_us);
  absl::Mutex mutex;
  history::ScanOptions options;
  options.threads = threads;
  options.ended = [&](size_t thread, const std::string& service, int partition,
                      const log::Progress&) {
    absl::MutexLock lock(&mutex);
    states[thread]
        .Take(service, partition,
              [&](const std::string& collection, const std::string& resource) {
                show(collection, resource);
                return absl::OkStatus();
              })
        .IgnoreError();  // only `show` could fail
  };
  return history->Scan(
      *selection, options,
      [&](size_t thread, const std::string& service, const log::LoggedRecord& event) {
        states[thread].Fold(service, event);
      });
}

}  // namespace leadstream::what_if
