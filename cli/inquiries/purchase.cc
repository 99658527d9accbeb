#include "cli/inquiries/purchase.h"

#include <absl/container/flat_hash_map.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>

#include <algorithm>
#include <optional>

#include "cli/inquiries/answers.h"
#include "cli/inquiries/numbers.h"
#include "cli/inquiries/words.h"

namespace leadstream::inquiries {
namespace {

using lead::v1::Lead;

// What was answered, unless it says nothing.
std::string Answer(absl::string_view text) { return IsNothing(text) ? "" : OneLine(text); }

void FillBudget(const Draft& draft, Lead* lead, Remarks* remarks) {
  const std::string words = Answer(draft.budget);
  const std::string currency = Answer(draft.currency);
  if (words.empty()) return;
  // Said by themselves, so it needs no other confirmation.
  if (const std::optional<google::type::Money> money = ReadMoney(words, currency);
      money && (money->units() > 0 || money->nanos() > 0)) {
    *lead->mutable_budget()->mutable_amount() = *money;
    lead->mutable_budget()->set_confirmed(true);
    return;
  }
  const std::optional<bool> yes = ReadYesNo(words);
  if (yes == false && words != "0") return;
  if (yes == true && words != "1")
    lead->mutable_budget()->set_confirmed(true);  // there is one; how much, they do not say
  remarks->Add("Budget", currency.empty() ? words : absl::StrCat(words, " ", currency));
}

void FillDecisionMaker(const Draft& draft, Lead* lead, Remarks* remarks) {
  const std::string words = Answer(draft.decision_maker);
  if (words.empty()) return;
  const std::optional<bool> yes = ReadYesNo(words);
  if (yes == true || MeansTheWriter(words)) {
    const std::string writer =
        OneLine(absl::StrCat(lead->person().given_name(), " ", lead->person().family_name()));
    if (!writer.empty()) return lead->set_decision_maker(writer);
  } else if (yes != false && !IsUndecided(words)) {
    return lead->set_decision_maker(words);
  }
  remarks->Add("Decision maker", words);
}

void FillTimeFrame(const Draft& draft, Lead* lead, Remarks* remarks) {
  static const auto& known = *new absl::flat_hash_map<std::string, Lead::PurchaseTimeFrame>(
      {{"immediate", Lead::IMMEDIATE},
       {"immediately", Lead::IMMEDIATE},
       {"now", Lead::IMMEDIATE},
       {"asap", Lead::IMMEDIATE},
       {"assoonaspossible", Lead::IMMEDIATE},
       {"azonnal", Lead::IMMEDIATE},
       {"surgos", Lead::IMMEDIATE},
       {"sofort", Lead::IMMEDIATE},
       {"dringend", Lead::IMMEDIATE},
       {"thisquarter", Lead::THIS_QUARTER},
       {"eznegyedev", Lead::THIS_QUARTER},
       {"ebbenanegyedevben", Lead::THIS_QUARTER},
       {"diesesquartal", Lead::THIS_QUARTER},
       {"nextquarter", Lead::NEXT_QUARTER},
       {"kovetkezonegyedev", Lead::NEXT_QUARTER},
       {"nachstesquartal", Lead::NEXT_QUARTER},
       {"thisyear", Lead::THIS_YEAR},
       {"iden", Lead::THIS_YEAR},
       {"ezev", Lead::THIS_YEAR},
       {"ebbenazevben", Lead::THIS_YEAR},
       {"diesesjahr", Lead::THIS_YEAR}});
  const std::string words = Answer(draft.time_frame);
  if (words.empty()) return;
  const auto found = known.find(Fold(words));
  if (found != known.end()) {
    lead->set_purchase_time_frame(found->second);
  } else if (IsUndecided(words)) {
    lead->set_purchase_time_frame(Lead::UNDECIDED);
  } else {
    remarks->Add("Time frame", words);
  }
}

// What stands before the colon or the "is", folded. (A heading of a table is known from columns.h;
// these are words of prose.)
struct Label {
  std::string Draft::*field;
  absl::string_view words;
};
constexpr Label kLabels[] = {
    {&Draft::budget,
     "budget ourbudget mybudget thebudget koltsegkeret keret keretunk keretosszeg koltsegkeretunk "
     "akeretunk akoltsegkeretunk unserbudget meinbudget dasbudget "
     "notrebudget lebudget monbudget budzet naszbudzet 予算"},
    {&Draft::decision_maker,
     "decisionmaker thedecisionmaker ourdecisionmaker decisionby decidedby donteshozo adonteshozo "
     "dontesthozo adonteshozonk donteshozonk entscheider "
     "entscheiderin entscheidungstrager derentscheider dieentscheiderin unserentscheider decideur "
     "ledecideur notredecideur decydent decyzjapodejmuje 決裁者 決定者"},
    {&Draft::time_frame,
     "timeframe timeline idotav vasarlasideje zeitrahmen kaufzeitpunkt delai echeance termin "
     "導入時期"},
};

std::string Draft::*FieldSaid(absl::string_view label) {
  static const auto& fields = *[] {
    auto* all = new absl::flat_hash_map<std::string, std::string Draft::*>;
    for (const Label& known : kLabels) {
      for (const absl::string_view word : absl::StrSplit(known.words, ' ', absl::SkipEmpty()))
        all->try_emplace(Fold(word), known.field);
    }
    return all;
  }();
  const auto found = fields.find(Fold(label));
  return found == fields.end() ? nullptr : found->second;
}

}  // namespace

void FillPurchase(const Draft& draft, Lead* lead, Remarks* remarks) {
  FillBudget(draft, lead, remarks);
  FillDecisionMaker(draft, lead, remarks);
  FillTimeFrame(draft, lead, remarks);
}

void ReadStatements(absl::string_view text, Draft* draft) {
  constexpr size_t kLabelMax = 60;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    for (const absl::string_view verb : {":", "：", " is ", " ist ", " est "}) {
      const size_t at = line.find(verb);
      if (at == absl::string_view::npos || at > kLabelMax) continue;
      const auto field = FieldSaid(line.substr(0, at));
      if (field == nullptr || !IsNothing(draft->*field)) continue;
      if (verb[0] == ' ' && field != &Draft::budget)
        continue;  // "The decision maker is on holiday": only a budget shows whether it is one
      std::string value = OneLine(line.substr(at + verb.size()));
      if (absl::EndsWith(value, ".") && !absl::EndsWithIgnoreCase(value, "ft.")) value.pop_back();
      draft->*field = value;
      break;
    }
  }
}

}  // namespace leadstream::inquiries
