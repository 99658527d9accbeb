// A server with leads that change.
#pragma once

#include <string>

#include "leadstream/lead/v1/lead_service.pb.h"
#include "tests/server/serving.h"

namespace leadstream::testing {

class ServingLeads : public Serving {
 protected:
  Answer<lead::v1::Lead> CreateLead(const std::string& id, const std::string& more = "") {
    lead::v1::CreateLeadRequest create =
        Of<lead::v1::CreateLeadRequest>("lead { topic: '40 seats' company: 'Kovács Kft.' }");
    create.MergeFrom(Of<lead::v1::CreateLeadRequest>(more));
    create.set_lead_id(id);
    return Call<lead::v1::Lead>(create);
  }
  void Assign(const std::string& name, const std::string& owner) {
    lead::v1::AssignLeadRequest assign;
    assign.set_name(name);
    assign.set_owner(owner);
    ASSERT_TRUE(Call<lead::v1::Lead>(assign).ok());
  }
};

}  // namespace leadstream::testing
