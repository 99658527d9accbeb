// What must hold between a payment of several invoices and the invoices that it settles.
//
//   payment-differs   its credit is its amount, less its shares and what was paid back
//   share-unknown     what an invoice took of a payment was offered to it
//   share-exceeded    and is no more than was offered
//   share-doubled     each share is taken or declined once
//   share-differs     what a payment knows of a share is what its invoice took
//   share-unanswered  each share was answered
//
// It keeps about 400 bytes for each share.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "cli/verify/findings.h"
#include "common/domain/decimal.h"
#include "leadstream/billing/v1/events.pb.h"

namespace leadstream::verify {

// Not thread-safe.
class PaymentChecks {
 public:
  // An event, by its position, its resource and its time.
  struct Place {
    std::string position, resource;
    int64_t time_us = 0;
  };

  explicit PaymentChecks(Findings* findings) : findings_(findings) {}

  // A payment after an event of its own; those of one payment in order.
  void SeePayment(const Place& place, const billing::v1::Payment& payment);
  // An invoice took of a share, or declined it.
  void SeeTaken(const Place& place, const billing::v1::PaymentEntry& share);
  void SeeDeclined(const Place& place, const billing::v1::PaymentEntry& share);
  // When all are seen. `settled_us`: what follows from what was recorded later may not have been
  // done, or read; nor what follows from events of the resources that are `parked`.
  void Finish(int64_t settled_us, const std::set<std::string>& parked) const;

 private:
  struct Share {
    // What the payment says; no place: it knows of none.
    Place offered;
    std::string invoice;
    domain::Decimal amount;
    bool settled = false;
    domain::Decimal known;
    // What the invoice says; no place: nothing.
    Place answered;
    domain::Decimal taken;
  };
  using Key = std::pair<std::string, int>;  // a payment, and which of its shares

  void SeeAnswer(const Place& place, const billing::v1::PaymentEntry& share,
                 const domain::Decimal& taken);
  void FinishOffered(const Key& key, const Share& share, int64_t settled_us,
                     const std::set<std::string>& parked) const;
  void Report(const char* check, const Place& place, std::string what) const;

  Findings* const findings_;
  std::map<Key, Share> shares_;
};

}  // namespace leadstream::verify
