// What a command needs may follow from its state, and from what it needs.
#include <gtest/gtest.h>

#include "common/domain/aggregate.h"
#include "leadstream/quoting/v1/quote.pb.h"

namespace leadstream::testing {
namespace {

using google::protobuf::Message;
using quoting::v1::Quote;

TEST(StillNeeded, NamesEachOnceAndNotWhatWasFound) {
  domain::Command command;
  command.needs = [](const Message&, const Message&, const domain::Found&) {
    return std::vector<std::string>{"a", "b", "a", "c"};
  };
  domain::Found found;
  found["b"] = nullptr;
  const Quote nothing;
  EXPECT_EQ(domain::StillNeeded(command, nothing, nothing, found),
            (std::vector<std::string>{"a", "c"}));
  command.needs = nullptr;
  EXPECT_TRUE(domain::StillNeeded(command, nothing, nothing, found).empty());
}

}  // namespace
}  // namespace leadstream::testing
