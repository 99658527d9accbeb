#include "services/ordering/order_rules.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <google/api/field_behavior.pb.h>
#include <google/protobuf/util/message_differencer.h>

#include <algorithm>

#include "common/domain/date.h"
#include "common/domain/money.h"
#include "common/domain/update.h"
#include "services/ordering/order_lines.h"

namespace leadstream::ordering {
namespace {

using domain::FieldViolation;
using google::protobuf::util::MessageDifferencer;

// So that the ids of an order's invoices and credit notes, `{order}-{n}-cn{m}`, are ids too, which
// end at 63.
constexpr size_t kInvoiceStemLengthMax = 50;

constexpr char kDefaultSeller[] = "default";

std::string IdOf(const std::string& name) { return name.substr(name.rfind('/') + 1); }

void CheckNames(const Order& order, const std::string& order_name,
                std::vector<FieldViolation>* bad) {
  if (order.seller().find('.') != std::string::npos)
    bad->push_back({"order.seller", "has no dots"});
  const size_t length = InvoiceStemOf(order_name, order.seller()).size();
  if (length > kInvoiceStemLengthMax) {
    bad->push_back(
        {"order_id",
         absl::StrCat(
             "is too long: invoices begin with it, or with seller and it, and that may have ",
             kInvoiceStemLengthMax, " characters, not ", length)});
  }
}

// "O-2026-07-", the part of an order's number that its count is within.
std::string SeriesOf(const Context& context) {
  return absl::StrFormat("O-%04d-%02d-", domain::DayOf(context.now).year(), context.partition);
}

std::string FactOf(absl::string_view series) { return absl::StrCat("order-number/", series); }

std::string NextNumber(const Context& context) {
  const std::string series = SeriesOf(context);
  int64_t last = 0;
  const auto remembered = context.facts->Get(FactOf(series));
  if (remembered.has_value()) (void)absl::SimpleAtoi(*remembered, &last);
  return absl::StrFormat("%s%05d", series, last + 1);
}

// The amounts that were accepted and are others here; those that were not said are not compared.
std::vector<FieldViolation> Differences(const common::v1::Totals& accepted,
                                        const common::v1::Totals& totals) {
  std::vector<FieldViolation> differences;
  const auto compare = [&](const char* path, bool given, const google::type::Money& theirs,
                           const google::type::Money& ours) {
    if (!given || MessageDifferencer::Equivalent(theirs, ours)) return;
    differences.push_back(
        {absl::StrCat("accepted_totals.", path),
         absl::StrCat("accepted were ", domain::ToDecimal(theirs).ToString(), " ",
                      theirs.currency_code(), ", the order comes to ",
                      domain::ToDecimal(ours).ToString(), " ", ours.currency_code())});
  };
  compare("lines", accepted.has_lines(), accepted.lines(), totals.lines());
  compare("discount", accepted.has_discount(), accepted.discount(), totals.discount());
  compare("freight", accepted.has_freight(), accepted.freight(), totals.freight());
  compare("net", accepted.has_net(), accepted.net(), totals.net());
  compare("tax", accepted.has_tax(), accepted.tax(), totals.tax());
  compare("rounding", accepted.has_rounding(), accepted.rounding(), totals.rounding());
  compare("total", accepted.has_total(), accepted.total(), totals.total());
  return differences;
}

bool IsImmutable(const google::protobuf::FieldDescriptor& field) {
  const auto& options = field.options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) == google::api::IMMUTABLE) return true;
  }
  return false;
}

// Fields that an update must not change keep their value: where the request gives another one that
// is bad; where it gives none
// ("*" names every field), they were not meant.
std::vector<FieldViolation> KeepFixedFields(const Order& order, const Order& given,
                                            google::protobuf::FieldMask* differs, Order* after) {
  std::vector<FieldViolation> bad;
  google::protobuf::FieldMask fixed, free;
  for (const std::string& path : differs->paths()) {
    const auto* field = Order::descriptor()->FindFieldByName(path);
    (IsImmutable(*field) ? fixed : free).add_paths(path);
    if (IsImmutable(*field) && given.GetReflection()->HasField(given, field)) {
      bad.push_back({absl::StrCat("order.", path), "is fixed when the order is placed"});
    }
  }
  domain::CopyFields(order, fixed, after);
  *differs = free;
  return bad;
}

// Writes `path` into the mask exactly if the field differs now.
void Recompare(const char* path, const Order& before, const Order& after,
               google::protobuf::FieldMask* mask) {
  MessageDifferencer differencer;
  const auto* field = Order::descriptor()->FindFieldByName(path);
  const bool differs = !differencer.CompareWithFields(before, after, {field}, {field});
  auto* paths = mask->mutable_paths();
  paths->erase(std::remove(paths->begin(), paths->end(), path), paths->end());
  if (differs) mask->add_paths(path);
}

