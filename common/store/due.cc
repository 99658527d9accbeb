#include "common/store/due.h"

#include <absl/strings/str_cat.h>

#include <memory>

#include "common/store/keys.h"

namespace leadstream::store {

absl::Status EachDue(const ReadModel& model, int partition, int64_t until_us,
                     absl::FunctionRef<bool(const DueTimer&)> take) {
  const std::string prefix = TimerPrefix(partition);
  std::unique_ptr<rocksdb::Iterator> it(model.db()->NewIterator({}));
  for (it->Seek(prefix); it->Valid() && it->key().starts_with(prefix); it->Next()) {
    const absl::string_view rest(it->key().data() + prefix.size(),
                                 it->key().size() - prefix.size());
    const size_t end_of_timer = rest.find('\0', sizeof(int64_t));
    if (end_of_timer == absl::string_view::npos)
      return absl::DataLossError(absl::StrCat("a timer of partition ", partition, " is broken"));
    const int64_t due_us = ReadBigEndian64(rest.substr(0, sizeof(int64_t)));
    if (due_us > until_us) break;
    const absl::string_view timer = rest.substr(sizeof(int64_t), end_of_timer - sizeof(int64_t));
    if (!take({due_us, std::string(timer), std::string(rest.substr(end_of_timer + 1))})) break;
  }
  if (it->status().ok()) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("reading the read model: ", it->status().ToString()));
}

}  // namespace leadstream::store
