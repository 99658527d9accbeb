#include "services/lead/account_rules.h"

#include "common/domain/formats.h"
#include "common/domain/update.h"
#include "leadstream/lead/v1/error_reason.pb.h"
#include "services/lead/merging.h"
#include "services/lead/phone_numbers.h"

namespace leadstream::lead {
namespace {

using namespace v1;  // NOLINT(google-build-using-namespace): a page of rules, all about these
                     // messages
using domain::Context;
using domain::Decision;
using domain::RefuseFields;

domain::Refusal Nameless() {
  return RefuseFields(ACCOUNT_INCOMPLETE, "an account has a name",
                      {{"account.display_name", "give the company's name"}});
}

}  // namespace

std::vector<std::string> Needs(const CreateAccountRequest& request) {
  if (request.account().lead().empty()) return {};
  return {request.account().lead()};
}

Decision Decide(const Account&, const CreateAccountRequest& request, const Context&) {
  AccountCreated created;
  Account& account = *created.mutable_account();
  account = request.account();
  account.clear_name();
  account.clear_etag();
  if (domain::IsBlank(account.display_name())) return Nameless();
  UnderstandPhones(account.address().country(), account.mutable_phones());
  return created;
}

Decision Decide(const Account& account, const UpdateAccountRequest& request,
                const Context& context) {
  if (!account.merged_into().empty()) return Merged(context.name, account);
  AccountUpdated updated;
  Account after = account;
  if (auto refusal = domain::RefuseUpdate(request.account(), request.update_mask(), &after,
                                          updated.mutable_update_mask()))
    return *std::move(refusal);
  if (domain::IsBlank(after.display_name())) return Nameless();
  UnderstandChangedPhones(after.address().country(), account.phones(), after.mutable_phones());
  *updated.mutable_update_mask() = domain::ChangedFields(account, after);
  domain::CopyFields(after, updated.update_mask(), updated.mutable_account());
  return updated;
}

std::vector<std::string> Needs(const MergeAccountsRequest& request) { return {request.into()}; }

Decision Decide(const Account& account, const MergeAccountsRequest& request,
                const Context& context) {
  return DecideMerge(account, request, context);
}

Decision Decide(const Account& account, const FillAccountRequest& request, const Context& context) {
  return DecideFill(account, request, context);
}

void Evolve(const AccountCreated& event, Account* account) { *account = event.account(); }
void Evolve(const AccountUpdated& event, Account* account) {
  domain::CopyFields(event.account(), event.update_mask(), account);
}
void Evolve(const AccountFilled& event, Account* account) { EvolveFilled(event, account); }
void Evolve(const AccountMerged& event, Account* account) {
  account->set_merged_into(event.into());
}

}  // namespace leadstream::lead
