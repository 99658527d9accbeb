// What an inquiry says of its need, its money and who decides: on it hangs whether a lead is
// qualified, so it is kept when it is said, and never made up when it is not.
#include <absl/strings/str_cat.h>

#include "cli/inquiries/words.h"
#include "tests/import/reading.h"

namespace leadstream::inquiries {
namespace {

using lead::v1::Lead;

// The lead of a row with one more cell, quoted.
Lead With(absl::string_view heading, absl::string_view cell) {
  return ReadFile(absl::StrCat("name;", heading, "\nAnna Kiss;\"", cell, "\"\n"), "table.csv")
      .lead();
}

std::string Budget(absl::string_view cell) {
  const Lead lead = With("budget", cell);
  if (!lead.budget().confirmed()) return lead.has_budget() ? "guessed" : "unknown";
  const auto& amount = lead.budget().amount();
  return lead.budget().has_amount() ? absl::StrCat(amount.units(), " ", amount.currency_code())
                                    : "confirmed";
}

TEST(Budgets, ThatAreSaidAreConfirmed) {
  EXPECT_EQ(Budget("12.000,00 EUR"), "12000 EUR");
  EXPECT_EQ(Budget("about 20k €"), "20000 EUR");
  EXPECT_EQ(Budget("yes"), "confirmed") << "there is one, of an amount they keep to themselves";
  EXPECT_EQ(ReadFile("name,budget,currency\nAnna,\"12.000,50\",HUF\n", "a.csv")
                .lead()
                .budget()
                .amount()
                .nanos(),
            500'000'000);
}

TEST(Budgets, ThatAreNotSaidAreUnknown) {
  for (const char* cell : {"",
                           "n/a",
                           "N/A",
                           "k.A.",
                           "-",
                           "?",
                           "??",
                           "#N/A",
                           "0",
                           "0 EUR",
                           "none",
                           "no",
                           "nincs",
                           "nein",
                           "tbd",
                           "I don't know yet",
                           "még nem tudjuk",
                           "noch offen",
                           "48000",
                           "depends on the price",
                           "10-20 000 EUR",
                           "=SUM(A1:A9)",
                           "1"}) {
    EXPECT_EQ(Budget(cell), "unknown") << cell;
  }
}

TEST(Budgets, InWordsAreKeptInTheNotes) {
  EXPECT_EQ(With("budget", "depends on the price").notes(), "Budget: depends on the price");
  EXPECT_EQ(With("budget", "n/a").notes(), "");
}

TEST(DecisionMakers, AreNamed) {
  EXPECT_EQ(With("decision maker", "Nagy Béla, CEO").decision_maker(), "Nagy Béla, CEO");
  EXPECT_EQ(With("Döntéshozó", "az ügyvezető").decision_maker(), "az ügyvezető");
  EXPECT_EQ(With("Entscheider", "Frau Offenbach").decision_maker(), "Frau Offenbach");
}

TEST(DecisionMakers, AreTheWriterIfTheySaySo) {
  for (const char* answer : {"yes", "Igen", "ja", "me", "én", "ich selbst", "I do", "moi"})
    EXPECT_EQ(With("decision maker", answer).decision_maker(), "Anna Kiss") << answer;
}

TEST(DecisionMakers, AreNobodyIfNobodyKnows) {
  for (const char* answer : {"",
                             "n/a",
                             "-",
                             "?",
                             "no",
                             "nem",
                             "nein",
                             "unknown",
                             "nobody",
                             "tbd",
                             "I don't know yet",
                             "I don’t know yet",
                             "Not decided yet",
                             "Még nem tudom",
                             "nem tudjuk",
                             "weiß ich noch nicht",
                             "noch offen",
                             "je ne sais pas encore",
                             "nie wiem",
                             "未定",
                             "まだわかりません"}) {
    EXPECT_EQ(With("decision maker", answer).decision_maker(), "") << answer;
  }
  EXPECT_EQ(With("decision maker", "I don't know yet").notes(), "Decision maker: I don't know yet");
}

TEST(TimeFrames, AreUnderstoodOrKeptInWords) {
  EXPECT_EQ(With("time frame", "ASAP").purchase_time_frame(), Lead::IMMEDIATE);
  EXPECT_EQ(With("időtáv", "következő negyedév").purchase_time_frame(), Lead::NEXT_QUARTER);
  EXPECT_EQ(With("Zeitrahmen", "dieses Jahr").purchase_time_frame(), Lead::THIS_YEAR);
  EXPECT_EQ(With("time frame", "don't know yet").purchase_time_frame(), Lead::UNDECIDED);
  EXPECT_EQ(With("time frame", "n/a").purchase_time_frame(), Lead::PURCHASE_TIME_FRAME_UNSPECIFIED);
  EXPECT_EQ(With("time frame", "before the summer fair").notes(),
            "Time frame: before the summer fair");
}

struct Statement {
  const char* text;
  const char* said;  // as in Described
};

TEST(Statements, InFiveLanguagesAreUnderstood) {
  for (const Statement& one :
       {Statement{"Budget: 12.000 EUR", "budget: 12000 EUR, confirmed"},
        {"Our budget is 20,000 EUR.", "budget: 20000 EUR, confirmed"},
        {"A keretünk: 5 millió Ft.", "budget: 5000000 HUF, confirmed"},
        {"- Költségkeret: 300 ezer forint", "budget: 300000 HUF, confirmed"},
        {"Unser Budget ist ca. 30 Tsd. Euro", "budget: 30000 EUR, confirmed"},
        {"Notre budget est 8 000 €", "budget: 8000 EUR, confirmed"},
        {"Budżet: 10 000 zł", "budget: 10000 PLN, confirmed"},
        {"Decision maker: Béla Nagy", "decision maker: Béla Nagy"},
        {"Döntéshozó: Nagy Béla", "decision maker: Nagy Béla"},
        {"Entscheiderin: Frau Meyer", "decision maker: Frau Meyer"},
        {"Décideur : Mme Petit", "decision maker: Mme Petit"},
        {"Decydent: Jan Nowak", "decision maker: Jan Nowak"},
        {"Decision maker: me", "decision maker: Anna Kiss"},
        {"Zeitrahmen: sofort", "time frame: IMMEDIATE"}}) {
    EXPECT_THAT(
        Described(With("message", absl::StrCat("We need pumps.\n", one.text, "\nCall me."))),
        testing::HasSubstr(absl::StrCat("\n", one.said, "\n")))
        << one.text;
  }
}

TEST(Statements, ThatSayNothingAreNone) {
  for (const char* text :
       {"Budget: n/a", "Budget: I don't know yet", "Decision maker: I don't know yet",
        "The decision maker is on holiday", "Our budget is not yet decided",
        "What is your budget: 20 000 EUR?", "Döntéshozó: nincs", "Budget: 20000"}) {
    const Lead lead = With("message", text);
    EXPECT_FALSE(lead.has_budget()) << text;
    EXPECT_EQ(lead.decision_maker(), "") << text;
  }
}

TEST(Statements, TheColumnComesFirst) {
  const Lead lead = ReadFile("name;budget;message\nAnna;5 EUR;Budget: 7 EUR\n", "a.csv").lead();
  EXPECT_EQ(lead.budget().amount().units(), 5);
  EXPECT_EQ(ReadFile("name;budget;message\nAnna;n/a;Budget: 7 EUR\n", "a.csv")
                .lead()
                .budget()
                .amount()
                .units(),
            7)
      << "unless it says nothing";
}

TEST(Needs, AreTheInterestOrTheFirstSentenceThatSaysSomething) {
  EXPECT_EQ(With("interest", "spare parts, monthly").need(), "spare parts, monthly");
  EXPECT_EQ(
      With("message",
           "Hello,\nplease send me your prices. We are looking for pumps for 3 plants. Thanks!")
          .need(),
      "We are looking for pumps for 3 plants");
  EXPECT_EQ(With("message", "Wir suchen eine Lösung für 3 Werke – bitte um Angebot.").need(),
            "Wir suchen eine Lösung für 3 Werke – bitte um Angebot");
  const Lead both =
      ReadFile("name;interest;message\nAnna;demo please;\"Ersatzteile gesucht\"\n", "a.csv").lead();
  EXPECT_EQ(both.need(), "Ersatzteile gesucht");
  EXPECT_EQ(both.topic(), "demo please");
}

TEST(Needs, AreNoCourtesies) {
  for (const char* text :
       {"", "demo please", "Please call me back after 2 pm.",
        "We need a quote as soon as possible, incl. delivery.", "見積もりをお願いします。",
        "Kérem, küldjenek árajánlatot; határidő: péntek.", "Bitte um Angebot",
        "please send your price list", "????????", "=SUM(A1:A9)", "n/a",
        "Line one\nLine two, with a comma", "test",
        "Hello,\n\nplease call me.\n\nBest regards,\nAnna Kiss"}) {
    EXPECT_EQ(With("message", text).need(), "") << text;
  }
}

}  // namespace
}  // namespace leadstream::inquiries
