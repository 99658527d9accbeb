#include "cli/verify/payment_checks.h"

#include <absl/strings/str_cat.h>

#include "common/domain/money.h"

namespace leadstream::verify {

using billing::v1::Payment;
using billing::v1::PaymentEntry;
using domain::Decimal;
using domain::ToDecimal;

void PaymentChecks::Report(const char* check, const Place& place, std::string what) const {
  findings_->Add({check, place.position, place.resource, std::move(what)});
}

void PaymentChecks::SeePayment(const Place& place, const Payment& payment) {
  Decimal credit = ToDecimal(payment.amount()) - ToDecimal(payment.refunded_amount());
  for (int i = 0; i < payment.allocations_size(); ++i) {
    const auto& allocation = payment.allocations(i);
    Share& share = shares_[{place.resource, i + 1}];
    if (share.offered.position.empty()) share.offered = place;
    share.invoice = allocation.invoice();
    share.amount = ToDecimal(allocation.amount());
    share.settled = allocation.settled();
    share.known = ToDecimal(allocation.taken_amount());
    credit = credit - (share.settled ? share.known : share.amount);
  }
  // One that was taken back leaves none.
  if (payment.state() == Payment::REVERSED) credit = Decimal();
  const Decimal said = ToDecimal(payment.unallocated_amount());
  if (credit != said)
    Report("payment-differs", place,
           absl::StrCat("its shares and what was paid back leave ", credit.ToString(),
                        " of it, it says ", said.ToString()));
}

void PaymentChecks::SeeTaken(const Place& place, const PaymentEntry& share) {
  SeeAnswer(place, share, ToDecimal(share.amount()));
}

void PaymentChecks::SeeDeclined(const Place& place, const PaymentEntry& share) {
  SeeAnswer(place, share, Decimal());
}

void PaymentChecks::SeeAnswer(const Place& place, const PaymentEntry& entry, const Decimal& taken) {
  Share& share = shares_[{entry.payment(), entry.allocation()}];
  if (!share.answered.position.empty()) {
    Report("share-doubled", place,
           absl::StrCat("share ", entry.allocation(), " of ", entry.payment(),
                        " was answered before, by ", share.answered.resource));
    return;
  }
  share.answered = place;
  share.taken = taken;
}

void PaymentChecks::Finish(int64_t settled_us, const std::set<std::string>& parked) const {
  for (const auto& [key, share] : shares_) {
    if (!share.offered.position.empty()) {
      FinishOffered(key, share, settled_us, parked);
    } else if (share.answered.time_us <= settled_us) {
      Report("share-unknown", share.answered,
             absl::StrCat("there is no share ", key.second, " of ", key.first));
    }
  }
}

void PaymentChecks::FinishOffered(const Key& key, const Share& share, int64_t settled_us,
                                  const std::set<std::string>& parked) const {
  const bool answered = !share.answered.position.empty();
  if (answered && share.answered.resource != share.invoice)
    Report(
        "share-unknown", share.answered,
        absl::StrCat("share ", key.second, " of ", key.first, " was offered to ", share.invoice));
  if (share.taken > share.amount)
    Report("share-exceeded", share.answered,
           absl::StrCat("it took ", share.taken.ToString(), " of ", key.first, ", which offered ",
                        share.amount.ToString()));
  if (share.settled && answered && share.taken != share.known)
    Report("share-differs", share.offered,
           absl::StrCat(share.invoice, " took ", share.taken.ToString(), " of it, not ",
                        share.known.ToString()));
  if (share.settled && answered) return;
  const bool is_late = share.offered.time_us <= settled_us && share.answered.time_us <= settled_us;
  if (is_late && !parked.contains(key.first) && !parked.contains(share.invoice))
    Report("share-unanswered", share.offered,
           answered ? absl::StrCat("it does not know what ", share.invoice, " took of it")
                    : absl::StrCat(share.invoice, " has not taken or declined its share"));
}

}  // namespace leadstream::verify
