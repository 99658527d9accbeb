#include "common/domain/formats.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace leadstream::domain {
namespace {

void Expect(bool (*is)(absl::string_view), const std::vector<std::string>& good,
            const std::vector<std::string>& bad) {
  for (const std::string& text : good) EXPECT_TRUE(is(text)) << text;
  for (const std::string& text : bad) EXPECT_FALSE(is(text)) << text;
  EXPECT_FALSE(is(""));
}

TEST(Formats, Email) {
  Expect(IsEmail,
         {"anna@example.com", "a.b+c@x-y.co.uk", "O'Neil@EXAMPLE.HU", "kovács@példa.hu",
          std::string(64, 'a') + "@b.hu", "1@2.3a"},
         {"anna",
          "anna@",
          "@b.hu",
          "a@b",
          "a@b.",
          "a@.hu",
          "a@b..hu",
          "a@-b.hu",
          "a@b-.hu",
          "a@@b.hu",
          "a@b@c.hu",
          "a b@c.hu",
          ".a@b.hu",
          "a.@b.hu",
          "a..b@c.hu",
          "a@b.hu ",
          "a@b.hu,c@d.hu",
          "Anna <a@b.hu>",
          "a@1.2.3.4",
          "a@[1.2.3.4]",
          std::string(65, 'a') + "@b.hu",
          "a\xC2\xA0"
          "b@c.hu",
          "a@b\xE2\x80\x8B.hu",
          "a@" + std::string(64, 'b') + ".hu",
          "a@" + std::string(260, 'b'),
          std::string("a\0b@c.hu", 8)});
}

TEST(Formats, Country) {
  Expect(IsCountry, {"AD", "HU", "DE", "GB", "ZW", "AX", "SS"},
         {"hu", "H", "HUN", "XK", "UK", "EU", "AA", "ZZ", "A\n"});
}

TEST(Formats, Language) {
  Expect(IsLanguage,
         {"hu", "de-AT", "zh-Hans-CN", "sr-Latn", "es-419", "de-1996", "sl-rozaj-biske",
          "en-u-co-phonebk", "x-house", "en-x-a-b", "zh-yue-HK", "gsw"},
         {"h", "hungarian-", "hu-", "-hu", "hu_HU", "hu--HU", "de-AT-AT", "en-a", "en-x", "12",
          "de-DE-Latn", "i", "toolonglanguage", "hú"});
}

TEST(Formats, Uri) {
  Expect(IsUri,
         {"https://example.com/a?b=c#d", "example.com", "www.példa.hu", "example.com:8080/path",
          "example.com/a:b", "mailto:a@b.hu", "urn:isbn:123", "http://localhost", "https://[::1]/"},
         {"example", "http://", "http:///x", "://x", "1http://x", "a b.hu", "http://x y",
          "example.com:", "example.com:99999999", "http:", "<http://a.hu>", "//a.hu",
          "example.com\n"});
}

TEST(Formats, Id) {
  Expect([](absl::string_view text) { return IsId(text); },
         {"a", "7", "a-b.c", std::string(63, 'a'), "0190b3e2-7c1f-7aaa-8bbb-123456789abc"},
         {"A", "-a", "a-", ".a", "a.", "a_b", "a/b", "á", std::string(64, 'a')});
}

TEST(Formats, RequestId) {
  Expect(IsRequestId, {"a", "A B/~", std::string(64, 'x')},
         {std::string(65, 'x'), "a\n", "é", std::string(1, '\0'), "\x7F"});
}

TEST(Formats, CodePointsCountCharacters) {
  EXPECT_EQ(CodePoints(""), 0u);
  EXPECT_EQ(CodePoints("öüó"), 3u);
  EXPECT_EQ(CodePoints("a😀b"), 3u);
}

TEST(Formats, Address) {
  Expect(IsAddress, {"127.0.0.1:7400", "localhost:0", "[::1]:65535", ":7400"},
         {"", "localhost", "localhost:", "7400", "host:-1", "host:65536", "host:http"});
}

TEST(Formats, GarbageIsRefusedWithoutHarm) {
  std::mt19937 random(4711);
  for (int round = 0; round < 20000; ++round) {
    std::string text(random() % 20, ' ');
    for (char& c : text) c = "a1@.-:/?#[]%\xC2\xA0\xE2\x80"[random() % 17];
    for (bool (*is)(absl::string_view) :
         {IsEmail, IsHostName, IsUri, IsLanguage, IsCountry, IsRequestId, IsAddress})
      is(text);
    IsId(text);
  }
}

}  // namespace
}  // namespace leadstream::domain
