// What must hold between the documents of a sale.
//
//   quote-accepted-twice      a quote is accepted once
//   order-missing             an accepted quote has an order
//   order-doubled             and only one
//   order-without-quote       an order that names a quote comes of one that was accepted
//   order-differs             and comes to the same, to the cent
//   invoice-number-gap        numbers of a series (seller, type, year) are 1, 2, 3, ... as issued
//   invoice-number-doubled    each is given once
//   invoice-number-differs    the number that is printed says so
//   invoice-without-order     an invoice that names an order has one
//   order-invoice-differs     what an order knows of its invoices is what was issued
//   invoices-differ           a delivered order's invoices come to what it comes to
//   invoiced-beyond-delivery  no line is invoiced beyond what was delivered of it
//   deposit-overdrawn         no more of a deposit is deducted and credited than it asked for
//   credit-note-differs       a credit note comes to what its invoice was credited
//   credits-differ, payments-differ, deductions-differ, balance-differs
//                             an invoice's sums are those of its parts
//
// And those of payments, payment_checks.h.
//
// It keeps about 300 bytes for each accepted quote, order and invoice, and of partitions that are
// being read their orders, invoices and payments as they stand.
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/container/flat_hash_map.h>
#include <absl/synchronization/mutex.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "cli/verify/findings.h"
#include "cli/verify/payment_checks.h"
#include "common/domain/decimal.h"
#include "common/domain/service_definition.h"
#include "common/log/event_log.h"
#include "common/store/schema.h"
#include "leadstream/billing/v1/events.pb.h"
#include "leadstream/common/v1/reaction.pb.h"
#include "leadstream/ordering/v1/order.pb.h"

namespace leadstream::verify {

class SaleChecks {
 public:
  SaleChecks(const std::vector<domain::ServiceDefinition>& services, Findings* findings);

  // An event that counts, and what it says. Thread-safe; those of a partition in order.
  void See(const std::string& service, const log::LoggedRecord& logged,
           const google::protobuf::Message& payload);
  // A partition has been read.
  void Forget(const std::string& service, int partition);
  // When all are seen. `settled_us`: what follows from what was recorded later may not have been
  // done, or read; `all_there`: the logs of all services were.
  void Finish(int64_t settled_us, bool all_there);

 private:
  using Place = PaymentChecks::Place;
  struct Amount : Place {
    domain::Decimal total;
  };
  struct Order : Amount {  // as it stands; `total`: less what was canceled
    std::string quote;
    bool fulfilled = false;
    std::map<std::string, domain::Decimal> delivered;  // by line
  };
  struct Invoice : Amount {
    std::string order, credited_invoice;
    bool bills = false;                                 // neither a deposit nor a credit note
    std::map<std::string, domain::Decimal> quantities;  // by line
  };

  void SeeBilled(const Place& place, const billing::v1::Invoice& invoice);
  void SeeNumber(const Place& place, const billing::v1::Invoice& invoice);
  void CheckSums(const Place& place, const billing::v1::Invoice& invoice);
  void KeepOrder(const Place& place, const ordering::v1::Order& order);
  void FinishQuotes(int64_t settled_us);
  void FinishInvoices(int64_t settled_us);
  void FinishDeposits();
  void Report(const char* check, const Place& place, std::string what);
  // The resource after the event, for the kinds that are looked at.
  template <typename Resource>
  Resource Folded(const std::string& service, const log::LoggedRecord& logged)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Findings* const findings_;
  std::map<std::string, store::Schema> schemas_;
  absl::Mutex mutex_;
  // Resources, serialized, by service and partition.
  std::map<std::pair<std::string, int>, absl::flat_hash_map<std::string, std::string>> states_
      ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::vector<Amount>> accepted_ ABSL_GUARDED_BY(mutex_);  // by quote
  std::map<std::string, std::vector<Amount>> placed_ ABSL_GUARDED_BY(mutex_);    // by quote
  std::map<std::string, Order> orders_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, Invoice> invoices_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::pair<std::string, Amount>> told_ ABSL_GUARDED_BY(mutex_);      // invoice
  std::vector<std::pair<std::string, Amount>> credited_ ABSL_GUARDED_BY(mutex_);  // credit note
  // What each invoice deducts of deposits, and each deposit credits of itself, as it stands.
  std::map<std::string, std::vector<std::pair<std::string, domain::Decimal>>> used_
      ABSL_GUARDED_BY(mutex_);
  PaymentChecks payments_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, int64_t> last_of_series_ ABSL_GUARDED_BY(mutex_);
  std::set<std::string> parked_ ABSL_GUARDED_BY(mutex_);  // what a reaction to waits for somebody
};

}  // namespace leadstream::verify
