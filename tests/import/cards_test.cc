// Business cards of every version of vCard, as telephones and fairs' scanners write them.
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_replace.h>

#include "cli/inquiries/vcard.h"
#include "tests/import/reading.h"

namespace leadstream::inquiries {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string Card(absl::string_view properties) {
  return absl::StrReplaceAll(absl::StrCat("BEGIN:VCARD\n", properties, "END:VCARD\n"),
                             {{"\n", "\r\n"}});
}
std::string OneCard(absl::string_view properties) {
  return Described(ReadFile(Card(properties), "expo_berlin_cards.vcf").lead());
}

TEST(Cards, Of21AreQuotedPrintableWithSoftLineBreaks) {
  EXPECT_EQ(OneCard("VERSION:2.1\n"
                    "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Sz=C5=\n"
                    "=91ke;Gy=C5=91z=C5=91\n"
                    "ORG;CHARSET=UTF-8;QUOTED-PRINTABLE:T=C5=B1zk=C5=91 Kft.\n"
                    "TEL;WORK;VOICE:+36 70 305 9877\n"
                    "EMAIL;PREF;INTERNET:gyozo@tuzko.example\n"
                    "NOTE;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:h=C5=B1t=C5=91g=C3=A9p=0D=0Aa "
                    "gy=C5=91ri =\n"
                    "=C3=BCzembe\n"),
            "topic: hűtőgép a győri üzembe\nperson: Győző / Szőke\ncompany: Tűzkő Kft.\ne-mail: "
            "gyozo@tuzko.example\nphone: +36 70 305 9877\n"
            "source: TRADE_SHOW, fair Expo berlin, from expo_berlin_cards.vcf:1\nneed: hűtőgép a "
            "győri üzembe\nnotes: hűtőgép\\na győri üzembe\n");
}

TEST(Cards, Of21NameTheirOwnCharset) {
  const std::string card = Card(absl::StrCat(
      "VERSION:2.1\nN;CHARSET=windows-1250:", Encoded("Szőke;Győző", "windows-1250"), "\n"));
  EXPECT_EQ(ReadFile(card, "a.vcf").lead().person().given_name(), "Győző");
}

TEST(Cards, WithoutCharsetAreReadInTheEncodingOfTheFile) {
  const std::string card = Card("VERSION:2.1\nN:Fűzfői;Győző\nORG:Hűtő és Tűzhely Kft.\n");
  for (const char* encoding : {"UTF-8", "windows-1250", "UTF-16LE", "UTF-16BE"}) {
    EXPECT_EQ(ReadFile(Encoded(card, encoding), "a.vcf").lead().person().family_name(), "Fűzfői")
        << encoding;
  }
}

TEST(Cards, Of30AreFoldedHaveAPictureAndApplesGroups) {
  EXPECT_EQ(
      OneCard("VERSION:3.0\n"
              "N:Hamilton;Sheri;;;\n"
              "FN:Sheri Hamilton\n"
              "ORG:Henderson\\, Smith Inc;Purchasing\n"
              "TITLE:Head of Purchasing\n"
              "item1.EMAIL;type=INTERNET;type=pref:sheri.hamilton@hendersoninc.exampl\n"
              " e\n"
              "item1.X-ABLabel:_$!<Work>!$_\n"
              "TEL;type=CELL;type=VOICE:(258) 502-3755\n"
              "ADR;type=WORK:;;20082 Davis Road\\, Suite 822;Lanestad;IN;46106;US\n"
              "URL:www.henderson.example\n"
              "NOTE:40 seats\\, roll-out in Q1\\nPlease call.\n"
              "PHOTO;ENCODING=b;TYPE=JPEG:CUHj1tC+UflA0AjPklzZkwtifYn\n"
              " J3jDHWD5MLFNrQwdYA4/PmQ=\n"),
      "topic: 40 seats, roll-out in Q1 Please call\nperson: Sheri / Hamilton, Head of "
      "Purchasing\ncompany: Henderson, Smith Inc\ne-mail: sheri.hamilton@hendersoninc.example\n"
      "phone: (258) 502-3755\nweb site: www.henderson.example\naddress: 20082 Davis Road, Suite "
      "822; Lanestad; 46106; IN; US\n"
      "source: TRADE_SHOW, fair Expo berlin, from expo_berlin_cards.vcf:1\nneed: 40 seats, "
      "roll-out in Q1 Please call\n"
      "notes: 40 seats, roll-out in Q1\\nPlease call.\\n\\nDepartment: Purchasing\n");
}

TEST(Cards, AreFoldedInsideALetter) {
  const std::string card = Card("VERSION:3.0\nN:Sz\xC5\n \x91ke;Anna\n");
  EXPECT_EQ(ReadFile(card, "a.vcf").lead().person().family_name(), "Szőke");
}

TEST(Cards, Of40HaveUrisAndPreferences) {
  EXPECT_EQ(OneCard("VERSION:4.0\n"
                    "FN:Zoltán Molnár\n"
                    "N:Molnár;Zoltán;;;\n"
                    "EMAIL;PREF=2:second@farkas.example\n"
                    "EMAIL;PREF=1:first@farkas.example\n"
                    "TEL;VALUE=uri;TYPE=\"voice,work\":tel:+36-20-703-0715;ext=5\n"
                    "LANG:hu\n"
                    "NOTE:pilot for the Győr site\n"
                    "REV:20260415T101500Z\n"),
            "topic: pilot for the Győr site\nperson: Zoltán / Molnár\ne-mail: "
            "first@farkas.example, second@farkas.example\nphone: +36-20-703-0715\n"
            "source: TRADE_SHOW, fair Expo berlin, from expo_berlin_cards.vcf:1\nneed: pilot for "
            "the Győr site\nlanguage: hu\nnotes: pilot for the Győr site\n");
}

TEST(Cards, WithAFullNameAloneAreSplit) {
  EXPECT_EQ(
      ReadFile(Card("VERSION:4.0\nFN:Anna Mária Kovács\n"), "a.vcf").lead().person().family_name(),
      "Kovács");
}

TEST(Cards, OfCompaniesNameNobody) {
  for (const char* properties :
       {"VERSION:4.0\nKIND:org\nFN:Farkas Bt.\n", "VERSION:3.0\nFN:Farkas Bt.\nORG:Farkas Bt.\n"}) {
    const lead::v1::Lead lead = ReadFile(Card(properties), "a.vcf").lead();
    EXPECT_EQ(lead.company(), "Farkas Bt.");
    EXPECT_FALSE(lead.has_person());
  }
}

TEST(Cards, FromNoParticularFairNameNone) {
  EXPECT_EQ(ReadFile(Card("FN:Anna Kiss\n"), "fair_cards.vcf").lead().source_detail().fair(), "");
  EXPECT_EQ(ReadFile(Card("FN:Anna Kiss\n"), "fair_cards.vcf", {.fair = "CeBIT"})
                .lead()
                .source_detail()
                .fair(),
            "CeBIT");
}

TEST(Cards, ThatAreBrokenDoNotStopTheOthers) {
  const Reading reading = ReadFile(
      absl::StrCat(Card("FN:Anna Kiss\n"), "BEGIN:VCARD\nFN:Un Ended\n", Card("FN:Béla Nagy\n"),
                   "what is this\n", Card("NOTE:nobody\n"), "BEGIN:VCARD\nFN:Cut"),
      "a.vcf");
  EXPECT_EQ(reading.inquiries.size(), 2u);
  EXPECT_EQ(reading.inquiries[1].request.lead().person().family_name(), "Nagy");
  EXPECT_THAT(reading.complaints(),
              ElementsAre("a.vcf:4: the card does not end: END:VCARD is missing",
                          "a.vcf:9: text outside of a card: BEGIN:VCARD is missing",
                          HasSubstr("a.vcf:10: nothing to make a lead of"),
                          "a.vcf:13: the card does not end: END:VCARD is missing"));
}

TEST(Cards, InACardAreSkipped) {
  const std::string card = Card(
      "VERSION:2.1\nFN:Anna Kiss\nAGENT:\nBEGIN:VCARD\nFN:Her "
      "Secretary\nEND:VCARD\nEMAIL:anna@kiss.example\n");
  EXPECT_EQ(ReadFile(card, "a.vcf").lead().emails(0), "anna@kiss.example");
}

TEST(CardValues, AreUnescaped) {
  EXPECT_EQ(absl::StrJoin(Components("a\\;b;c\\,d;e\\nf;;", ';'), "|"), "a;b|c,d|e\nf");
  EXPECT_EQ(PlainText("C:\\temp\\\\x"), "C:\\temp\\x");
  EXPECT_EQ(TelephoneOf("tel:+36%2020-1"), "+36 20-1");
}

}  // namespace
}  // namespace leadstream::inquiries
