// leadstream find TEXT: who that is, and what became of them, document by document.
#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_replace.h>

#include <cstdio>
#include <memory>
#include <set>

#include "cli/amounts.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/pages.h"
#include "leadstream/billing/v1/invoice_service.pb.h"
#include "leadstream/lead/v1/account_service.pb.h"
#include "leadstream/lead/v1/contact_service.pb.h"
#include "leadstream/lead/v1/lead_service.pb.h"
#include "leadstream/opportunity/v1/opportunity_service.pb.h"
#include "leadstream/ordering/v1/order_service.pb.h"
#include "leadstream/quoting/v1/quote_service.pb.h"

namespace leadstream::cli {
namespace {

using billing::v1::Invoice;
using lead::v1::Account;
using lead::v1::Contact;
using lead::v1::Lead;
using opportunity::v1::Opportunity;
using ordering::v1::Order;
using quoting::v1::Quote;

struct FindOptions {
  std::string server = "localhost:7400";
  std::string text, only;
};

// A resource in a line.
struct Line {
  std::string name, state, about;
};

std::string NameOf(const common::v1::Person& person) {
  return std::string(
      absl::StripAsciiWhitespace(absl::StrCat(person.given_name(), " ", person.family_name())));
}
std::string Joined(const std::vector<std::string>& parts) {
  std::vector<std::string> said;
  for (const std::string& part : parts) {
    if (!part.empty()) said.push_back(part);
  }
  return absl::StrJoin(said, ", ");
}

std::string Amount(const google::type::Money& amount) {
  return amount.currency_code().empty() ? "" : InWords(amount);
}

Line LineOf(const Lead& lead) {
  return {lead.name(), Lead::State_Name(lead.state()),
          Joined({NameOf(lead.person()), lead.company(), lead.topic()})};
}
Line LineOf(const Account& account) { return {account.name(), "", account.display_name()}; }
Line LineOf(const Contact& contact) {
  return {contact.name(), "",
          Joined({NameOf(contact.person()), absl::StrJoin(contact.emails(), " ")})};
}
Line LineOf(const Opportunity& one) {
  const bool is_won = one.state() == Opportunity::WON;
  return {one.name(), Opportunity::State_Name(one.state()),
          Joined({one.display_name(), one.stage(),
                  Amount(is_won ? one.actual_revenue() : one.estimated_revenue())})};
}
Line LineOf(const Quote& quote) {
  return {quote.name(), Quote::State_Name(quote.state()),
          Joined({quote.number(), Amount(quote.totals().total())})};
}
Line LineOf(const Order& order) {
  return {order.name(), Order::State_Name(order.state()),
          Joined({order.number(), Amount(order.effective_totals().total()),
                  Order::BillingState_Name(order.billing_state())})};
}
Line LineOf(const Invoice& invoice) {
  const bool owes = invoice.state() == Invoice::ISSUED && invoice.type() == Invoice::INVOICE;
  return {invoice.name(), Invoice::State_Name(invoice.state()),
          Joined({invoice.number(), Amount(invoice.totals().total()),
                  owes ? Invoice::PaymentState_Name(invoice.payment_state()) : "",
                  owes ? absl::StrCat("owed ", Amount(invoice.balance())) : ""})};
}

std::string Quoted(const std::string& text) {
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"\"", "\\\""}}), "\"");
}

class Finder {
 public:
  explicit Finder(Client* client) : client_(client) {}

  // Whoever has the text somewhere, and then all documents of theirs.
  absl::Status Find(const std::string& text) {
    const std::string has = Quoted(text);
    absl::Status status = Each<lead::v1::ListLeadsRequest, lead::v1::ListLeadsResponse>(
        has, [&](const Lead& lead) { Meet(lead.account(), lead.contact()); });
    if (!status.ok()) return status;
    status = Each<lead::v1::ListAccountsRequest, lead::v1::ListAccountsResponse>(
        has, [&](const Account& account) { Meet(account.name(), ""); });
    if (!status.ok()) return status;
    status = Each<lead::v1::ListContactsRequest, lead::v1::ListContactsResponse>(
        has, [&](const Contact& contact) { Meet(contact.account(), contact.name()); });
    if (!status.ok()) return status;
    status = EachOfTheirs<opportunity::v1::ListOpportunitiesRequest,
                          opportunity::v1::ListOpportunitiesResponse>();
    if (!status.ok()) return status;
    status = EachOfTheirs<quoting::v1::ListQuotesRequest, quoting::v1::ListQuotesResponse>();
    if (!status.ok()) return status;
    status = EachOfTheirs<ordering::v1::ListOrdersRequest, ordering::v1::ListOrdersResponse>();
    if (!status.ok()) return status;
    return EachOfTheirs<billing::v1::ListInvoicesRequest, billing::v1::ListInvoicesResponse>();
  }

