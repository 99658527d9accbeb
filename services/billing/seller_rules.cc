#include "services/billing/seller_rules.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include <string>

#include "common/domain/formats.h"
#include "common/domain/update.h"
#include "services/billing/bank_accounts.h"
#include "services/billing/invoice_names.h"
#include "services/billing/problems.h"
#include "services/billing/reminder_rules.h"

namespace leadstream::billing {
namespace {

using namespace v1;  // NOLINT(google-build-using-namespace): a page of rules, all about these
                     // messages
using domain::Context;
using domain::Decision;

std::string SellerKey(absl::string_view id) { return absl::StrCat("seller/", id); }

void CheckContent(const Seller& seller, Problems* problems) {
  if (domain::IsBlank(seller.party().name()))
    problems->Add(SELLER_INVALID, "seller.party.name", "is required: the company's name in law");
  CheckPaymentDays("seller.", seller.payment_days(), SELLER_INVALID, problems);
  CheckReminderDays("seller.", seller.reminder_days(), SELLER_INVALID, problems);
  for (int i = 0; i < seller.bank_accounts_size(); ++i)
    CheckBankAccount(absl::StrCat("seller.bank_accounts[", i, "]."), seller.bank_accounts(i),
                     problems);
}

}  // namespace

Decision Decide(const Seller&, const CreateSellerRequest& request, const Context& context) {
  Problems problems;
  if (absl::StrContains(IdOf(context.name), '.'))
    problems.Add(SELLER_INVALID, "seller_id", "has no dots");
  CheckContent(request.seller(), &problems);
  if (problems.any()) return problems.Refuse("the seller cannot be described so");
  SellerCreated created;
  *created.mutable_seller() = request.seller();
  created.mutable_seller()->clear_name();
  created.mutable_seller()->clear_etag();
  return created;
}

Decision Decide(const Seller& seller, const UpdateSellerRequest& request, const Context&) {
  Seller after = seller;
  SellerUpdated updated;
  if (auto refusal = domain::RefuseUpdate(request.seller(), request.update_mask(), &after,
                                          updated.mutable_update_mask()))
    return *std::move(refusal);
  Problems problems;
  CheckContent(after, &problems);
  if (problems.any()) return problems.Refuse("the seller cannot be changed so");
  domain::CopyFields(after, updated.update_mask(), updated.mutable_seller());
  return updated;
}

void Evolve(const SellerCreated& event, Seller* seller) { *seller = event.seller(); }

void Evolve(const SellerUpdated& event, Seller* seller) {
  domain::CopyFields(event.seller(), event.update_mask(), seller);
}

void Remember(const SellerCreated&, const Seller& after, domain::MutableFacts* facts) {
  facts->Put(SellerKey(IdOf(after.name())), after.SerializeAsString());
}

void Remember(const SellerUpdated&, const Seller& after, domain::MutableFacts* facts) {
  facts->Put(SellerKey(IdOf(after.name())), after.SerializeAsString());
}

void FillFromSeller(const domain::Facts& facts, Invoice* draft) {
  const auto remembered = facts.Get(SellerKey(draft->seller()));
  Seller seller;
  if (!remembered || !seller.ParseFromString(*remembered)) return;
  if (!draft->has_seller_party()) *draft->mutable_seller_party() = seller.party();
  if (draft->seller_notice().empty()) draft->set_seller_notice(seller.notice());
  if (draft->payment_terms().empty()) draft->set_payment_terms(seller.payment_terms());
  if (draft->payment_days() == 0) draft->set_payment_days(seller.payment_days());
  if (draft->reminder_days().empty()) *draft->mutable_reminder_days() = seller.reminder_days();
  const BankAccount* account = BankAccountFor(draft->currency(), seller.bank_accounts());
  if (!draft->has_pay_to() && account != nullptr) *draft->mutable_pay_to() = *account;
}

}  // namespace leadstream::billing
