// A sales office at work: each lead is taken as far as its fate wants, step by step, through what
// the public API offers alone.
#pragma once

#include <absl/status/status.h>

#include <string>

#include "cli/demo/catalogue.h"
#include "cli/demo/fate.h"
#include "cli/demo/office.h"
#include "leadstream/billing/v1/invoice.pb.h"
#include "leadstream/lead/v1/lead.pb.h"
#include "leadstream/opportunity/v1/opportunity.pb.h"
#include "leadstream/ordering/v1/order.pb.h"
#include "leadstream/quoting/v1/quote.pb.h"

namespace leadstream::demo {

class Desk {
 public:
  // `manager` is who approves the discounts that the desk wants to give.
  Desk(Office* sales, Office* manager, const Catalogue* catalogue)
      : sales_(sales), manager_(manager), catalogue_(catalogue) {}

  // Takes the lead on its way. An error: a call failed that should not have, or something did not
  // follow in time.
  absl::Status Work(const lead::v1::Lead& lead);

 private:
  // Each step is the next of a lead's way, and returns where that ends for now.
  absl::Status GiveUp(const lead::v1::Lead& lead, Fate fate);
  absl::Status Develop(const opportunity::v1::Opportunity& opportunity, const std::string& contact,
                       Fate fate);
  absl::Status Propose(const opportunity::v1::Opportunity& opportunity, Fate fate);
  absl::Status Revise(quoting::v1::Quote* quote, Fate* fate);
  absl::Status Activate(quoting::v1::Quote* quote, Fate* fate);
  absl::Status AskForApproval(quoting::v1::Quote* quote, Fate* fate);
  absl::Status Lose(const std::string& opportunity, Fate* fate);
  absl::Status Accept(const quoting::v1::Quote& quote, Fate fate);
  absl::Status AskForDeposit(const ordering::v1::Order& order, Fate fate);
  absl::Status Deliver(const ordering::v1::Order& order, Fate fate);
  absl::Status Bill(const std::string& order, Fate fate);
  absl::Status Credit(const billing::v1::Invoice& invoice);

  Office* const sales_;
  Office* const manager_;
  const Catalogue* const catalogue_;
};

}  // namespace leadstream::demo
