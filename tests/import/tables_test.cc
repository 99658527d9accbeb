// Tables as they come: whatever separates their cells, whatever language their headings are in, and
// whatever is broken.
#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>

#include "tests/import/reading.h"

namespace leadstream::inquiries {
namespace {

using lead::v1::Lead;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Lead OneLead(const std::string& table, const Options& options = {}) {
  return ReadFile(table, "table.csv", options).lead();
}

// Who is in the table, in order.
std::vector<std::string> Names(const Reading& reading) {
  std::vector<std::string> names;
  for (const Inquiry& inquiry : reading.inquiries) {
    const common::v1::Person& person = inquiry.request.lead().person();
    names.push_back(
        absl::StrCat(inquiry.line, ": ", person.given_name(), " ", person.family_name()));
  }
  return names;
}

TEST(Delimiters, AreFoundOut) {
  const std::string table = "name,company,email\nAnna Kiss,Kiss Kft.,anna@kiss.example\n";
  const std::string expected = Described(OneLead(table));
  EXPECT_THAT(expected,
              HasSubstr("person: Anna / Kiss\ncompany: Kiss Kft.\ne-mail: anna@kiss.example\n"));
  for (const char* delimiter : {";", "\t", "|"})
    EXPECT_EQ(Described(OneLead(absl::StrReplaceAll(table, {{",", delimiter}}))), expected)
        << delimiter;
}

TEST(Delimiters, DoNotFallForCommasInsideCells) {
  EXPECT_EQ(OneLead("Name;Company, legal form, seat;Budget\nAnna Kiss;Kiss, Kft., Győr;\"12,5\"\n")
                .person()
                .family_name(),
            "Kiss");
}

TEST(Delimiters, AreAsExcelOrTheUserSays) {
  EXPECT_EQ(OneLead("sep=;\r\nname;company\r\nAnna Kiss;Kiss, Nagy\r\n").company(), "Kiss, Nagy");
  EXPECT_EQ(OneLead("name:company\nAnna Kiss:Kiss\n", {.delimiter = ':'}).company(), "Kiss");
  EXPECT_EQ(Read("name\nAnna", "a.csv", {.delimiter = '"'}, {}).code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(Headings, AreEnglishHungarianOrGerman) {
  const std::string expected =
      "topic: pumps\nperson: Anna / Kiss, buyer\ncompany: Kiss Kft.\ne-mail: "
      "anna@kiss.example\nphone: +36 1 234 5678\naddress: Fő utca 1.; Győr; 9021; HU\n"
      "source: IMPORT, from table.csv:2\nneed: pumps\nbudget: 5000 EUR, confirmed\ndecision maker: "
      "Nagy Béla\ntime frame: THIS_YEAR\nasked: 2026-03-02 09:23\nnotes: call me\n";
  const std::string row =
      "\nAnna;Kiss;buyer;Kiss Kft.;anna@kiss.example;+36 1 234 5678;Fő utca "
      "1.;Győr;9021;HU;pumps;5000;EUR;Nagy Béla;this year;2026-03-02 09:23;call me\n";
  for (const char* headings : {
           "First name;Last name;Job "
           "title;Company;E-mail;Phone;Street;City;ZIP;Country;Interest;Budget;Currency;Decision "
           "maker;Time frame;Submitted at;Message",
           "FIRST_NAME;LAST_NAME;JOB_TITLE;COMPANY;EMAIL;PHONE;STREET;CITY;ZIP;COUNTRY;INTEREST;"
           "BUDGET;CURRENCY;DECISION_MAKER;TIME_FRAME;SUBMITTED_AT;MESSAGE",
           "Keresztnév;Vezetéknév;Beosztás;Cégnév;E-mail "
           "cím;Telefonszám;Utca;Város;Irányítószám;Ország;Érdeklődés;Költségkeret;Pénznem;"
           "Döntéshozó;Időtáv;Időpont;Megjegyzés",
           "Vorname;Nachname;Funktion;Firma;E-Mail-Adresse;Telefon;Straße;Ort;PLZ;Land;Interesse;"
           "Budget;Währung;Entscheider;Zeitrahmen;Datum;Nachricht",
       }) {
    EXPECT_EQ(Described(OneLead(headings + row)), expected);
  }
}

TEST(Headings, AHungarianNameIsFamilyNameFirst) {
  EXPECT_EQ(OneLead("Név,Cég\nKovács Anna Mária,Kovács Kft.\n").person().family_name(), "Kovács");
  EXPECT_EQ(OneLead("Name,Company\nAnna Mária Kovács,Kovács Kft.\n").person().family_name(),
            "Kovács");
  EXPECT_EQ(OneLead("Name,Company\n\"Kovács, Anna Mária\",Kovács Kft.\n").person().family_name(),
            "Kovács");
  EXPECT_EQ(OneLead("Name,Company\nDr. Ludwig van Beethoven,Bonn AG\n").person().family_name(),
            "van Beethoven");
  EXPECT_EQ(OneLead("Name,Company\nDr. Ludwig van Beethoven,Bonn AG\n").person().given_name(),
            "Dr. Ludwig");
}

TEST(Headings, TheUserMapsTheRest) {
  const Options options = {.fields = {{"Wer", "name"}, {"Wozu?", "interest"}, {"Firma", "ignore"}}};
  const Lead lead = OneLead("wer;wozu;firma;Haustier\nAnna Kiss;Pumpen;geheim;Hund\n", options);
  EXPECT_EQ(lead.person().given_name(), "Anna");
  EXPECT_EQ(lead.need(), "Pumpen");
  EXPECT_EQ(lead.company(), "");
  EXPECT_EQ(lead.notes(), "Haustier: Hund") << "what nobody mapped is kept under its heading";
  const absl::Status unknown = Read("wer\nAnna", "a.csv", {.fields = {{"Wer", "person_name"}}}, {});
  EXPECT_EQ(unknown.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(unknown.message(), HasSubstr("no field \"person_name\""));
}

TEST(Headings, WithoutAnybodyInThemMakeNoLeads) {
  EXPECT_THAT(ReadFile("colour,size\nred,4\n", "table.csv").complaints(),
              ElementsAre("table.csv:1: no column with a name, a company or an e-mail address "
                          "among: colour, size"));
}

TEST(Cells, MayHoldNewlinesQuotesAndDelimiters) {
  const Reading reading = ReadFile(
      "name,message\r\nAnna Kiss,\"Line one\r\nLine two, with a \"\"comma\"\"\"\r\nBéla "
      "Nagy,hi\r\n",
      "table.csv");
  EXPECT_THAT(Names(reading), ElementsAre("2: Anna Kiss", "4: Béla Nagy"));
  EXPECT_EQ(reading.inquiries[0].request.lead().notes(), "Line one\nLine two, with a \"comma\"");
}

TEST(Cells, AFormulaIsText) {
  const Lead lead = OneLead("name,interest,message\nAnna Kiss,,=SUM(A1:A9)\n");
  EXPECT_EQ(lead.notes(), "=SUM(A1:A9)");
  EXPECT_EQ(lead.need(), "") << "a spreadsheet spoke, not they";
}

TEST(Cells, OfEmptyColumnsAndRowsDoNoHarm) {
  EXPECT_THAT(
      Names(ReadFile("name,company,,\nAnna Kiss,Kiss,,\n,,,\n\nBéla Nagy,Nagy, ,\n", "table.csv")),
      ElementsAre("2: Anna Kiss", "5: Béla Nagy"));
}

TEST(Cells, ThatDoNotFitTheirFieldGoToTheNotes) {
  const Lead lead = OneLead(
      "name,email,country,language,website,phone\nAnna Kiss,anna at kiss,Atlantis,Elvish "
      "tongue,see below," +
      std::string(70, '1') + "\n");
  EXPECT_EQ(lead.notes(), "E-mail: anna at kiss\nPhone: " + std::string(70, '1') +
                              "\nCountry: Atlantis\nWeb site: see below\nLanguage: Elvish tongue");
  EXPECT_EQ(OneLead("name,interest\nAnna Kiss," + std::string(400, 'x') + "\n").notes(), "")
      << "the need holds it all";
  EXPECT_EQ(OneLead("name,company\nAnna Kiss," + std::string(400, 'x') + "\n").notes(),
            "company: " + std::string(400, 'x'));
}

TEST(Cells, ACountryIsKnownByItsCodeOrItsNames) {
  for (const char* country : {"HU", "hu", "HUN", "Hungary", "Magyarország", "Ungarn"})
    EXPECT_EQ(OneLead(absl::StrCat("name,country\nAnna,", country, "\n")).address().country(), "HU")
        << country;
  EXPECT_EQ(OneLead("name,country\nAnna,\n", {.country = "AT"}).address().country(), "AT");
  EXPECT_EQ(Read("name\nAnna", "a.csv", {.country = "Austria"}, {}).code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(Cells, MayHoldSeveralAddressesAndNumbers) {
  const Lead lead = OneLead(
      "name,email,phone\nAnna,\"a@x.example; Béla <b@x.example>, A@X.example\",\"1234567; "
      "7654321\"\n");
  EXPECT_THAT(lead.emails(), ElementsAre("a@x.example", "b@x.example"));
  EXPECT_EQ(lead.phones_size(), 2);
}

TEST(Cells, OptingOutIsHonoured) {
  EXPECT_TRUE(OneLead("name,do not call\nAnna,igen\n").consents().do_not_call());
  EXPECT_FALSE(OneLead("name,do not call\nAnna,no\n").consents().do_not_call());
  EXPECT_TRUE(OneLead("name,do not call\nAnna,after 5 pm only\n").consents().do_not_call());
}

TEST(BrokenRows, AreNamedAndDoNotStopTheOthers) {
  const Reading reading = ReadFile(
      "name,company,message\n"
      "Anna Kiss,Kiss,first\n"
      "Too Few,Columns\n"
      "Too,Many,Columns,Here\n"
      "Un,Closed,\"quote\n"
      "Béla Nagy,Nagy,after it\n"
      ",,nobody\n"
      "Cili Kis,Kis,last\n",
      "table.csv");
  EXPECT_THAT(Names(reading), ElementsAre("2: Anna Kiss", "6: Béla Nagy", "8: Cili Kis"));
  EXPECT_THAT(reading.complaints(),
              ElementsAre("table.csv:3: too few columns: 2 instead of 3",
                          "table.csv:4: too many columns: 4 instead of 3",
                          "table.csv:5: the quote opened in line 5 is never closed",
                          "table.csv:7: nothing to make a lead of: no name, no company and no "
                          "valid e-mail address"));
}

TEST(BrokenRows, AnUnclosedQuoteDoesNotSwallowAQuotedRow) {
  const Reading reading = ReadFile(
      "name,company,message\nUn,Closed,\"quote\nAnna Kiss,Kiss,\"well, quoted\"\nBéla "
      "Nagy,Nagy,plain\n",
      "table.csv");
  EXPECT_THAT(Names(reading), ElementsAre("3: Anna Kiss", "4: Béla Nagy"));
  EXPECT_EQ(reading.rejected.size(), 1u);
}

TEST(BrokenRows, TextBehindAQuoteIsOne) {
  EXPECT_THAT(ReadFile("name,company\n\"Anna\" Kiss,Kiss\n", "table.csv").complaints(),
              ElementsAre(HasSubstr("table.csv:2: text after a closing quote")));
}

TEST(Files, ThatAreNoTablesSayWhatTheyAre) {
  EXPECT_THAT(ReadFile("", "a.csv").complaints(), ElementsAre("a.csv:1: the file is empty"));
  EXPECT_THAT(ReadFile(" \n ", "a.csv").complaints(), ElementsAre("a.csv:1: the file is empty"));
  EXPECT_THAT(ReadFile("PK\x03\x04 rest", "a.xlsx").complaints(),
              ElementsAre("a.xlsx:1: this is a workbook or archive; save it as CSV"));
}

TEST(Files, SayWhereTheLeadsCameFrom) {
  EXPECT_EQ(OneLead("name,page\nAnna,/pricing?utm_campaign=spring\n").source(), Lead::WEB);
  EXPECT_EQ(OneLead("name,page\nAnna,/pricing?utm_source=ads&utm_campaign=spring\n")
                .source_detail()
                .campaign(),
            "spring");
  EXPECT_EQ(OneLead("name\nAnna\n").source(), Lead::IMPORT);
  EXPECT_EQ(OneLead("name,Messe\nAnna,Hannover 2026\n").source_detail().fair(), "Hannover 2026");
  EXPECT_EQ(OneLead("name\nAnna\n", {.source = Lead::PARTNER}).source(), Lead::PARTNER);
  const Reading badges = ReadFile("name\nAnna\n", "C:\\exports\\hannover_messe_badges.csv");
  EXPECT_EQ(badges.lead().source(), Lead::TRADE_SHOW);
  EXPECT_EQ(badges.lead().source_detail().fair(), "Hannover messe");
}

}  // namespace
}  // namespace leadstream::inquiries
