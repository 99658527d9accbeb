// Which leads may be the same inquiry.
#include "services/lead/duplicates.h"

#include <absl/algorithm/container.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <random>
#include <string>

#include "services/lead/likeness.h"
#include "tests/domain/known.h"
#include "tests/domain/lead_examples.h"

namespace leadstream::lead {
namespace {

// Leads in memory, found by their keys as the read model finds them.
class Leads : public testing::Known {
 public:
  void Add(const std::string& name, const std::string& text) {
    Known::Add(LeadAggregate(), name, Of<Lead>(text));
  }
  std::vector<std::string> Keyed(absl::string_view collection, absl::string_view index,
                                 absl::string_view key, size_t limit,
                                 absl::string_view after) const override {
    EXPECT_EQ(collection, "leads");
    EXPECT_EQ(index, kDuplicatesIndex);
    return Known::Keyed(collection, index, key, limit, after);
  }
};

// "leads/a SAME_EMAIL+SAME_PHONE, leads/b ..."
std::string Found(const Leads& leads, const FindDuplicatesRequest& request) {
  FindDuplicatesResponse response;
  const auto refusal = FindDuplicates(request, leads, &response);
  if (refusal.has_value()) return refusal->reason;
  return absl::StrJoin(
      response.duplicates(), ", ", [](std::string* out, const Duplicate& duplicate) {
        absl::StrAppend(
            out, duplicate.lead().name(), " ",
            absl::StrJoin(duplicate.matches(), "+", [](std::string* reasons, const auto& match) {
              reasons->append(Duplicate::Reason_Name(match.reason()));
            }));
      });
}

std::string Like(const Leads& leads, const std::string& lead) {
  return Found(leads, Of<FindDuplicatesRequest>("lead { " + lead + " }"));
}

std::string Anna(const std::string& more) {
  return "person { given_name: 'Anna' family_name: 'Kovács' } " + more;
}

TEST(FindingDuplicates, BySameEmailWhateverItsCase) {
  Leads leads;
  leads.Add("leads/a", "emails: 'x@y.example' emails: 'Anna@Malom.example'");
  EXPECT_EQ(Like(leads, "emails: 'anna@malom.EXAMPLE'"), "leads/a SAME_EMAIL");
  EXPECT_EQ(Like(leads, "emails: 'hanna@malom.example'"), "");
}

TEST(FindingDuplicates, BySamePhoneHoweverItIsTyped) {
  Leads leads;
  leads.Add("leads/a",
            "phones { number: '06 20 400 0000' e164: '+36204000000' } phones { number: 'call me' "
            "unverified: true }");
  EXPECT_EQ(Like(leads, "phones { number: '+36-20/4000-000' }"), "leads/a SAME_PHONE");
  EXPECT_EQ(Like(leads, "phones { number: '0620 4000000' } address { country: 'HU' }"),
            "leads/a SAME_PHONE");
  EXPECT_EQ(Like(leads, "phones { number: 'call me' } emails: 'a@b.example'"), "")
      << "not understood, so not compared";
}

TEST(FindingDuplicates, BySimilarNameAndCompany) {
  Leads leads;
  leads.Add("leads/a", Anna("company: 'Malom Kft.'"));
  const std::string yes = "leads/a SIMILAR_NAME_AND_COMPANY";
  EXPECT_EQ(Like(leads, "person { given_name: 'anna' family_name: 'KOVACS' } company: 'MALOM'"),
            yes);
  EXPECT_EQ(Like(leads, "person { given_name: 'Ana' family_name: 'Kovac' } company: 'Malom Bt'"),
            yes);
  EXPECT_EQ(
      Like(leads,
           "person { given_name: 'Kovács' family_name: 'Dr. Anna' } company: 'Malom Hungary Zrt.'"),
      yes)
      << "the other way round";
  EXPECT_EQ(Like(leads, "person { given_name: 'Peter' family_name: 'Kovács' } company: 'Malom'"),
            "")
      << "another person there";
  EXPECT_EQ(Like(leads, "person { given_name: 'Anna' family_name: 'Kovács' } company: 'Pékség'"),
            "")
      << "another company";
  EXPECT_EQ(Like(leads, "person { family_name: 'Kovács' } company: 'Malom'"), "") << "half a name";
}

TEST(FindingDuplicates, BySimilarNameAndEmailDomain) {
  Leads leads;
  leads.Add("leads/a", Anna("emails: 'anna.kovacs@malom.example'"));
  EXPECT_EQ(Like(leads, Anna("emails: 'a.kovacs@MALOM.example'")),
            "leads/a SIMILAR_NAME_AND_EMAIL_DOMAIN");
  EXPECT_EQ(Like(leads, Anna("emails: 'anna.kovacs@else.example'")), "");
}

TEST(FindingDuplicates, SaysWhyStrongestFirst) {
  Leads leads;
  leads.Add("leads/a", Anna("company: 'Malom'"));
  leads.Add("leads/b",
            Anna("emails: 'anna@malom.example' phones { e164: '+36204000000' } company: 'Malom'"));
  leads.Add("leads/c", "phones { e164: '+36204000000' }");
  const std::string all =
      Anna("company: 'Malom' emails: 'anna@malom.example' phones { number: '+36204000000' }");
  EXPECT_EQ(Like(leads, all),
            "leads/b SAME_EMAIL+SAME_PHONE+SIMILAR_NAME_AND_COMPANY+SIMILAR_NAME_AND_EMAIL_DOMAIN, "
            "leads/c SAME_PHONE, leads/a SIMILAR_NAME_AND_COMPANY");
  EXPECT_EQ(
      Found(leads, Of<FindDuplicatesRequest>("max_results: 1 lead { " + all + " }")).substr(0, 8),
      "leads/b ");

  FindDuplicatesResponse response;
  FindDuplicates(Of<FindDuplicatesRequest>("lead { " + all + " }"), leads, &response);
  EXPECT_EQ(response.duplicates(0).matches(0).value(), "anna@malom.example");
  EXPECT_EQ(response.duplicates(0).matches(2).value(), "Anna Kovács, Malom");
  EXPECT_DOUBLE_EQ(response.duplicates(0).matches(2).similarity(), 1);
}

TEST(FindingDuplicates, OfAKnownLeadLeavesOutItselfAndMergedOnes) {
  Leads leads;
  leads.Add("leads/a", Anna("emails: 'anna@malom.example'"));
  leads.Add("leads/b", "emails: 'anna@malom.example'");
  leads.Add("leads/c", "emails: 'anna@malom.example' merged_into: 'leads/a'");
  EXPECT_EQ(Found(leads, Of<FindDuplicatesRequest>("name: 'leads/a'")), "leads/b SAME_EMAIL");
  EXPECT_EQ(Found(leads, Of<FindDuplicatesRequest>("name: 'leads/none'")), "RESOURCE_NOT_FOUND");
}

TEST(FindingDuplicates, NeedsSomethingToCompare) {
  EXPECT_EQ(Like(Leads(), "company: 'Malom'"), "LEAD_NOTHING_TO_COMPARE");
  EXPECT_EQ(Found(Leads(), FindDuplicatesRequest()), "LEAD_NOTHING_TO_COMPARE");
}

TEST(MatchKeys, AreFewAndEachOnce) {
  const auto keys =
      MatchKeys(Of<Lead>(Anna("company: 'Malom Kft.' emails: 'Anna@Malom.example' emails: "
                              "'ANNA@malom.example' phones { e164: '+36204000000' }")));
  EXPECT_EQ(absl::StrJoin(keys, " "),
            "c:an kf|nln d:an kf|malom.example e:anna@malom.example p:+36204000000");
}

TEST(Normalizing, FreesOfCaseAccentsScriptAndPunctuation) {
  EXPECT_EQ(Normalized("Kovács"), "kovacs");
  EXPECT_EQ(Normalized("  KOVÁCS-Nagy,  János "), "kovacs nagy janos");
  EXPECT_EQ(Normalized("Łukasz Żółć"), "lukasz zolc");
  EXPECT_EQ(Normalized("Straße"), "strasse");
  EXPECT_EQ(Normalized("Őrült Ürgeöntő"), "orult urgeonto");
  EXPECT_EQ(Normalized("Иван Петров"), "ivan petrov");
  EXPECT_EQ(Normalized("O'Brien O’Brien"), "obrien obrien");
  EXPECT_EQ(Normalized("İstanbul"), "istanbul");
  EXPECT_EQ(Normalized(""), "");
  EXPECT_EQ(Normalized("!?"), "");
}

// Most letters are looked up one by one; an apostrophe of another kind makes the whole name go
// through ICU's rules, and separates nothing.
TEST(Normalizing, IsTheSameLetterByLetterAndAsAWhole) {
  std::mt19937 dice(1);
  const auto letter = [&dice]() -> unsigned long {
    switch (dice() % 4) {
      case 0:
        return 'a' + dice() % 26;
      case 1:
        return 'A' + dice() % 26;
      case 2:
        return ' ';
      default:
        return 0xC0 + dice() % (0x250 - 0xC0);
    }
  };
  for (int name = 0; name < 2'000; ++name) {
    std::string text;
    for (auto length = dice() % 12; length > 0; --length) {
      const auto one = letter();
      if (one < 0x80) {
        text += static_cast<char>(one);
      } else {
        text += static_cast<char>(0xC0 | one >> 6);
        text += static_cast<char>(0x80 | (one & 0x3F));
      }
    }
    ASSERT_EQ(Normalized(text), Normalized("\u2019" + text)) << text;
  }
}

TEST(Normalizing, DropsLegalForms) {
  EXPECT_EQ(CompanyCore("ACME Hungary Kft."), "acme hungary");
  EXPECT_EQ(CompanyCore("FPUH Jacak Sp. z o.o."), "jacak");
  EXPECT_EQ(CompanyCore("Molnár és társa Zrt."), "molnar");
  EXPECT_EQ(CompanyCore("Müller GmbH & Co. KG"), "muller");
  EXPECT_EQ(CompanyCore("AG"), "ag") << "all of it, if nothing else is there";
}

TEST(Likeness, IsThatOfJaroAndWinkler) {
  EXPECT_NEAR(JaroWinkler("martha", "marhta"), 0.9611, 1e-4);
  EXPECT_NEAR(JaroWinkler("dwayne", "duane"), 0.84, 1e-4);
  EXPECT_NEAR(JaroWinkler("dixon", "dicksonx"), 0.8133, 1e-4);
  EXPECT_EQ(JaroWinkler("abc", "abc"), 1);
  EXPECT_EQ(JaroWinkler("abc", "xyz"), 0);
  EXPECT_EQ(JaroWinkler("", ""), 0);
  EXPECT_EQ(JaroWinkler("a", "b"), 0);
}

TEST(Likeness, OfNamesComparesBothParts) {
  const auto alike = [](const char* a, const char* b) {
    return NameLikeness(Of<common::v1::Person>(a), Of<common::v1::Person>(b)) >= kAlike;
  };
  EXPECT_TRUE(
      alike("given_name: 'Jon' family_name: 'Smith'", "given_name: 'John' family_name: 'Smyth'"));
  EXPECT_FALSE(alike("given_name: 'Anna' family_name: 'Kovács'",
                     "given_name: 'Adam' family_name: 'Kovács'"));
  EXPECT_FALSE(alike("", ""));
  EXPECT_FALSE(alike("job_title: 'CEO'", "job_title: 'CEO'"));
}

TEST(Likeness, OfSoundBringsTogetherWhatIsAlike) {
  for (const auto& [a, b] : std::map<std::string, std::string>{{"jon", "john"},
                                                               {"smith", "smyth"},
                                                               {"kovacs", "kovac"},
                                                               {"meyer", "maier"},
                                                               {"steven", "stephen"}}) {
    EXPECT_EQ(SoundKey(a, 2), SoundKey(b, 2)) << a << " " << b;
  }
  EXPECT_NE(SoundKey("anna", 2), SoundKey("eva", 2));
}

}  // namespace
}  // namespace leadstream::lead
