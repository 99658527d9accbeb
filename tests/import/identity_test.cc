// An inquiry leads to the same lead however often, in whatever form, its file is read.
#include "cli/inquiries/identity.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>

#include <set>

#include "common/domain/formats.h"
#include "tests/import/reading.h"

namespace leadstream::inquiries {
namespace {

using Ids = std::vector<std::string>;

const std::string kTable =
    "Név;Cég;E-mail;Megjegyzés\n"
    "Fűzfői Győző;Tűzkő Kft.;gyozo@tuzko.example;\"két\nsor\"\n"
    "Kiss Anna;Kiss Zrt.;anna@kiss.example;\n";

Ids IdsOf(absl::string_view bytes, const std::string& name = "table.csv",
          const Options& options = {}) {
  return ReadFile(bytes, name, options).ids();
}

TEST(TheSameRow, IsTheSameLeadInWhateverForm) {
  const Ids ids = IdsOf(kTable);
  ASSERT_EQ(ids.size(), 2u);
  EXPECT_NE(ids[0], ids[1]);
  EXPECT_EQ(IdsOf(kTable), ids) << "read again";
  EXPECT_EQ(IdsOf(kTable, "copy of table (2).csv", {.source = lead::v1::Lead::PARTNER}), ids)
      << "under another name, with other options";
  EXPECT_EQ(IdsOf(Encoded(kTable, "windows-1250")), ids) << "in another encoding";
  EXPECT_EQ(IdsOf(Encoded(kTable, "UTF-16LE")), ids);
  EXPECT_EQ(IdsOf(absl::StrReplaceAll(kTable, {{";", ","}})), ids) << "with another delimiter";
  EXPECT_EQ(IdsOf(absl::StrReplaceAll(kTable, {{"\n", "\r\n"}})), ids) << "with other line ends";
  EXPECT_EQ(IdsOf("e-mail;CÉG;megjegyzés;név\ngyozo@tuzko.example;Tűzkő Kft.;\"két\nsor\";Fűzfői "
                  "Győző\nanna@kiss.example;Kiss Zrt.;;Kiss Anna\n"),
            ids)
      << "with its columns in another order";
}

TEST(TheSameRow, IsTheSameLeadWhateverStandsAroundIt) {
  const Ids ids = IdsOf(kTable);
  Ids more = IdsOf(kTable + "Nagy Béla;Nagy Bt.;bela@nagy.example;\nbroken\n");
  ASSERT_EQ(more.size(), 3u);
  more.pop_back();
  EXPECT_EQ(more, ids) << "with rows appended";
  EXPECT_EQ(IdsOf(absl::StrReplaceAll(kTable,
                                      {{"Megjegyzés\n", "Megjegyzés\nbroken\nNagy Béla;;;\n"}}))[2],
            ids[1])
      << "with rows before it";
}

TEST(EqualRows, OfOneFileAreLeadsOfTheirOwn) {
  const std::string twice = "name,message\nAnna Kiss,pumps\nAnna Kiss,pumps\nAnna Kiss,pumps\n";
  const Ids ids = IdsOf(twice);
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 3u);
  EXPECT_EQ(IdsOf(twice), ids);
  EXPECT_EQ(IdsOf("name,message\nAnna Kiss,pumps\n")[0], ids[0]);
}

TEST(RowsThatDiffer, AreDifferentLeads) {
  EXPECT_NE(IdsOf("name,message\nAnna Kiss,pumps\n"), IdsOf("name,message\nAnna Kiss,pump\n"));
  EXPECT_NE(IdsOf("name,company\nAnna,Kiss\n"), IdsOf("name,company\nKiss,Anna\n"));
}

TEST(TheSameCard, IsTheSameLead) {
  const auto card = [](absl::string_view rest) {
    return absl::StrCat("BEGIN:VCARD\nVERSION:3.0\n", rest, "END:VCARD\n");
  };
  const Ids ids = IdsOf(card("N:Szőke;Győző;;;\nEMAIL:gy@sz.example\n"), "a.vcf");
  EXPECT_EQ(IdsOf(card("item1.EMAIL;type=pref:gy@sz.example\nN:Szőke;Győző\nREV:"
                       "20260415T101500Z\nUID:1\nX-EXPORTED-BY:me\n"),
                  "b.vcf"),
            ids)
      << "exported anew";
  EXPECT_EQ(IdsOf("BEGIN:VCARD\nVERSION:2.1\nEMAIL;INTERNET:gy@sz.example\nN;CHARSET=UTF-8;"
                  "ENCODING=QUOTED-PRINTABLE:Sz=C5=91ke;Gy=C5=91z=C5=91\nEND:VCARD\n",
                  "a.vcf"),
            ids)
      << "in another version";
}

TEST(TheSameEmail, IsTheSameLead) {
  const std::string headers = "From: anna@kiss.example\nSubject: pumps\n";
  const Ids ids = IdsOf(headers + "Message-ID: <1@kiss.example>\n\nfive pumps\n", "a.eml");
  EXPECT_EQ(IdsOf("Received: by somebody\n" + headers +
                      "Message-ID: <1@kiss.example>\n\nfive pumps\n\nsent on by a list\n",
                  "b.eml"),
            ids)
      << "by its Message-ID";
  EXPECT_NE(IdsOf(headers + "Message-ID: <2@kiss.example>\n\nfive pumps\n", "a.eml"), ids);
  EXPECT_EQ(IdsOf(headers + "\nfive pumps\n", "a.eml"),
            IdsOf("To: you\n" + headers + "\nfive pumps\r\n", "b.eml"))
      << "by what it says, without one";
  EXPECT_NE(IdsOf(headers + "\nfive pumps\n", "a.eml"), IdsOf(headers + "\nsix pumps\n", "a.eml"));
}

// Leads in a log carry them: if this fails, every file that was imported before would be imported a
// second time.
TEST(Ids, NeverChange) {
  EXPECT_EQ(IdOfMessage("1@kiss.example"), "50087089-62b0-8b64-844a-e749f315581e");
  EXPECT_EQ(
      RowIds("row").Next({{"E-Mail", " anna@kiss.example"}, {"Name", "Anna  Kiss"}, {"Phone", ""}}),
      "264b2880-6c5e-8d8f-9fa5-85e62b6cfea2");
  EXPECT_TRUE(domain::IsId(IdOfMessage("1@kiss.example"), 48));
}

}  // namespace
}  // namespace leadstream::inquiries
