// What the lead service's reactions to an event issue.
#pragma once

#include <absl/strings/str_cat.h>

#include <memory>
#include <string>
#include <vector>

#include "services/lead/lead_reactions.h"
#include "tests/domain/known.h"
#include "tests/domain/lead_examples.h"

namespace leadstream::lead {

using google::protobuf::Message;

struct Issued {
  std::string reaction;
  std::shared_ptr<Message> request;
};

inline std::vector<Issued> ReactionsTo(const Message& event, const std::string& record_text = "",
                                       const testing::Known& known = {}) {
  const auto record = Of<common::v1::Record>(record_text);
  const domain::Occurrence on{record, nullptr, [&] { return &known; }};
  std::vector<Issued> issued;
  for (const domain::Reaction& reaction : LeadReactions()) {
    if (reaction.event->GetDescriptor() != event.GetDescriptor()) continue;
    domain::Commands commands;
    EXPECT_TRUE(reaction.react(event, on, &commands).ok());
    for (const auto& command : commands.all()) {
      std::shared_ptr<Message> copy(command.request->New());
      copy->CopyFrom(*command.request);
      issued.push_back({reaction.name, copy});
    }
  }
  return issued;
}

inline std::string Names(const std::vector<Issued>& issued) {
  std::string names;
  for (const Issued& one : issued) absl::StrAppend(&names, names.empty() ? "" : " ", one.reaction);
  return names;
}

}  // namespace leadstream::lead