  const std::vector<Line>& lines() const { return lines_; }

 private:
  void Meet(const std::string& account, const std::string& contact) {
    if (!account.empty()) accounts_.insert(account);
    if (!contact.empty()) contacts_.insert(contact);
  }

  template <typename Request, typename Response, typename Visit>
  absl::Status Each(const std::string& filter, const Visit& visit) {
    Request request;
    request.set_filter(filter);
    request.set_order_by("create_time");
    return EachPage<Response>(client_, request, [&](const Response& page) {
      for (const auto& resource : ResourcesOf(page)) {
        if (!seen_.insert(resource.name()).second) continue;
        lines_.push_back(LineOf(resource));
        visit(resource);
      }
    });
  }
  // An account's documents are its contacts' too, so contacts are asked for only where there is no
  // account.
  template <typename Request, typename Response>
  absl::Status EachOfTheirs() {
    for (const auto& [field, names] : {std::pair("account", &accounts_), {"contact", &contacts_}}) {
      for (const std::string& name : *names) {
        const absl::Status status =
            Each<Request, Response>(absl::StrCat(field, " = ", Quoted(name)), [](const auto&) {});
        if (!status.ok()) return status;
      }
    }
    return absl::OkStatus();
  }

  static const auto& ResourcesOf(const lead::v1::ListLeadsResponse& page) { return page.leads(); }
  static const auto& ResourcesOf(const lead::v1::ListAccountsResponse& page) {
    return page.accounts();
  }
  static const auto& ResourcesOf(const lead::v1::ListContactsResponse& page) {
    return page.contacts();
  }
  static const auto& ResourcesOf(const opportunity::v1::ListOpportunitiesResponse& page) {
    return page.opportunities();
  }
  static const auto& ResourcesOf(const quoting::v1::ListQuotesResponse& page) {
    return page.quotes();
  }
  static const auto& ResourcesOf(const ordering::v1::ListOrdersResponse& page) {
    return page.orders();
  }
  static const auto& ResourcesOf(const billing::v1::ListInvoicesResponse& page) {
    return page.invoices();
  }

  Client* const client_;
  std::set<std::string> accounts_, contacts_;
  std::set<std::string> seen_;
  std::vector<Line> lines_;
};

// Whole lines, or with --only the names of one collection.
bool Print(const std::vector<Line>& lines, const std::string& only) {
  bool any = false;
  for (const Line& line : lines) {
    const bool is_asked = only.empty() || line.name.substr(0, line.name.find('/')) == only;
    if (!is_asked) continue;
    any = true;
    if (only.empty()) {
      std::printf("%-52s %-20s %s\n", line.name.c_str(), line.state.c_str(), line.about.c_str());
    } else {
      std::puts(line.name.c_str());
    }
  }
  return any;
}

absl::Status Find(const FindOptions& options, Client* client) {
  Finder finder(client);
  absl::Status status = finder.Find(options.text);
  if (status.ok() && !Print(finder.lines(), options.only))
    return absl::NotFoundError(absl::StrCat("nobody and nothing has ", options.text));
  return status;
}

}  // namespace

void AddFind(CLI::App* app, Run* run) {
  auto options = std::make_shared<FindOptions>();
  CLI::App* find = app->add_subcommand(
      "find", "Who has an e-mail address, a name or any other text, and all documents of theirs");
  find->add_option("TEXT", options->text, "such as anna@kovacs.example, or Kovács")->required();
  find->add_option("--only", options->only,
                   "the names of one kind alone, such as leads or invoices");
  AddServerFlag(find, &options->server)->capture_default_str();
  find->callback([options, run] {
    *run = [options] {
      return WithClient(options->server, "leadstream find",
                        [&](Client* client) { return Find(*options, client); });
    };
  });
}

}  // namespace leadstream::cli
