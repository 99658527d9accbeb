// What the lists of all five services add up to: the demo's figures, read back through the public
// API.
#pragma once

#include <absl/status/statusor.h>

#include <map>
#include <string>
#include <vector>

#include "cli/client.h"
#include "common/domain/decimal.h"
#include "leadstream/billing/v1/invoice.pb.h"
#include "leadstream/lead/v1/lead.pb.h"
#include "leadstream/opportunity/v1/opportunity.pb.h"
#include "leadstream/ordering/v1/order.pb.h"
#include "leadstream/quoting/v1/quote.pb.h"

namespace leadstream::demo {

// Sums of one currency, with tax.
struct Sums {
  domain::Decimal quoted;    // the quotes that were accepted
  domain::Decimal ordered;   // less what was canceled
  domain::Decimal invoiced;  // less what was credited
  domain::Decimal paid;
};

struct Books {
  std::vector<lead::v1::Lead> leads;
  std::vector<opportunity::v1::Opportunity> opportunities;
  std::vector<quoting::v1::Quote> quotes;
  std::vector<ordering::v1::Order> orders;
  std::vector<billing::v1::Invoice> invoices;
  int64_t events = 0;  // of all resources, accounts, contacts and the catalogue too

  static absl::StatusOr<Books> Read(cli::Client* client);

  std::map<std::string, Sums> SumsByCurrency() const;
  // The documents issued so far of each seller, type and year: "export, INV-2026".
  struct Numbers {
    size_t count = 0;
    std::string last;
  };
  std::map<std::string, Numbers> Series() const;
  // The orders whose amounts do not agree with their quote's, or with their invoices' once all is
  // delivered: none, ever.
  std::vector<std::string> Disagreements() const;
};

}  // namespace leadstream::demo
