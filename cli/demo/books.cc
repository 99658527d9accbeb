#include "cli/demo/books.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>

#include <algorithm>

#include "cli/pages.h"
#include "common/domain/money.h"
#include "leadstream/billing/v1/invoice_service.pb.h"
#include "leadstream/lead/v1/account_service.pb.h"
#include "leadstream/lead/v1/contact_service.pb.h"
#include "leadstream/lead/v1/lead_service.pb.h"
#include "leadstream/opportunity/v1/opportunity_service.pb.h"
#include "leadstream/ordering/v1/order_service.pb.h"
#include "leadstream/quoting/v1/price_list_service.pb.h"
#include "leadstream/quoting/v1/product_service.pb.h"
#include "leadstream/quoting/v1/quote_service.pb.h"

namespace leadstream::demo {

using billing::v1::Invoice;
using domain::Decimal;
using domain::ToDecimal;
using ordering::v1::Order;

namespace {

// A resource's etag is its revision, which is how many events it has.
template <typename Resource>
int64_t EventsOf(const Resource& resource) {
  int64_t revision = 0;
  return absl::SimpleAtoi(resource.etag(), &revision) ? revision : 0;
}

}  // namespace

absl::StatusOr<Books> Books::Read(cli::Client* client) {
  Books books;
  absl::Status status;
  auto keep = [&books](const auto& page, auto* kept) {
    for (const auto& resource : page) {
      books.events += EventsOf(resource);
      if (kept != nullptr) kept->push_back(resource);
    }
  };
  std::vector<lead::v1::Account>* const counted_accounts = nullptr;
  std::vector<lead::v1::Contact>* const counted_contacts = nullptr;
  std::vector<quoting::v1::Product>* const counted_products = nullptr;
  std::vector<quoting::v1::PriceList>* const counted_lists = nullptr;
  status.Update(cli::EachPage<lead::v1::ListLeadsResponse>(
      client, lead::v1::ListLeadsRequest(),
      [&](const auto& page) { keep(page.leads(), &books.leads); }));
  status.Update(cli::EachPage<lead::v1::ListAccountsResponse>(
      client, lead::v1::ListAccountsRequest(),
      [&](const auto& page) { keep(page.accounts(), counted_accounts); }));
  status.Update(cli::EachPage<lead::v1::ListContactsResponse>(
      client, lead::v1::ListContactsRequest(),
      [&](const auto& page) { keep(page.contacts(), counted_contacts); }));
  status.Update(cli::EachPage<opportunity::v1::ListOpportunitiesResponse>(
      client, opportunity::v1::ListOpportunitiesRequest(),
      [&](const auto& page) { keep(page.opportunities(), &books.opportunities); }));
  status.Update(cli::EachPage<quoting::v1::ListProductsResponse>(
      client, quoting::v1::ListProductsRequest(),
      [&](const auto& page) { keep(page.products(), counted_products); }));
  status.Update(cli::EachPage<quoting::v1::ListPriceListsResponse>(
      client, quoting::v1::ListPriceListsRequest(),
      [&](const auto& page) { keep(page.price_lists(), counted_lists); }));
  status.Update(cli::EachPage<quoting::v1::ListQuotesResponse>(
      client, quoting::v1::ListQuotesRequest(),
      [&](const auto& page) { keep(page.quotes(), &books.quotes); }));
  status.Update(cli::EachPage<ordering::v1::ListOrdersResponse>(
      client, ordering::v1::ListOrdersRequest(),
      [&](const auto& page) { keep(page.orders(), &books.orders); }));
  status.Update(cli::EachPage<billing::v1::ListInvoicesResponse>(
      client, billing::v1::ListInvoicesRequest(),
      [&](const auto& page) { keep(page.invoices(), &books.invoices); }));
  if (!status.ok()) return status;
  return books;
}

std::map<std::string, Sums> Books::SumsByCurrency() const {
  std::map<std::string, Sums> sums;
  for (const auto& quote : quotes) {
    if (quote.state() == quoting::v1::Quote::WON)
      sums[quote.currency()].quoted += ToDecimal(quote.totals().total());
  }
  for (const Order& order : orders)
    sums[order.currency()].ordered += ToDecimal(order.effective_totals().total());
  for (const Invoice& invoice : invoices) {
    if (invoice.state() != Invoice::ISSUED) continue;
    Sums& of = sums[invoice.currency()];
    const Decimal total = ToDecimal(invoice.totals().total());
    of.paid += ToDecimal(invoice.paid_amount());
    // What a deposit asks for is invoiced by what deducts it.
    if (invoice.type() == Invoice::INVOICE) of.invoiced += total;
    if (invoice.credited_type() == Invoice::INVOICE) of.invoiced -= total;
  }
  return sums;
}

std::map<std::string, Books::Numbers> Books::Series() const {
  std::map<std::string, Numbers> series;
  for (const Invoice& invoice : invoices) {
    if (invoice.state() != Invoice::ISSUED) continue;
    const std::string& number = invoice.number();
    Numbers& of = series[absl::StrCat(invoice.seller(), ", ", number.substr(0, number.rfind('-')))];
    ++of.count;
    of.last = std::max(of.last, number);
  }
  return series;
}

std::vector<std::string> Books::Disagreements() const {
  std::map<std::string, Decimal> quoted, invoiced;
  for (const auto& quote : quotes) quoted[quote.name()] = ToDecimal(quote.totals().total());
  for (const Invoice& invoice : invoices) {
    if (invoice.type() == Invoice::INVOICE && invoice.state() == Invoice::ISSUED)
      invoiced[invoice.order()] += ToDecimal(invoice.totals().total());
  }
  std::vector<std::string> disagreeing;
  for (const Order& order : orders) {
    const Decimal ordered = ToDecimal(order.totals().total());
    if (!order.quote().empty() && quoted[order.quote()] != ordered) {
      disagreeing.push_back(absl::StrCat(order.name(), " comes to ", ordered.ToString(),
                                         ", its quote to ", quoted[order.quote()].ToString()));
    }
    const Decimal effective = ToDecimal(order.effective_totals().total());
    if (order.state() == Order::FULFILLED && invoiced[order.name()] != effective) {
      disagreeing.push_back(absl::StrCat(order.name(), " comes to ", effective.ToString(),
                                         ", its invoices to ", invoiced[order.name()].ToString()));
    }
  }
  return disagreeing;
}

}  // namespace leadstream::demo
