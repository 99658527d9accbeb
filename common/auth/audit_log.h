// What an auditor asks for: who was let in or turned away, and what was changed about that. One
// JSON object a line, each with the SHA-256 of the line before it, so that a line that was changed,
// left out or added later is found:
//
//   {"number":7,"time":"2026-03-02T09:00:00.000000Z","actor":"anna","what":"DENIED",
//    "method":"leadstream.quoting.v1.QuoteService/ApproveDiscount","resource":"quotes/q-1",
//    "why":"METHOD_NOT_PERMITTED","previous":"<64 hex digits>"}
//
// What was done is not here: every event of the log says who did it.
#pragma once

#include <absl/status/statusor.h>
#include <absl/synchronization/mutex.h>
#include <absl/time/time.h>

#include <cstdint>
#include <fstream>
#include <memory>
#include <string>

namespace leadstream::auth {

struct AuditEntry {
  std::string what;   // STARTED, DENIED, CHANGED
  std::string actor;  // empty: nobody knows
  std::string method;
  std::string resource;
  std::string why;  // the reason that the caller was given, or what changed
};

// Thread-safe.
class AuditLog {
 public:
  // Goes on after the last line of the file. DataLoss: that line is no whole one of a chain.
  static absl::StatusOr<std::unique_ptr<AuditLog>> Open(const std::string& path);
  // Written at once, and not waited for: who floods a server with what is denied must not fill its
  // disk or stop it, so of more than so many in a second the rest is counted in one line.
  void Append(const AuditEntry& entry, absl::Time now);

  static constexpr int kEntriesPerSecondMax = 100;

 private:
  void Write(const AuditEntry& entry, absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  absl::Mutex mutex_;
  std::ofstream file_ ABSL_GUARDED_BY(mutex_);
  int64_t number_ ABSL_GUARDED_BY(mutex_) = 0;
  std::string previous_ ABSL_GUARDED_BY(mutex_);
  absl::Time second_ ABSL_GUARDED_BY(mutex_);
  int in_second_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t left_out_ ABSL_GUARDED_BY(mutex_) = 0;
};

// The number of lines, if every one follows from that before it. DataLoss: the first that does not.
absl::StatusOr<int64_t> VerifyAudit(const std::string& path);

}  // namespace leadstream::auth
