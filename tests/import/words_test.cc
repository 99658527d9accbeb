// What people type, made fit to compare and to keep.
#include "cli/inquiries/words.h"

#include "tests/import/reading.h"

namespace leadstream::inquiries {
namespace {

TEST(Words, AreCleaned) {
  EXPECT_EQ(Clean(" a\t \r\n\r\nb\x01\rc\u2028d\u200B \n "), "a\n\nb\nc\nd");
  EXPECT_EQ(OneLine(" a \n\u00A0 b\t"), "a b");
  EXPECT_EQ(Clean("\xFF a \xC5"), " a ") << "what is no letter is gone at the ends";
}

TEST(Words, AreComparedWithoutCaseAndAccents) {
  EXPECT_EQ(Fold("E-Mail cím:"), "emailcim");
  EXPECT_EQ(Fold("Straße"), "strasse");
  EXPECT_EQ(Fold("ŁÓDŹ Ørsted Đorđe"), "lodzorsteddorde");
  EXPECT_EQ(Fold("ﬁn Ａ"), "fina");
}

TEST(Words, AreCutAtLettersNotBytes) {
  EXPECT_EQ(Cut("őűőű", 4), "őűőű");
  EXPECT_EQ(Cut("őűőű", 3), "őű…");
}

TEST(Words, ThatSayNothing) {
  for (const char* text : {"", " ", "n/a", "N/A", "#N/A", "k.A.", "n. a.", "-", "--", "–", "...",
                           "???", "(none)", "\xEF\xBF\xBD"})
    EXPECT_TRUE(IsNothing(text)) << text;
  for (const char* text : {"0", "na", "no", "?!", "n/a yet", "x"})
    EXPECT_FALSE(IsNothing(text)) << text;
}

TEST(Subjects, LoseTheirReplyPrefixes) {
  EXPECT_EQ(WithoutReplyPrefixes("Re: Fwd: pricing?"), "pricing?");
  EXPECT_EQ(WithoutReplyPrefixes("AW: WG: Vá: Re[2]: Preise"), "Preise");
  EXPECT_EQ(WithoutReplyPrefixes("Anfrage: Preise"), "Anfrage: Preise");
}

TEST(Sentences, ThatTellSomethingAreFound) {
  EXPECT_EQ(TellingSentence("Good morning! Please call. We need\nfive pumps. And more."),
            "We need five pumps");
  EXPECT_EQ(TellingSentence("Please call.\n\nfive pumps..."), "five pumps...");
  EXPECT_EQ(TellingSentence("Please call."), "");
}

}  // namespace
}  // namespace leadstream::inquiries