bool Names(const google::protobuf::FieldMask& mask, const char* path) {
  return std::find(mask.paths().begin(), mask.paths().end(), path) != mask.paths().end();
}

}  // namespace

Decision Decide(const Order&, const CreateOrderRequest& request, const Context& context) {
  Order order = request.order();
  order.clear_name();
  order.clear_etag();
  if (order.seller().empty()) order.set_seller(kDefaultSeller);
  OrderProblems problems = CompleteOrder(Order(), &order);
  CheckNames(order, context.name, &problems.fields);
  const bool from_quote = !order.quote().empty();
  if (from_quote && !request.accepted_totals().has_total()) {
    problems.fields.push_back({"accepted_totals.total", "say what the customer accepted"});
  }
  if (!problems.empty()) return problems.Refused();
  if (from_quote && IdOf(order.quote()) != IdOf(context.name)) {
    return RefuseFields(
        ORDER_ID_NOT_OF_QUOTE, "the order of a quote has the quote's id, so that there is one",
        {{"order_id", absl::StrCat("is \"", IdOf(order.quote()), "\" for ", order.quote())}});
  }
  if (auto differences = Differences(request.accepted_totals(), order.totals());
      !differences.empty()) {
    return RefuseFields(ORDER_TOTALS_DIFFER,
                        "the order does not come to what the customer accepted", differences);
  }

  order.set_number(NextNumber(context));
  order.set_state(Order::ACTIVE);
  order.set_billing_state(Order::NOT_INVOICED);
  OrderPlaced event;
  event.set_opportunity(order.opportunity());
  *event.mutable_order() = std::move(order);
  return event;
}

Decision Decide(const Order& order, const UpdateOrderRequest& request, const Context&) {
  if (order.state() != Order::ACTIVE)
    return Refuse(ORDER_NOT_ACTIVE, absl::StrCat("order ", order.number(),
                                                 " was submitted; only an ACTIVE order changes"));
  OrderUpdated event;
  Order after = order;
  auto* mask = event.mutable_update_mask();
  std::vector<FieldViolation> fixed =
      domain::ApplyUpdate(request.order(), request.update_mask(), &after, mask);
  const std::vector<FieldViolation> changed_fixed =
      KeepFixedFields(order, request.order(), mask, &after);
  fixed.insert(fixed.end(), changed_fixed.begin(), changed_fixed.end());
  if (!fixed.empty())
    return RefuseFields(ORDER_FIELD_FIXED, "these fields cannot be changed", fixed);

  const OrderProblems problems = CompleteOrder(order, &after);
  if (!problems.empty()) return problems.Refused();
  for (const char* computed : {"lines", "adjustments", "totals", "effective_totals", "next_line"})
    Recompare(computed, order, after, mask);
  if (!order.quote().empty() && (Names(*mask, "lines") || Names(*mask, "adjustments"))) {
    return Refuse(ORDER_PRICES_LOCKED,
                  absl::StrCat("lines and adjustments are those of ", order.quote(),
                               ", which the customer accepted"));
  }
  domain::CopyFields(after, *mask, event.mutable_order());
  return event;
}

Decision Decide(const Order& order, const SubmitOrderRequest&, const Context& context) {
  if (order.state() != Order::ACTIVE)
    return Refuse(ORDER_NOT_ACTIVE, absl::StrCat("order ", order.number(),
                                                 " is not ACTIVE; only that can be submitted"));
  OrderSubmitted event;
  *event.mutable_submit_time() = context.now;
  return event;
}

std::vector<std::string> Needs(const CreateOrderRequest& request) {
  const Order& order = request.order();
  std::vector<std::string> needs;
  if (!order.quote().empty()) return needs;
  for (const std::string& name : {order.account(), order.contact(), order.opportunity()}) {
    if (!name.empty()) needs.push_back(name);
  }
  return needs;
}

void Evolve(const OrderPlaced& event, Order* order) { order->MergeFrom(event.order()); }

void Evolve(const OrderUpdated& event, Order* order) {
  domain::CopyFields(event.order(), event.update_mask(), order);
}

void Evolve(const OrderSubmitted& event, Order* order) {
  order->set_state(Order::SUBMITTED);
  *order->mutable_submit_time() = event.submit_time();
}

void Remember(const OrderPlaced& event, const Order&, domain::MutableFacts* facts) {
  const std::string& number = event.order().number();
  const size_t count = number.rfind('-') + 1;
  facts->Put(FactOf(number.substr(0, count)), number.substr(count));
}

}  // namespace leadstream::ordering
