// A server with leads that change.
#pragma once

#include <string>
#include <vector>

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
  // The names of a list's resources, over all its pages.
  std::vector<std::string> NamesOf(lead::v1::ListLeadsRequest list) {
    std::vector<std::string> names;
    do {
      auto page = Call<lead::v1::ListLeadsResponse>(list);
      EXPECT_TRUE(page.ok()) << page.status.error_message();
      for (const lead::v1::Lead& lead : page.reply.leads()) names.push_back(lead.name());
      list.set_page_token(page.reply.next_page_token());
    } while (!list.page_token().empty());
    return names;
  }
};

}  // namespace leadstream::testing
