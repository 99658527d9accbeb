// What may happen to an account. Pure: no clock, no I/O.
#pragma once

#include <string>
#include <vector>

#include "common/domain/context.h"
#include "common/domain/decision.h"
#include "leadstream/lead/v1/account.pb.h"
#include "leadstream/lead/v1/account_service.pb.h"
#include "leadstream/lead/v1/events.pb.h"

namespace leadstream::lead {

domain::Decision Decide(const v1::Account& account, const v1::CreateAccountRequest& request,
                        const domain::Context& context);
domain::Decision Decide(const v1::Account& account, const v1::UpdateAccountRequest& request,
                        const domain::Context& context);
domain::Decision Decide(const v1::Account& account, const v1::MergeAccountsRequest& request,
                        const domain::Context& context);
domain::Decision Decide(const v1::Account& account, const v1::FillAccountRequest& request,
                        const domain::Context& context);

std::vector<std::string> Needs(const v1::CreateAccountRequest& request);
std::vector<std::string> Needs(const v1::MergeAccountsRequest& request);

void Evolve(const v1::AccountCreated& event, v1::Account* account);
void Evolve(const v1::AccountUpdated& event, v1::Account* account);
void Evolve(const v1::AccountFilled& event, v1::Account* account);
void Evolve(const v1::AccountMerged& event, v1::Account* account);

}  // namespace leadstream::lead
