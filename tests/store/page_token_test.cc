// Page tokens are this service's own, each for one request.
#include "common/store/page_token.h"

#include <gtest/gtest.h>

#include <string>

namespace leadstream::store {
namespace {

const PageTokens kTokens("a key of the tests");

TEST(PageToken, GivesThePositionBack) {
  for (const std::string& position :
       {std::string("leads/1"), std::string("\0\xFF\n", 3), std::string(3000, 'x')}) {
    auto read = kTokens.Read("leads\nfilter", kTokens.Make("leads\nfilter", position));
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(*read, position);
  }
}

TEST(PageToken, IsRefusedForAnotherRequestOrKey) {
  const std::string token = kTokens.Make("leads\nstate = OPEN\n", "position");
  EXPECT_TRUE(absl::IsInvalidArgument(kTokens.Read("leads\nstate = QUALIFIED\n", token).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(
      PageTokens("another key of the tests").Read("leads\nstate = OPEN\n", token).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(
      kTokens.Read("leads\nstate = OPEN\np", kTokens.Make("leads\nstate = OPEN\n", "position"))
          .status()))
      << "what is moved from the position to the request is signed otherwise";
}

TEST(PageToken, IsRefusedIfForgedOrCut) {
  const std::string token = kTokens.Make("request", "position");
  for (size_t i = 0; i < token.size(); ++i) {
    EXPECT_FALSE(kTokens.Read("request", token.substr(0, i)).ok()) << "cut to " << i;
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(kTokens.Read("request", changed).ok()) << "changed at " << i;
  }
  for (const char* no_token : {"", "x", "not base64!", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
    EXPECT_FALSE(kTokens.Read("request", no_token).ok()) << no_token;
}

}  // namespace
}  // namespace leadstream::store
