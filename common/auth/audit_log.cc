#include "common/auth/audit_log.h"

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>
#include <openssl/sha.h>

#include <filesystem>
#include <iterator>
#include <utility>
#include <vector>

namespace leadstream::auth {
namespace {

const std::string kNone(64, '0');  // before the first line

std::string HashOf(const std::string& line) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(line.data()), line.size(), digest);
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(digest), sizeof digest));
}

// A JSON string.
std::string Quoted(const std::string& text) {
  google::protobuf::Value value;
  value.set_string_value(text);
  std::string json;
  const bool written = google::protobuf::util::MessageToJsonString(value, &json).ok();
  return written ? json : "\"?\"";
}

// The line's number and what it says of the one before; number 0: it is no whole line.
std::pair<int64_t, std::string> LinkOf(const std::string& line) {
  google::protobuf::Struct json;
  if (!google::protobuf::util::JsonStringToMessage(line, &json).ok()) return {0, ""};
  auto& fields = *json.mutable_fields();
  return {static_cast<int64_t>(fields["number"].number_value()), fields["previous"].string_value()};
}

struct Chain {
  int64_t number = 0;
  std::string previous = kNone;
};

absl::StatusOr<Chain> Follow(const std::string& path) {
  std::ifstream file(path);
  Chain chain;
  for (std::string line; std::getline(file, line);) {
    const auto [number, previous] = LinkOf(line);
    if (number != chain.number + 1 || previous != chain.previous)
      return absl::DataLossError(
          absl::StrCat(path, ": line ", chain.number + 1, " does not follow from that before it"));
    chain = {number, HashOf(line)};
  }
  return chain;
}

// A line that a crash tore was never whole.
void CutTornLine(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  if (text.empty() || text.back() == '\n') return;
  std::error_code ignored;  // then it is found below
  std::filesystem::resize_file(path, text.rfind('\n') + 1, ignored);
}

}  // namespace

absl::StatusOr<std::unique_ptr<AuditLog>> AuditLog::Open(const std::string& path) {
  CutTornLine(path);
  auto chain = Follow(path);
  if (!chain.ok()) return chain.status();
  auto log = std::make_unique<AuditLog>();
  absl::MutexLock lock(&log->mutex_);
  log->number_ = chain->number;
  log->previous_ = chain->previous;
  log->file_.open(path, std::ios::app);
  if (!log->file_) return absl::UnavailableError(absl::StrCat("cannot write ", path));
  return log;
}

void AuditLog::Append(const AuditEntry& entry, absl::Time now) {
  absl::MutexLock lock(&mutex_);
  if (now - second_ >= absl::Seconds(1)) {
    if (left_out_ > 0) Write({"LEFT_OUT", "", "", "", absl::StrCat(left_out_, " more")}, now);
    second_ = now;
    in_second_ = 0;
    left_out_ = 0;
  }
  if (++in_second_ > kEntriesPerSecondMax) {
    ++left_out_;
    return;
  }
  Write(entry, now);
}

void AuditLog::Write(const AuditEntry& entry, absl::Time now) {
  std::string line =
      absl::StrCat("{\"number\":", ++number_, ",\"time\":\"",
                   absl::FormatTime("%E4Y-%m-%d%ET%H:%M:%E6SZ", now, absl::UTCTimeZone()), "\"");
  const std::vector<std::pair<const char*, const std::string*>> fields = {
      {"actor", &entry.actor},
      {"what", &entry.what},
      {"method", &entry.method},
      {"resource", &entry.resource},
      {"why", &entry.why}};
  for (const auto& [name, value] : fields) {
    if (!value->empty()) absl::StrAppend(&line, ",\"", name, "\":", Quoted(*value));
  }
  absl::StrAppend(&line, ",\"previous\":\"", previous_, "\"}");
  previous_ = HashOf(line);
  file_ << line << '\n' << std::flush;
}

absl::StatusOr<int64_t> VerifyAudit(const std::string& path) {
  auto chain = Follow(path);
  if (!chain.ok()) return chain.status();
  return chain->number;
}

}  // namespace leadstream::auth
