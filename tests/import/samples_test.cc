// The samples, 403 inquiries of which three are broken, against what a person reads in the files.
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include <map>
#include <set>

#include "tests/import/reading.h"

namespace leadstream::inquiries {
namespace {

using lead::v1::Lead;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// All samples, read once.
const Reading& Samples() {
  static const Reading& all = *[] {
    auto* reading = new Reading;
    for (const std::string& path : SamplesOfInquiries()) {
      Reading one = ReadFile(Sample(path), path.substr(path.rfind('/') + 1));
      reading->inquiries.insert(reading->inquiries.end(), one.inquiries.begin(),
                                one.inquiries.end());
      reading->rejected.insert(reading->rejected.end(), one.rejected.begin(), one.rejected.end());
    }
    return reading;
  }();
  return all;
}

// The lead that starts at a line of a file: "web_signups.csv:2".
std::string LeadAt(absl::string_view place) {
  for (const Inquiry& inquiry : Samples().inquiries) {
    if (absl::StrCat(inquiry.file, ":", inquiry.line) == place)
      return Described(inquiry.request.lead());
  }
  return absl::StrCat("no lead at ", place);
}

bool HasPurchasingPower(const Lead& lead) {
  return lead.budget().confirmed() || !lead.decision_maker().empty();
}

TEST(Samples, Are400InquiriesAndThreeBrokenRows) {
  std::map<std::string, int> of_kind;
  for (const Inquiry& inquiry : Samples().inquiries)
    ++of_kind[Lead::Source_Name(inquiry.request.lead().source())];
  EXPECT_EQ(of_kind,
            (std::map<std::string, int>{{"WEB", 200}, {"TRADE_SHOW", 150}, {"EMAIL", 50}}));
  EXPECT_EQ(Samples().inquiries.size(), 400u);
  EXPECT_THAT(Samples().complaints(),
              ElementsAre("web_signups.csv:223: nothing to make a lead of: no name, no company and "
                          "no valid e-mail address (E-mail: not-an-email)",
                          "web_signups.csv:224: too few columns: 4 instead of 13",
                          "web_signups.csv:225: the quote opened in line 225 is never closed"));
}

TEST(Samples, HaveIdsOfTheirOwn) {
  const std::vector<std::string> ids = Samples().ids();
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 400u);
}

TEST(Samples, HaveNoBrokenLetters) {
  for (const Inquiry& inquiry : Samples().inquiries) {
    const std::string lead = Described(inquiry.request.lead());
    // U+FFFD; UTF-8 read as windows-1250 or -1252; quoted-printable, encoded words and entities
    // left as they were.
    for (const char* broken :
         {"\xEF\xBF\xBD", "Ã", "Å‘", "Ĺ", "=C3", "=C5", "=?", "&eacute;", "&nbsp;", "\\u"}) {
      EXPECT_THAT(lead, Not(HasSubstr(broken))) << inquiry.file << ":" << inquiry.line;
    }
  }
}

TEST(Samples, NameEverybodyWhoseNameSurvivedTheExport) {
  int nameless = 0;
  for (const Inquiry& inquiry : Samples().inquiries) {
    const Lead& lead = inquiry.request.lead();
    const bool named = !lead.person().given_name().empty() &&
                       !lead.person().family_name().empty() && !lead.company().empty();
    nameless += !named;
    // Windows-1250 has no Japanese letters: the export left "??".
    EXPECT_TRUE(named || (lead.source() == Lead::TRADE_SHOW &&
                          absl::EndsWith(lead.emails(0), "@kabushiki.example")))
        << Described(lead);
  }
  EXPECT_EQ(nameless, 8);
}

TEST(Samples, HaveTheBudgetsThatAreTypedAndNoOthers) {
  std::map<std::string, int> budgets;
  for (const Inquiry& inquiry : Samples().inquiries) {
    const Lead& lead = inquiry.request.lead();
    EXPECT_EQ(lead.decision_maker(), "") << "nobody names one";
    if (!lead.has_budget()) continue;
    EXPECT_TRUE(lead.budget().confirmed());
    ++budgets[absl::StrCat(lead.budget().amount().units(),
                           lead.budget().amount().nanos() == 500'000'000 ? ".50" : "")];
  }
  EXPECT_EQ(budgets, (std::map<std::string, int>{
                         {"48000", 30}, {"1250000", 26}, {"12000.50", 22}, {"5000000", 22}}))
      << "31 more say n/a, 70 nothing";
}

TEST(Samples, ShowWhoHasANeedAndPurchasingPower) {
  int need = 0;
  int both = 0;
  for (const Inquiry& inquiry : Samples().inquiries) {
    const Lead& lead = inquiry.request.lead();
    need += !lead.need().empty();
    both += !lead.need().empty() && HasPurchasingPower(lead);
    for (const char* nothing :
         {"demo please", "=SUM", "Line one", "please send your price list", "call me back"})
      EXPECT_THAT(lead.need(), Not(HasSubstr(nothing)));
  }
  EXPECT_EQ(need, 300);
  EXPECT_EQ(both, 78);
}

TEST(SignUps, ReadAsAPersonReadsThem) {
  EXPECT_EQ(
      LeadAt("web_signups.csv:2"),
      "topic: 40 seats, roll-out in Q1\nperson: Kazimierz / Dawidczyk\n"
      "company: FPUH Jacak Sp. z o.o.\ne-mail: kazimierz.dawidczyk@fpuhjacakspzoo.example\nphone: "
      "+48 70 766 0791\naddress: PL\n"
      "source: WEB, page /pricing, from web_signups.csv:2\nneed: 40 seats, roll-out in Q1\nbudget: "
      "1250000 EUR, confirmed\nasked: 2026-03-02 09:23\n"
      "notes: We need a quote \"as soon as possible\", incl. delivery.\\n\\nnewsletter: igen\n");
  EXPECT_EQ(LeadAt("web_signups.csv:4"),
            "topic: Inquiry from /demo\nperson: Tadeusz / Stefanik\n"
            "company: Fundacja Zeman-Pudełek s.c.\ne-mail: "
            "tadeusz.stefanik@fundacjazemanp.example\nphone: +48 1 690 9593\naddress: PL\n"
            "source: WEB, page /demo?utm_source=ads&utm_campaign=spring, campaign spring, from "
            "web_signups.csv:4\nbudget: 12000.50 EUR, confirmed\nasked: 2026-03-02 10:50\n"
            "notes: Please call me back after 2 pm.\\n\\nnewsletter: 1\n");
  EXPECT_EQ(LeadAt("web_signups.csv:9"),
            "topic: 40 seats, roll-out in Q1\nperson: Sándor / Balogh\n"
            "company: Nemes Kft.\ne-mail: sndor.balogh@nemeskft.example\nphone: +36 30 255 "
            "8011\naddress: HU\n"
            "source: WEB, page /demo?utm_source=ads&utm_campaign=spring, campaign spring, from "
            "web_signups.csv:9\nneed: 40 seats, roll-out in Q1\n"
            "budget: 1250000 HUF, confirmed\nasked: 2026-03-02 21:28\nnotes: "
            "=SUM(A1:A9)\\n\\nnewsletter: 1\n");
  EXPECT_EQ(LeadAt("web_signups.csv:12"),
            "topic: Wir suchen eine Lösung für 3 Werke – bitte um Angebot\nperson: Olivér / Gál\n"
            "company: Lukács Zrt.\ne-mail: olivr.gl@lukcszrt.example\nphone: +36 1 323 "
            "4709\naddress: HU\n"
            "source: WEB, page /demo?utm_source=ads&utm_campaign=spring, campaign spring, from "
            "web_signups.csv:12\nneed: Wir suchen eine Lösung für 3 Werke – bitte um Angebot\n"
            "budget: 5000000 HUF, confirmed\nasked: 2026-03-03 05:33\nnotes: Wir suchen eine "
            "Lösung für 3 Werke – bitte um Angebot.\n");
}

TEST(SignUps, ThatSayNotApplicableHaveNoBudget) {
  EXPECT_EQ(
      LeadAt("web_signups.csv:21"),
      "topic: price list for services\nperson: Darius / Ruppert\n"
      "company: Pruschke Oderwald GmbH\ne-mail: darius.ruppert@pruschkeoderwa.example\nphone: "
      "01/2471674\naddress: DE\n"
      "source: WEB, page /pricing, from web_signups.csv:21\nneed: price list for services\nasked: "
      "2026-03-03 19:52\nnotes: 見積もりをお願いします。\\n\\nnewsletter: igen\n");
}

TEST(Badges, ReadAsAPersonReadsThem) {
  EXPECT_EQ(LeadAt("hannover_fair_badges.csv:2"),
            "topic: annual maintenance plan for 3 plants\nperson: Sándor / Rácz\n"
            "company: Molnár és társa Zrt.\ne-mail: sndor.rcz@molnrstrsazrt.example\nphone: +36 30 "
            "460 0971\naddress: Bakonymellékfalva\n"
            "source: TRADE_SHOW, fair Hannover fair, from hannover_fair_badges.csv:2\nneed: annual "
            "maintenance plan for 3 plants\nasked: 2026-03-15 11:19\n"
            "notes: Please call me back after 2 pm.\n");
  EXPECT_EQ(LeadAt("hannover_fair_badges.csv:7"),
            "topic: on-site training, 12 people\ne-mail: info.info@kabushiki.example\nphone: "
            "+81-20-896-7327\n"
            "source: TRADE_SHOW, fair Hannover fair, from hannover_fair_badges.csv:7\nneed: "
            "on-site training, 12 people\nasked: 2026-03-15 20:16\n"
            "notes: Please call me back after 2 pm.\n");
}

TEST(FairCards, ReadAsAPersonReadsThem) {
  EXPECT_EQ(LeadAt("fair_cards.vcf:1"),
            "topic: Inquiry from Henderson Inc\nperson: Sheri / Hamilton, ügyvezető\n"
            "company: Henderson Inc\ne-mail: sheri.hamilton@hendersoninc.example\nphone: (258) "
            "502-3755\naddress: 20082 Davis Road Suite 822; Lanestad; 46106; US\n"
            "source: TRADE_SHOW, from fair_cards.vcf:1\nnotes: We need a quote \"as soon as "
            "possible\", incl. delivery.\n");
  EXPECT_EQ(LeadAt("fair_cards.vcf:21"),
            "topic: pilot for the Győr site\nperson: Zoltán / Molnár\n"
            "company: Farkas Lakatos Bt.\ne-mail: zoltn.molnr@farkaslakatosb.example\nphone: "
            "+36-20-703-0715\n"
            "source: TRADE_SHOW, from fair_cards.vcf:21\nneed: pilot for the Győr site\nnotes: "
            "pilot for the Győr site\n");
  EXPECT_EQ(LeadAt("fair_cards.vcf:128"),
            "topic: Inquiry from Szabó Bt.\nperson: Ottó / Hajdu\n"
            "company: Szabó Bt.\ne-mail: ott.hajdu@szabbt.example\nphone: +36 70 305 9877\nsource: "
            "TRADE_SHOW, from fair_cards.vcf:128\n");
}

TEST(Emails, ReadAsAPersonReadsThem) {
  EXPECT_EQ(
      LeadAt("005.eml:1"),
      "topic: Anfrage: Preise\nperson: József / Antal\n"
      "company: Szabó Nyrt.\ne-mail: jzsef.antal@szabnyrt.example\nphone: +36 1 290 8829\n"
      "source: EMAIL, from <5.7@mail.example>\nneed: price list for services\nasked: 2026-03-25 "
      "23:21\n"
      "notes: Tisztelt Hölgyem/Uram,\\n\\nprice list for services.\\nWe need a quote \"as soon as "
      "possible\", incl. delivery.\\n\\n--\\nJózsef Antal\\nSzabó Nyrt.\\nTel: +36 1 290 8829\n");
  EXPECT_EQ(
      LeadAt("011.eml:1"),
      "topic: Request for quotation\nperson: László / Horváth\n"
      "company: Kovács Kht.\ne-mail: lszl.horvth@kovcskht.example\nphone: +36 1 933 9769\n"
      "source: EMAIL, from <11.7@mail.example>\nneed: annual maintenance plan for 3 plants\nasked: "
      "2026-03-26 07:44\n"
      "notes: Hello,\\n\\nannual maintenance plan for 3 plants.\\nKérem, küldjenek árajánlatot; "
      "határidő: péntek.\\n\\n--\\nLászló Horváth\\nKovács Kht.\\nTel: +36 1 933 9769\n");
  EXPECT_EQ(
      LeadAt("020.eml:1"),
      "topic: pricing?\nperson: Ferenc / Németh\n"
      "company: Németh Tóth Bt.\ne-mail: ferenc.nmeth@nmethtthbt.example\nphone: +36 30 560 7881\n"
      "source: EMAIL, from <20.7@mail.example>\nneed: pilot for the Győr site\nasked: 2026-03-26 "
      "22:05\n"
      "notes: Guten Tag,\\n\\npilot for the Győr site.\\nKérem, küldjenek árajánlatot; határidő: "
      "péntek.\\n\\n--\\nFerenc Németh\\nNémeth Tóth Bt.\\nTel: +36 30 560 7881\n");
}

}  // namespace
}  // namespace leadstream::inquiries
