// What may happen to a contact. Pure: no clock, no I/O.
#pragma once

#include <string>
#include <vector>

#include "common/domain/context.h"
#include "common/domain/decision.h"
#include "leadstream/lead/v1/contact.pb.h"
#include "leadstream/lead/v1/contact_service.pb.h"
#include "leadstream/lead/v1/events.pb.h"

namespace leadstream::lead {

domain::Decision Decide(const v1::Contact& contact, const v1::CreateContactRequest& request,
                        const domain::Context& context);
domain::Decision Decide(const v1::Contact& contact, const v1::UpdateContactRequest& request,
                        const domain::Context& context);
domain::Decision Decide(const v1::Contact& contact, const v1::MergeContactsRequest& request,
                        const domain::Context& context);
domain::Decision Decide(const v1::Contact& contact, const v1::FillContactRequest& request,
                        const domain::Context& context);
domain::Decision Decide(const v1::Contact& contact, const v1::MoveContactRequest& request,
                        const domain::Context& context);

std::vector<std::string> Needs(const v1::CreateContactRequest& request);
std::vector<std::string> Needs(const v1::UpdateContactRequest& request);
std::vector<std::string> Needs(const v1::MergeContactsRequest& request);

void Evolve(const v1::ContactCreated& event, v1::Contact* contact);
void Evolve(const v1::ContactUpdated& event, v1::Contact* contact);
void Evolve(const v1::ContactFilled& event, v1::Contact* contact);
void Evolve(const v1::ContactMerged& event, v1::Contact* contact);
void Evolve(const v1::ContactMoved& event, v1::Contact* contact);

// The key of the index "of account".
inline constexpr char kOfAccountIndex[] = "of account";
std::vector<std::string> AccountOf(const v1::Contact& contact);

}  // namespace leadstream::lead
