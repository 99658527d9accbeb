#include "cli/verify/amount_checks.h"

#include <absl/strings/str_cat.h>

#include <map>
#include <mutex>
#include <set>
#include <vector>

#include "common/domain/money.h"
#include "common/log/position.h"
#include "leadstream/common/v1/document.pb.h"

namespace leadstream::verify {
namespace {

using common::v1::Totals;
using domain::Decimal;
using domain::ToDecimal;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool HoldsTotals(const Descriptor* type, std::set<const Descriptor*>* seen) {
  if (type == Totals::descriptor()) return true;
  if (!seen->insert(type).second) return false;
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
        HoldsTotals(field->message_type(), seen))
      return true;
  }
  return false;
}

// Most events say nothing of amounts.
bool MayHoldTotals(const Descriptor* type) {
  static std::mutex mutex;
  static auto* const known = new std::map<const Descriptor*, bool>;
  const std::lock_guard lock(mutex);
  auto [at, is_new] = known->try_emplace(type, false);
  std::set<const Descriptor*> seen;
  if (is_new) at->second = HoldsTotals(type, &seen);
  return at->second;
}

template <typename Show>
void EachTotals(const Message& message, const Show& show) {
  if (message.GetDescriptor() == Totals::descriptor())
    return show(static_cast<const Totals&>(message));
  if (!MayHoldTotals(message.GetDescriptor())) return;
  const auto& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      EachTotals(reflection.GetMessage(message, field), show);
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i)
      EachTotals(reflection.GetRepeatedMessage(message, field, i), show);
  }
}

std::string WhatDiffers(const Totals& totals) {
  const Decimal net = ToDecimal(totals.net());
  const Decimal computed =
      ToDecimal(totals.lines()) - ToDecimal(totals.discount()) + ToDecimal(totals.freight());
  if (computed != net)
    return absl::StrCat("lines, discount and freight come to ", computed.ToString(), ", net is ",
                        net.ToString());
  Decimal tax, taxable;
  for (const auto& of : totals.taxes()) {
    tax += ToDecimal(of.tax());
    taxable += ToDecimal(of.taxable());
  }
  if (tax != ToDecimal(totals.tax()))
    return absl::StrCat("the taxes come to ", tax.ToString(), ", tax is ",
                        ToDecimal(totals.tax()).ToString());
  if (taxable != net)
    return absl::StrCat("what is taxed comes to ", taxable.ToString(), ", net is ", net.ToString());
  const Decimal total = net + tax + ToDecimal(totals.rounding());
  if (total != ToDecimal(totals.total()))
    return absl::StrCat("net, tax and rounding come to ", total.ToString(), ", total is ",
                        ToDecimal(totals.total()).ToString());
  return "";
}

bool IsMixed(const Totals& totals) {
  std::set<std::string> currencies;
  for (const auto* amount : {&totals.lines(), &totals.discount(), &totals.freight(), &totals.net(),
                             &totals.tax(), &totals.total(), &totals.rounding()})
    currencies.insert(amount->currency_code());
  for (const auto& of : totals.taxes()) {
    currencies.insert(of.taxable().currency_code());
    currencies.insert(of.tax().currency_code());
  }
  currencies.erase("");
  return currencies.size() > 1;
}

}  // namespace

void CheckAmounts(const std::string& service, const log::LoggedRecord& logged,
                  const Message& payload, Findings* findings) {
  auto report = [&](const char* check, std::string what) {
    findings->Add({check, log::ToString({service, logged.partition, logged.offset}),
                   logged.record.subject(), std::move(what)});
  };
  EachTotals(payload, [&](const Totals& totals) {
    if (IsMixed(totals)) report("currency-mixed", "its totals are of several currencies");
    if (std::string what = WhatDiffers(totals); !what.empty()) report("totals-differ", what);
  });
}

}  // namespace leadstream::verify
