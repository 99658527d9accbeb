#include "tests/process/invariants.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <google/type/decimal.pb.h>
#include <google/type/money.pb.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "common/domain/money.h"
#include "common/domain/totals.h"
#include "common/domain/update.h"
#include "leadstream/billing/v1/events.pb.h"
#include "leadstream/common/v1/reaction.pb.h"
#include "leadstream/common/v1/validation.pb.h"
#include "leadstream/lead/v1/lead.pb.h"
#include "leadstream/opportunity/v1/events.pb.h"
#include "leadstream/opportunity/v1/opportunity.pb.h"
#include "leadstream/ordering/v1/events.pb.h"
#include "leadstream/quoting/v1/events.pb.h"

namespace leadstream::process {
namespace {

using billing::v1::Invoice;
using common::v1::Totals;
using domain::Decimal;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using ordering::v1::Order;
using quoting::v1::Quote;

using Wrong = std::vector<std::string>;

Decimal Amount(const google::type::Money& money) { return domain::ToDecimal(money); }

void Expect(bool holds, const std::string& name, const std::string& what, Wrong* wrong) {
  if (!holds) wrong->push_back(absl::StrCat(name, ": ", what));
}

// By the fields' own annotations. A balance may be below zero; and after partial credits a later
// invoice may set a tax right by a cent or two, also where it bills nothing else of that tax.
void CheckSigns(const Message& message, const std::string& path, Wrong* wrong) {
  const auto* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (field->options().GetExtension(common::v1::rules).negative()) continue;
    const bool may_be_negative = field->name() == "balance" || field->name() == "rounding";
    const int size = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
    for (int i = 0; i < size; ++i) {
      const Message& value = field->is_repeated()
                                 ? reflection->GetRepeatedMessage(message, field, i)
                                 : reflection->GetMessage(message, field);
      const std::string at = absl::StrCat(path, ".", field->name());
      if (const auto* decimal = dynamic_cast<const google::type::Decimal*>(&value)) {
        Expect(!Decimal::Of(*decimal).IsNegative(), at, "is " + decimal->value(), wrong);
      } else if (const auto* money = dynamic_cast<const google::type::Money*>(&value)) {
        const Decimal least = field->name() == "tax" ? Decimal::Scaled(-2, 2) : Decimal();
        Expect(may_be_negative || Amount(*money) >= least, at, "is " + Amount(*money).ToString(),
               wrong);
      } else {
        CheckSigns(value, at, wrong);
      }
    }
  }
}

void CheckSignsOfAll(const World& world, Wrong* wrong) {
  for (const char* collection : {"opportunities", "quotes", "orders", "invoices", "products",
                                 "priceLists", "payments", "leads"}) {
    for (const std::string& name : world.Names(collection))
      CheckSigns(*world.Find(name), name, wrong);
  }
}

std::string Text(const Totals& totals) {
  return absl::StrCat("net ", Amount(totals.net()).ToString(), ", tax ",
                      Amount(totals.tax()).ToString(), ", total ",
                      Amount(totals.total()).ToString());
}

bool Same(const Totals& a, const Totals& b) {
  const Totals difference = domain::Minus(a, b);
  return Amount(difference.lines()).IsZero() && Amount(difference.discount()).IsZero() &&
         Amount(difference.freight()).IsZero() && Amount(difference.net()).IsZero() &&
         Amount(difference.tax()).IsZero() && Amount(difference.total()).IsZero() &&
         std::all_of(difference.taxes().begin(), difference.taxes().end(), [](const auto& tax) {
           return Amount(tax.taxable()).IsZero() && Amount(tax.tax()).IsZero();
         });
}

void CheckOrdersOfQuotes(const World& world, Wrong* wrong) {
  std::map<std::string, int> accepted, placed;
  world.EachEvent<quoting::v1::QuoteAccepted>(
      [&](const auto& record, const auto&) { ++accepted[record.subject()]; });
  world.EachEvent<ordering::v1::OrderPlaced>([&](const auto& record, const auto& event) {
    const std::string& quote = event.order().quote();
    if (quote.empty()) return;
    ++placed[quote];
    Expect(accepted.contains(quote), record.subject(), "is of " + quote + ", not accepted", wrong);
  });
  for (const auto& [name, times] : accepted) {
    Expect(times == 1, name, absl::StrCat("was accepted ", times, " times"), wrong);
    Expect(placed[name] == 1, name, absl::StrCat("has ", placed[name], " orders"), wrong);
  }
  world.Each<Order>("orders", [&](const std::string& name, const Order& order) {
    if (order.quote().empty()) return;
    const auto* quote = world.Get<Quote>(order.quote());
    Expect(quote != nullptr && Same(quote->totals(), order.totals()), name,
           absl::StrCat("comes to ", Text(order.totals()), ", and ", order.quote(), " to ",
                        quote == nullptr ? "nothing" : Text(quote->totals())),
           wrong);
  });
}

// Issued invoices and credit notes by order.
std::map<std::string, std::vector<const Invoice*>> InvoicesByOrder(const World& world) {
  std::map<std::string, std::vector<const Invoice*>> by_order;
  world.Each<Invoice>("invoices", [&](const std::string&, const Invoice& invoice) {
    if (!invoice.order().empty() && invoice.state() == Invoice::ISSUED)
      by_order[invoice.order()].push_back(&invoice);
  });
  return by_order;
}

// By billing alone: what is invoiced of each line less what is credited, and what that comes to.
struct Billed {
  std::map<std::string, Decimal> quantities;
  Totals totals;
  Decimal paid;
};
Billed BilledBy(const std::vector<const Invoice*>& invoices) {
  Billed billed;
  for (const Invoice* invoice : invoices) {
    const bool charges = invoice->type() == Invoice::INVOICE;
    for (const auto& line : invoice->lines()) {
      const Decimal quantity = Decimal::Of(line.quantity());
      billed.quantities[line.line_id()] += charges ? quantity : -quantity;
    }
    billed.totals = charges ? domain::Plus(billed.totals, invoice->totals())
                            : domain::Minus(billed.totals, invoice->totals());
    billed.paid += Amount(invoice->paid_amount());
  }
  return billed;
}

void CheckOrders(const World& world, Wrong* wrong) {
  auto invoices = InvoicesByOrder(world);
  world.Each<Order>("orders", [&](const std::string& name, const Order& order) {
    Billed billed = BilledBy(invoices[name]);
    bool all_is_invoiced = true;
    for (const auto& line : order.lines()) {
      const std::string at = absl::StrCat(name, " line ", line.line().line_id());
      const Decimal ordered = Decimal::Of(line.line().quantity()),
                    fulfilled = Decimal::Of(line.fulfilled_quantity()),
                    canceled = Decimal::Of(line.canceled_quantity()),
                    invoiced = billed.quantities[line.line().line_id()];
      Expect(fulfilled + canceled <= ordered, at, "more is delivered or canceled than ordered",
             wrong);
      Expect(
          !invoiced.IsNegative() && invoiced <= fulfilled, at,
          absl::StrCat(invoiced.ToString(), " is invoiced of ", fulfilled.ToString(), " delivered"),
          wrong);
      Expect(Decimal::Of(line.invoiced_quantity()) == invoiced, at,
             absl::StrCat("ordering knows of ", line.invoiced_quantity().value(),
                          " invoiced, billing of ", invoiced.ToString()),
             wrong);
      all_is_invoiced &= invoiced == ordered - canceled;
    }
    if (all_is_invoiced)
      Expect(Same(billed.totals, order.effective_totals()), name,
             absl::StrCat("all is invoiced, for ", Text(billed.totals), " and not ",
                          Text(order.effective_totals())),
             wrong);
    Expect(Amount(order.invoiced_amount()) == Amount(billed.totals.total()), name,
           "does not know what is invoiced", wrong);
    Expect(Amount(order.paid_amount()) == billed.paid, name, "does not know what is paid", wrong);
  });
}

void CheckInvoices(const World& world, Wrong* wrong) {
  world.Each<Invoice>("invoices", [&](const std::string& name, const Invoice& invoice) {
    if (invoice.state() != Invoice::ISSUED || invoice.type() != Invoice::INVOICE) return;
    Decimal paid, credited;
    for (const auto& entry : invoice.payments()) {
      const bool comes_in = entry.kind() == billing::v1::PaymentEntry::PAYMENT;
      paid += comes_in ? Amount(entry.amount()) : -Amount(entry.amount());
    }
    Totals credits;
    for (const auto& credit : invoice.credits()) credits = domain::Plus(credits, credit.totals());
    credited = Amount(credits.total());
    Decimal deducted;
    for (const auto& one : invoice.deductions()) deducted += Amount(one.totals().total());
    Expect(Amount(invoice.deducted_amount()) == deducted, name, "its deductions do not add up",
           wrong);
    const Decimal owed = Amount(invoice.totals().total()) - deducted - credited;
    Expect(Amount(invoice.paid_amount()) == paid, name, "its payments do not add up", wrong);
    Expect(Amount(invoice.credited_amount()) == credited, name, "its credits do not add up", wrong);
    Expect(Amount(invoice.balance()) == owed - paid, name, "its balance is another", wrong);
    Expect(!owed.IsNegative(), name, "more is credited than was invoiced", wrong);
    const Invoice::PaymentState state = paid > owed         ? Invoice::OVERPAID
                                        : paid == owed      ? Invoice::PAID
                                        : paid.IsPositive() ? Invoice::PARTLY_PAID
                                                            : Invoice::UNPAID;
    Expect(invoice.payment_state() == state, name,
           absl::StrCat("is ", Invoice::PaymentState_Name(invoice.payment_state()), " with ",
                        paid.ToString(), " paid of ", owed.ToString()),
           wrong);
    for (const auto& quantity : invoice.credited_quantities()) {
      for (const auto& line : invoice.lines())
        Expect(line.line_id() != quantity.line_id() ||
                   Decimal::Of(quantity.quantity()) <= Decimal::Of(line.quantity()),
               name, "more of a line is credited than was invoiced", wrong);
    }
    for (const auto& credit : invoice.credits()) {
      const auto* note = world.Get<Invoice>(credit.credit_note());
      Expect(note != nullptr && Same(note->totals(), credit.totals()), name,
             absl::StrCat("its credit note ", credit.credit_note(), " says something else"), wrong);
    }
  });
}

// A payment is what invoices took of it, what is the payer's credit, and what was paid back; and
// each invoice has the share that the payment says. Nothing is on its way while all is still.
void CheckPayments(const World& world, Wrong* wrong) {
  using billing::v1::Payment;
  world.Each<Payment>("payments", [&](const std::string& name, const Payment& payment) {
    const bool reversed = payment.state() == Payment::REVERSED;
    Decimal taken;
    for (int i = 0; i < payment.allocations_size(); ++i) {
      const auto& allocation = payment.allocations(i);
      Expect(allocation.settled(), name, "a share of it is on its way for ever", wrong);
      taken += Amount(allocation.taken_amount());
      const auto* invoice = world.Get<Invoice>(allocation.invoice());
      Decimal there;
      for (const auto& entry : invoice->payments()) {
        if (entry.payment() == name && entry.allocation() == i + 1 &&
            entry.kind() == billing::v1::PaymentEntry::PAYMENT)
          there += Amount(entry.amount());
      }
      Expect(there == Amount(allocation.taken_amount()), name,
             absl::StrCat(allocation.invoice(), " has ", there.ToString(), " of its share ", i + 1),
             wrong);
    }
    const Decimal sum =
        taken + Amount(payment.unallocated_amount()) + Amount(payment.refunded_amount());
    Expect(reversed || sum == Amount(payment.amount()), name,
           absl::StrCat("comes to ", sum.ToString(), " of ", Amount(payment.amount()).ToString()),
           wrong);
    Expect(!Amount(payment.unallocated_amount()).IsNegative(), name, "more is spread than came in",
           wrong);
  });
}

void CheckNumbers(const World& world, Wrong* wrong) {
  std::map<std::tuple<std::string, int, int>, int64_t> last;
  std::set<std::pair<std::string, std::string>> numbers;
  world.EachEvent<billing::v1::InvoiceIssued>([&](const auto& record, const auto& event) {
    const Invoice& invoice = event.invoice();
    const int64_t next = ++last[{invoice.seller(), invoice.type(), invoice.issue_date().year()}];
    Expect(invoice.sequence() == next, record.subject(),
           absl::StrCat("is number ", invoice.number(), " where ", next, " was next"), wrong);
    Expect(numbers.insert({invoice.seller(), invoice.number()}).second, record.subject(),
           absl::StrCat("its number ", invoice.number(), " is another's too"), wrong);
  });
}

// What one service was told of another is what is.
void CheckAgreement(const World& world, Wrong* wrong) {
  using opportunity::v1::Opportunity;
  using opportunity::v1::QuoteRecord;
  world.Each<Opportunity>("opportunities", [&](const std::string& name, const Opportunity& one) {
    for (const QuoteRecord& known : one.quotes()) {
      const auto* quote = world.Get<Quote>(known.quote());
      const std::string state = quote == nullptr ? "DELETED" : Quote::State_Name(quote->state());
      Expect(QuoteRecord::State_Name(known.state()) == state, name,
             absl::StrCat("takes ", known.quote(), " for ", QuoteRecord::State_Name(known.state()),
                          ", which is ", state),
             wrong);
    }
    for (const auto& known : one.orders()) {
      const auto* order = world.Get<Order>(known.order());
      Expect(order != nullptr && known.canceled() == (order->state() == Order::CANCELED), name,
             absl::StrCat("does not know how ", known.order(), " stands"), wrong);
    }
    const auto* lead = world.Get<lead::v1::Lead>(one.lead());
    if (lead == nullptr || lead->opportunity() != name) return;
    const std::string told = lead::v1::Lead::OpportunityState_Name(lead->opportunity_state());
    Expect(told == absl::StrCat("OPPORTUNITY_", Opportunity::State_Name(one.state())), one.lead(),
           absl::StrCat("takes ", name, " for ", told, ", which is ",
                        Opportunity::State_Name(one.state())),
           wrong);
  });
  world.Each<Quote>("quotes", [&](const std::string& name, const Quote& quote) {
    const auto* one = world.Get<Opportunity>(quote.opportunity());
    if (one == nullptr) return;
    Expect(std::any_of(one->quotes().begin(), one->quotes().end(),
                       [&](const QuoteRecord& known) { return known.quote() == name; }),
           quote.opportunity(), absl::StrCat("does not know of ", name), wrong);
  });
}

// An opportunity stands at a stage that its process has, in the revision that it follows.
void CheckProcesses(const World& world, Wrong* wrong) {
  using opportunity::v1::Opportunity;
  using opportunity::v1::ProcessDefinition;
  std::map<std::string, std::vector<ProcessDefinition>> revisions;
  for (const Happened& happened : world.events()) {
    auto& of_name = revisions[happened.record.subject()];
    if (const auto* created = dynamic_cast<const opportunity::v1::ProcessDefinitionCreated*>(
            happened.payload.get())) {
      of_name.push_back(created->process_definition());
    } else if (const auto* updated = dynamic_cast<const opportunity::v1::ProcessDefinitionUpdated*>(
                   happened.payload.get())) {
      of_name.push_back(of_name.back());
      domain::CopyFields(updated->process_definition(), updated->update_mask(), &of_name.back());
    }
  }
  world.Each<Opportunity>("opportunities", [&](const std::string& name, const Opportunity& one) {
    if (one.process_definition().empty()) return;
    const auto& of_process = revisions[one.process_definition()];
    const auto revision = static_cast<size_t>(one.process_revision());
    const bool is_known = revision >= 1 && revision <= of_process.size();
    Expect(is_known, name, "follows a revision that never was", wrong);
    if (!is_known) return;
    const auto& stages = of_process[revision - 1].stages();
    Expect(std::any_of(stages.begin(), stages.end(),
                       [&](const auto& stage) { return stage.stage() == one.stage(); }),
           name, absl::StrCat("stands at ", one.stage(), ", which its process does not have"),
           wrong);
  });
}

// What honest callers can bring about all the same, and only an operator can decide.
bool MayBeParked(const common::v1::ParkedReaction&) { return false; }

void CheckParked(const World& world, Wrong* wrong) {
  world.EachEvent<common::v1::ReactionParked>([&](const auto&, const auto& event) {
    const auto& parked = event.parked_reaction();
    Expect(
        MayBeParked(parked), parked.resource(),
        absl::StrCat(parked.reaction(), " was parked: ", parked.reason(), ": ", parked.message()),
        wrong);
  });
}

}  // namespace

std::vector<std::string> Broken(const World& world) {
  Wrong wrong;
  CheckSignsOfAll(world, &wrong);
  CheckOrdersOfQuotes(world, &wrong);
  CheckOrders(world, &wrong);
  CheckInvoices(world, &wrong);
  CheckPayments(world, &wrong);
  CheckNumbers(world, &wrong);
  CheckAgreement(world, &wrong);
  CheckProcesses(world, &wrong);
  CheckParked(world, &wrong);
  return wrong;
}

}  // namespace leadstream::process
