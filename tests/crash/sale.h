// One whole sale through the public API: a lead, its opportunity, a quote, the order delivered in
// two parts, both invoices paid, some of it credited. Everything is waited for, so a sale that ends
// is one whose reactions have all been carried out.
#pragma once

#include <absl/status/status.h>

#include <random>
#include <string>
#include <vector>

#include "leadstream/billing/v1/invoice.pb.h"
#include "leadstream/lead/v1/lead_commands.pb.h"
#include "leadstream/ordering/v1/order.pb.h"
#include "leadstream/quoting/v1/quote.pb.h"
#include "tests/crash/stubborn_client.h"

namespace leadstream::testing {

// One office: it makes its sales one after the other, some of them to a customer it has.
class Office {
 public:
  Office(StubbornClient* client, std::string name, uint64_t seed)
      : client_(client), name_(std::move(name)), random_(seed) {}

  // The next sale, to its end. An error is a problem: nothing in a sale is refused that should not
  // be.
  absl::Status Sell();

 private:
  int Below(int end) { return std::uniform_int_distribution<int>(0, end - 1)(random_); }
  bool Chance(int percent) { return Below(100) < percent; }
  absl::StatusOr<lead::v1::QualifyLeadResponse> Qualify();
  absl::StatusOr<quoting::v1::Quote> Quote(const std::string& opportunity);
  absl::StatusOr<ordering::v1::Order> Deliver(const std::string& order);
  absl::Status Collect(const std::string& invoice);
  absl::Status Credit(const billing::v1::Invoice& invoice);
  // Changes what the next invoice prints.
  absl::Status Rename(const std::string& account);

  StubbornClient* const client_;
  const std::string name_;
  std::mt19937_64 random_;
  int sale_ = 0;
  std::vector<std::string> customers_;
};

}  // namespace leadstream::testing
