// What a stopped server left behind: its log, read again from the beginning, against everything it
// said while it lived.
#pragma once

#include <absl/status/statusor.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/log/local_log.h"
#include "common/store/read_model.h"
#include "tests/crash/stubborn_client.h"

namespace leadstream::testing {

// Every reaction of every service has read its topics to their ends, and caused nothing new. Also
// while the servers run.
bool Settled(log::EventLog* log);
// What has not been read yet, one line for each partition and reader; by some services, or by all.
std::vector<std::string> Unread(log::EventLog* log, const std::vector<std::string>& services = {});
// The same of a server's embedded log in `<data>/log`.
bool Settled(const std::string& data);

class Inspection {
 public:
  // Reads the log in `<data>/log`, and folds it into new read models under `scratch`, by the seed
  // (runtime/fold_twice.h).
  static absl::StatusOr<std::unique_ptr<Inspection>> Open(const std::string& data,
                                                          const std::string& scratch,
                                                          uint64_t seed);
  // Of a log that several nodes wrote: records that do not count are none of its problems.
  static absl::StatusOr<std::unique_ptr<Inspection>> Open(log::EventLog* log,
                                                          const std::string& scratch,
                                                          uint64_t seed);
  ~Inspection();

  // Each check answers what is wrong, one line each; nothing if all is well.

  // Revisions of every resource run 1..n, no request id and no event id counts twice, claims only
  // rise.
  std::vector<std::string> LogIsSound() const;
  // The server's read models are, byte for byte, those folded from the log alone; none was set
  // aside.
  std::vector<std::string> ModelsAgree() const;
  // Of the read model that the log of a service comes to.
  std::string FingerprintOf(const std::string& service) const;
  // What was answered is in the log as it was answered; what was refused is not.
  std::vector<std::string> AnswersHold(const std::vector<Answered>& answered,
                                       const std::vector<std::string>& refused) const;
  // One lead for each inquiry, one order for each quote, one invoice for each fulfilment, each
  // payment once.
  std::vector<std::string> NothingIsDoubled() const;
  // What should have followed from an event has; nothing is parked.
  std::vector<std::string> ReactionsAreFinished() const;
  // 1, 2, 3, ... for each seller, year and kind, in the order of the log.
  std::vector<std::string> NumbersAreGapless() const;
  // A watcher was sent each event of a lead once, in order.
  std::vector<std::string> WasSentAllLeads(
      const std::map<int, std::vector<std::string>>& seen) const;

  size_t events() const { return events_.size(); }
  size_t claims() const { return claims_; }
  // Records that do not count, by writers that were fenced off.
  size_t fenced() const { return fenced_; }
  size_t invoices() const;
  size_t credit_notes() const;

 private:
  struct Service;
  struct Event {
    std::string service;
    store::EventPosition position;
    common::v1::Record record;
  };
  explicit Inspection(std::string data);
  absl::Status ReadAll(log::EventLog* log, const std::string& scratch, uint64_t seed);
  absl::Status Read(const Service& service, log::EventLog* log);
  const Service* ServiceOf(const std::string& name) const;
  bool Exists(const std::string& name) const;
  // Events of one type, in the order of the log, with their payload.
  template <typename Payload>
  std::vector<std::pair<const Event*, Payload>> Each() const;

  const std::string data_;
  std::vector<std::unique_ptr<Service>> services_;
  std::vector<Event> events_;  // only those that count
  std::vector<std::string> unsound_claims_;
  size_t claims_ = 0, fenced_ = 0;
  bool one_writer_ = true;
};

}  // namespace leadstream::testing
