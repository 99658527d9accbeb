// E-mails as they come: in any encoding, as HTML, with attachments, signed by people who do not
// think of machines.
#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>

#include "cli/inquiries/html.h"
#include "cli/inquiries/letter.h"
#include "tests/import/reading.h"

namespace leadstream::inquiries {
namespace {

using lead::v1::Lead;
using testing::ElementsAre;

constexpr char kFrom[] =
    "From: Anna Kiss <anna@kiss.example>\nDate: Wed, 25 Mar 2026 14:42:00 +0100\nMessage-ID: "
    "<1@kiss.example>\n";

Lead OneLead(absl::string_view message) { return ReadFile(message, "a.eml").lead(); }
// The notes of a message with these headers and body.
std::string Text(absl::string_view headers, absl::string_view body) {
  return OneLead(absl::StrCat(kFrom, "MIME-Version: 1.0\n", headers, "\n", body)).notes();
}

TEST(Emails, SayWhoAsksWhatAndWhen) {
  EXPECT_EQ(
      Described(OneLead("From: =?utf-8?q?J=C3=B3zsef?= Antal <jozsef@szabo.example>\n"
                        "To: sales@leadstream.example\n"
                        "Date: Wed, 25 Mar 2026 23:21:00 +0100\n"
                        "Message-ID: <5.7@mail.example>\n"
                        "Content-Language: hu\n"
                        "Subject: Re: AW: =?iso-8859-2?B?wXJhauFubGF0a+ly6XM=?=\n"
                        "Content-Type: text/plain; charset=utf-8\n"
                        "\n"
                        "Tisztelt Hölgyem/Uram,\n"
                        "\n"
                        "kérem, küldjenek ajánlatot. Hűtőgépet keresünk a győri üzembe.\n"
                        "Keret: 5 millió Ft\n"
                        "\n"
                        "--\n"
                        "Antal József\n"
                        "beszerzési vezető\n"
                        "Szabó Nyrt.\n"
                        "Tel: +36 1 290 8829\n"
                        "www.szabo.example\n")),
      "topic: Árajánlatkérés\nperson: József / Antal, beszerzési vezető\ncompany: Szabó "
      "Nyrt.\ne-mail: jozsef@szabo.example\nphone: +36 1 290 8829\nweb site: www.szabo.example\n"
      "source: EMAIL, from <5.7@mail.example>\nneed: Hűtőgépet keresünk a győri üzembe\nbudget: "
      "5000000 HUF, confirmed\nlanguage: hu\nasked: 2026-03-25 22:21\n"
      "notes: Tisztelt Hölgyem/Uram,\\n\\nkérem, küldjenek ajánlatot. Hűtőgépet keresünk a győri "
      "üzembe.\\nKeret: 5 millió Ft\\n\\n--\\nAntal József\\nbeszerzési vezető\\n"
      "Szabó Nyrt.\\nTel: +36 1 290 8829\\nwww.szabo.example\n");
}

TEST(Emails, EncodedWordsAreLetters) {
  EXPECT_EQ(OneLead("From: =?windows-1250?Q?Gy=F5z=F5_F=FBzf=F5i?= <a@b.example>\nSubject: "
                    "=?UTF-8?B?SMWxdMWRZ8OpcA==?=\nMessage-ID: <1@b>\n\nhi\n")
                .topic(),
            "Hűtőgép");
  EXPECT_EQ(OneLead("From: =?windows-1250?Q?Gy=F5z=F5_F=FBzf=F5i?= <a@b.example>\nSubject: "
                    "x\nMessage-ID: <1@b>\n\nhi\n")
                .person()
                .given_name(),
            "Győző");
}

TEST(Emails, TextIsDecoded) {
  const std::string text = "Hűtőgépet keresünk.";
  EXPECT_EQ(
      Text("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n", text),
      text);
  EXPECT_EQ(
      Text("Content-Type: text/plain; charset=iso-8859-2\nContent-Transfer-Encoding: base64\n",
           absl::Base64Escape(Encoded(text, "ISO-8859-2"))),
      text);
  EXPECT_EQ(
      Text("Content-Type: text/plain; charset=windows-1250\nContent-Transfer-Encoding: 8bit\n",
           Encoded(text, "windows-1250")),
      text);
  EXPECT_EQ(
      Text("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n",
           "H=C5=B1t=C5=91g=C3=A9pet =\nkeres=C3=BCnk."),
      text);
}

TEST(Emails, AWrongOrMissingCharsetIsFoundOut) {
  const std::string text = "Hűtőgépet keresünk a győri üzembe.";
  EXPECT_EQ(Text("Content-Type: text/plain; charset=us-ascii\n", text), text);
  EXPECT_EQ(Text("Content-Type: text/plain; charset=no-such\n", text), text);
  EXPECT_EQ(Text("", Encoded(text, "windows-1250")), text);
}

TEST(Emails, HtmlAloneIsRead) {
  EXPECT_EQ(Text("Content-Type: text/html; charset=utf-8\n",
                 "<html><head><title>x</title><style>p { color: red "
                 "}</style></head><body><p>Hello,<br><br>spare&nbsp;parts &lt; 5 "
                 "&euro;</p><p>Anna</p></body></html>"),
            "Hello,\n\nspare parts < 5 €\nAnna");
  EXPECT_EQ(TextOfHtml("a < b & c &#x151; &#369; <script>alert('</b>')</script>&unknown; <a "
                       "title=\"x > y\">link</a>"),
            "a < b & c ő ű &unknown; link");
  EXPECT_EQ(TextOfHtml("<p>cut <b"), "cut");
}

TEST(Emails, PlainTextIsPreferredAndAttachmentsAreNamed) {
  EXPECT_EQ(Text("Content-Type: multipart/mixed; boundary=xx\n",
                 "--xx\nContent-Type: multipart/alternative; boundary=yy\n\n"
                 "--yy\nContent-Type: text/plain; charset=utf-8\n\npumps\n--yy\nContent-Type: "
                 "text/html\n\n<b>PUMPS</b>\n--yy--\n"
                 "--xx\nContent-Type: application/pdf\nContent-Disposition: attachment; "
                 "filename*=utf-8''ig%C3%A9ny.pdf\n\n%PDF\n"
                 "--xx\nContent-Type: text/plain\nContent-Disposition: attachment; "
                 "filename=list.txt\n\nnot the letter\n--xx--\n"),
            "pumps\n\nAttachments: 2 (igény.pdf, list.txt)");
}

TEST(Emails, ReplyToIsWhoeverIsToBeAnswered) {
  const Lead lead = OneLead(
      "From: Web Form <noreply@form.example>\nReply-To: Anna Kiss <anna@kiss.example>\nSubject: "
      "x\nMessage-ID: <1@b>\n\nhi\n");
  EXPECT_EQ(lead.emails(0), "anna@kiss.example");
  EXPECT_EQ(lead.person().family_name(), "Kiss");
}

TEST(Emails, OfAMailboxAreAllRead) {
  const Reading reading = ReadFile(
      "From a@b.example Wed Mar 25 14:42:00 2026\nFrom: a@b.example\nSubject: one\nMessage-ID: "
      "<1@b>\n\nfirst\n\n"
      "From c@d.example Wed Mar 25 14:42:00 2026\nFrom: c@d.example\nSubject: two\nMessage-ID: "
      "<2@b>\n\nsecond\n",
      "all.mbox");
  ASSERT_EQ(reading.inquiries.size(), 2u);
  EXPECT_EQ(reading.inquiries[1].request.lead().topic(), "two");
  EXPECT_EQ(reading.inquiries[1].line, 8);
}

TEST(Emails, FromNobodyAreRejected) {
  EXPECT_THAT(
      ReadFile("Subject: hello\nMessage-ID: <1@b>\nDate: Wed, 25 Mar 2026 14:42:00 +0100\n\nhi\n",
               "a.eml")
          .complaints(),
      ElementsAre(
          "a.eml:1: nothing to make a lead of: no name, no company and no valid e-mail address"));
}

TEST(Letters, HaveABodyAndASignature) {
  const Letter letter = ReadLetter(
      "Dear Sirs,\n\nwe need pumps.\n\nKind regards\n\nAnna Kiss\nHead of Purchasing\nKiss "
      "GmbH\n+36 1 234 5678\n\nP.S. Greetings to Béla!",
      "");
  EXPECT_EQ(letter.body, "we need pumps.");
  EXPECT_EQ(letter.name, "Anna Kiss");
  EXPECT_EQ(letter.job_title, "Head of Purchasing");
  EXPECT_EQ(letter.company, "Kiss GmbH");
  EXPECT_THAT(letter.phones, ElementsAre("+36 1 234 5678"));
}

TEST(Letters, MayThankInTheSameLine) {
  EXPECT_EQ(ReadLetter("5 pumps, thanks\nAnna", "").body, "5 pumps, thanks\nAnna");
  EXPECT_EQ(ReadLetter("5 pumps\n\nThanks!\nAnna", "").body, "5 pumps");
}

TEST(Letters, ThatAreQuotedAreSomebodyElses) {
  EXPECT_EQ(ReadLetter("Yes, 5 pumps.\n\nOn Monday Béla wrote:\n> Budget: 7 EUR?\n", "").body,
            "Yes, 5 pumps.");
  EXPECT_EQ(ReadLetter("> 5 pumps?\nYes.\n-----Original Message-----\nHello", "").body, "Yes.");
}

TEST(Letters, WithoutASignatureSayNothingOfTheirWriter) {
  const Letter letter = ReadLetter("Hello,\nwe need pumps and more. Thanks", "Anna Kiss");
  EXPECT_EQ(letter.body, "we need pumps and more. Thanks");
  EXPECT_EQ(letter.company, "");
}

}  // namespace
}  // namespace leadstream::inquiries
