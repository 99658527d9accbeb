// Damaged files: bytes flipped, cut and doubled, some thousand times, each found again by its seed.
// The reader must neither crash nor hang nor make a request of it that the server would refuse
// (ReadFile looks).
#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/time/clock.h>

#include <random>

#include "tests/import/reading.h"

namespace leadstream::inquiries {
namespace {

constexpr int kRounds = 500;
constexpr absl::Duration kLongest =
    absl::Seconds(20);  // a file takes milliseconds; only a hang takes so long

std::string Damaged(std::string bytes, std::mt19937* random) {
  const auto below = [&](size_t n) {
    return static_cast<size_t>((*random)()) % std::max<size_t>(n, 1);
  };
  for (size_t times = 1 + below(8); times > 0 && !bytes.empty(); --times) {
    const size_t at = below(bytes.size());
    const size_t length =
        below(std::min<size_t>(bytes.size() - at, below(10) == 0 ? 2000 : 20)) + 1;
    switch (below(6)) {
      case 0:
        bytes[at] = static_cast<char>(below(256));
        break;
      case 1:
        bytes[at] = "\",;\n\r\t:=<&\0-"[below(12)];
        break;
      case 2:
        bytes.erase(at, length);
        break;
      case 3:
        bytes.insert(at, bytes.substr(below(bytes.size()), length));
        break;
      case 4:
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
        break;
      default:
        bytes.resize(below(10) == 0 ? at : bytes.size());
        break;
    }
  }
  return bytes;
}

// A tenth of a long file says as much as all of it, and is damaged more often.
std::string Excerpt(const std::string& bytes, std::mt19937* random) {
  constexpr size_t kExcerpt = 6000;
  if (bytes.size() <= kExcerpt) return bytes;
  const size_t header = bytes.find('\n') + 1;
  const size_t start =
      bytes.find('\n', header + (*random)() % (bytes.size() - header - kExcerpt)) + 1;
  return bytes.substr(0, header) + bytes.substr(start, kExcerpt);
}

class DamagedFiles : public testing::TestWithParam<std::string> {};

TEST_P(DamagedFiles, NeverCrashHangOrMakeAnInvalidRequest) {
  const std::string path = GetParam();
  const std::string whole = Sample(path);
  const std::string name = path.substr(path.rfind('/') + 1);
  ASSERT_FALSE(whole.empty());
  for (unsigned seed = 0; seed < kRounds && !HasFailure(); ++seed) {
    SCOPED_TRACE(absl::StrCat(path, ", seed ", seed));
    std::mt19937 random(seed);
    const std::string damaged = Damaged(Excerpt(whole, &random), &random);
    const absl::Time start = absl::Now();
    ReadFile(damaged, name);
    EXPECT_LT(absl::Now() - start, kLongest);
  }
}

// Three e-mails of fifty: HTML, base64 in ISO-8859-2, one with an attachment.
INSTANTIATE_TEST_SUITE_P(Samples, DamagedFiles,
                         testing::Values("web_signups.csv", "hannover_fair_badges.csv",
                                         "cards/fair_cards.vcf", "inquiries/011.eml",
                                         "inquiries/020.eml", "inquiries/022.eml"),
                         [](const auto& sample) {
                           std::string name = sample.param;
                           for (char& c : name)
                             c = absl::ascii_isalnum(static_cast<unsigned char>(c)) ? c : '_';
                           return name;
                         });

TEST(StrangeFiles, ReadAsAnyOtherKind) {
  for (const std::string& path : SamplesOfInquiries()) {
    for (const char* name : {"a.csv", "a.vcf", "a.eml", "a"})
      ReadFile(Sample(path).substr(100), name);
  }
}

TEST(StrangeFiles, OfManyQuotesAndTagsAreReadInTime) {
  const auto repeated = [](absl::string_view text) {
    std::string all;
    while (all.size() < 500'000) absl::StrAppend(&all, text);
    return all;
  };
  const absl::Time start = absl::Now();
  for (const char* text : {"\"\n", "a,\"\n", "\"\"\"a\n", "a,\"\"\n", "\"a\"b\n", ","})
    ReadFile("name,company\n" + repeated(text), "a.csv");
  for (const char* text : {"<a \"", "<a '>\"", "<!--", "<p", "&", "</", "<style>", "a\n"}) {
    ReadFile("From: a@b.example\nTo: c@d.example\nContent-Type: text/html\n\n" + repeated(text),
             "a.eml");
  }
  for (const char* text :
       {"BEGIN:VCARD\n", "BEGIN:VCARD\nAGENT:\n", "A;ENCODING=QUOTED-PRINTABLE:=\n", "\"\n"})
    ReadFile("BEGIN:VCARD\n" + repeated(text), "a.vcf");
  EXPECT_LT(absl::Now() - start, absl::Seconds(60));
}

}  // namespace
}  // namespace leadstream::inquiries
