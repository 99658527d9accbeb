#include "services/ordering/order_lines.h"

#include <absl/strings/match.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/strip.h>
#include <google/protobuf/util/message_differencer.h>

#include <set>
#include <string>
#include <utility>

#include "common/domain/lines.h"
#include "common/domain/totals.h"
#include "leadstream/ordering/v1/error_reason.pb.h"
#include "services/ordering/order_amounts.h"

namespace leadstream::ordering {
namespace {

using domain::Decimal;
using domain::FieldViolation;
using google::protobuf::util::MessageDifferencer;
using v1::Order;
using v1::OrderLine;

// An invoice is not due later than ten years after its date.
constexpr int kPaymentDaysMax = 3650;

std::string PathOf(int index) { return absl::StrCat("order.lines[", index, "]"); }

// What common/domain says of "lines[1].line_id", the second of the lines it was shown, as a path
// into the request, in which that line is number `indexes[1]`.
std::string RequestPath(absl::string_view path, const std::vector<int>& indexes) {
  int index = 0;
  if (!absl::ConsumePrefix(&path, "lines[")) return absl::StrCat("order.", path);
  const size_t end = path.find(']');
  if (end == absl::string_view::npos || !absl::SimpleAtoi(path.substr(0, end), &index))
    return "order.lines";
  return absl::StrCat(PathOf(indexes.at(static_cast<size_t>(index))), ".line",
                      path.substr(end + 1));
}

const OrderLine* FindLine(const Order& order, const std::string& line_id) {
  for (const OrderLine& line : order.lines()) {
    if (line.line().line_id() == line_id) return &line;
  }
  return nullptr;
}

void CheckFields(const Order& order, std::vector<FieldViolation>* bad) {
  if (order.account().empty() && order.contact().empty())
    bad->push_back({"order.account", "an order has an account or a contact"});
  if (order.payment_days() < 0 || order.payment_days() > kPaymentDaysMax) {
    bad->push_back({"order.payment_days", absl::StrCat("is between 0 and ", kPaymentDaysMax)});
  }
  if (order.lines().empty()) bad->push_back({"order.lines", "an order has a line at least"});
}

// Keys that the order has already stay; the others are given, or checked to be new.
void GiveKeys(const Order& before, Order* after, std::vector<FieldViolation>* bad) {
  domain::Lines lines, added;
  std::vector<int> added_indexes;
  for (int i = 0; i < after->lines_size(); ++i) {
    const common::v1::Line& line = after->lines(i).line();
    const bool kept = !line.line_id().empty() && FindLine(before, line.line_id()) != nullptr;
    if (!kept) added_indexes.push_back(i);
    *(kept ? lines : added).Add() = line;
  }
  const int kept_count = lines.size();
  int64_t next_line = before.next_line();
  for (const FieldViolation& violation : domain::AddLines(added, "lines", &lines, &next_line)) {
    bad->push_back({RequestPath(violation.field, added_indexes), violation.description});
  }
  if (lines.size() != after->lines_size()) return;  // too many of them
  after->set_next_line(next_line);
  for (size_t i = 0; i < added_indexes.size(); ++i) {
    after->mutable_lines(added_indexes[i])
        ->mutable_line()
        ->set_line_id(lines[kept_count + static_cast<int>(i)].line_id());
  }
}

void CheckPrices(const Order& order, OrderProblems* problems) {
  std::set<std::string> named;
  std::vector<int> indexes;
  for (const FieldViolation& violation : problems->lines) named.insert(violation.field);
  for (int i = 0; i < order.lines_size(); ++i) {
    indexes.push_back(i);
    if (!domain::IsPriced(order.lines(i).line()))
      problems->lines.push_back({PathOf(i) + ".line.unit_price", "an ordered line has a price"});
  }
  for (const FieldViolation& violation :
       domain::DocumentProblems(order.currency(), LinesOf(order), order.adjustments())) {
    const std::string path = RequestPath(violation.field, indexes);
    if (!named.insert(path).second) continue;
    (absl::StartsWith(violation.field, "lines") ? problems->lines : problems->fields)
        .push_back({path, violation.description});
  }
}

// Something of it was canceled; if it changed, it could not be told any more of how much.
bool IsSettled(const OrderLine& line) { return Decimal::Of(line.canceled_quantity()).IsPositive(); }

void KeepProgress(const Order& before, Order* after, std::vector<FieldViolation>* bad) {
  std::set<std::string> kept;
  for (int i = 0; i < after->lines_size(); ++i) {
    OrderLine* line = after->mutable_lines(i);
    const OrderLine* earlier = FindLine(before, line->line().line_id());
    OrderLine continued = earlier != nullptr ? *earlier : OrderLine();
    *continued.mutable_line() = line->line();
    domain::PriceLine(after->currency(), continued.mutable_line());
    if (earlier != nullptr && IsSettled(*earlier) &&
        !MessageDifferencer::Equals(*earlier, continued)) {
      bad->push_back({PathOf(i), "something of this line was canceled: it stays as it is"});
    }
    kept.insert(line->line().line_id());
    *line = std::move(continued);
  }
  for (const OrderLine& line : before.lines()) {
    if (IsSettled(line) && !kept.contains(line.line().line_id())) {
      bad->push_back({"order.lines", absl::StrCat("something of line \"", line.line().line_id(),
                                                  "\" was canceled: it stays")});
    }
  }
}

}  // namespace

domain::Refusal OrderProblems::Refused() const {
  std::vector<FieldViolation> all = fields;
  all.insert(all.end(), lines.begin(), lines.end());
  if (fields.empty())
    return domain::RefuseFields(v1::ORDER_LINE_INVALID, "these lines cannot be ordered", all);
  return domain::RefuseFields(v1::ORDER_FIELDS_INVALID,
                              "these fields of an order are missing or out of range", all);
}

OrderProblems CompleteOrder(const Order& before, Order* after) {
  OrderProblems problems;
  CheckFields(*after, &problems.fields);
  GiveKeys(before, after, &problems.lines);
  CheckPrices(*after, &problems);
  KeepProgress(before, after, &problems.lines);
  PriceOrder(after);
  if (problems.empty() && !HasOpenLines(*after)) {
    problems.lines.push_back(
        {"order.lines", "nothing would be left to deliver; cancel the order instead"});
  }
  return problems;
}

}  // namespace leadstream::ordering
