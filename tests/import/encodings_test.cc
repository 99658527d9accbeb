// Whatever encoding a file comes in, its letters arrive.
#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>

#include "cli/inquiries/encoding.h"
#include "tests/import/reading.h"

namespace leadstream::inquiries {
namespace {

constexpr char kHungarian[] =
    "Név;Cég;E-mail;Érdeklődés\n"
    "Fűzfői Győző;Tűzkő és Hűtő Kft.;gyozo@tuzko.example;hűtőgép a győri üzembe\n";
constexpr char kFrench[] =
    "First name,Last name,Company,E-mail,Interest\n"
    "Hélène,Lefèvre,Crème Brûlée à la Carte SARL,helene@creme.example,pièces détachées à la "
    "française\n";
constexpr char kGerman[] =
    "Vorname;Nachname;Firma;E-Mail;Interesse\n"
    "Jürgen;Groß;Käßbohrer Gelände GmbH;j.gross@kaess.example;Ersatzteile für Schneefräsen – 20 "
    "€\n";

// The one lead of a table, in a line.
std::string OneLead(absl::string_view bytes, const Options& options = {}) {
  const Reading reading = ReadFile(bytes, "table.csv", options);
  const lead::v1::Lead& lead = reading.lead();
  return absl::StrCat(lead.person().given_name(), " ", lead.person().family_name(), ", ",
                      lead.company(), ": ", lead.need());
}

const std::string kGyozo = "Győző Fűzfői, Tűzkő és Hűtő Kft.: hűtőgép a győri üzembe";
const std::string kHelene =
    "Hélène Lefèvre, Crème Brûlée à la Carte SARL: pièces détachées à la française";
const std::string kJuergen =
    "Jürgen Groß, Käßbohrer Gelände GmbH: Ersatzteile für Schneefräsen – 20 €";

TEST(Encodings, Utf8WithAndWithoutByteOrderMark) {
  EXPECT_EQ(OneLead(kHungarian), kGyozo);
  EXPECT_EQ(OneLead(absl::StrCat("\xEF\xBB\xBF", kHungarian)), kGyozo);
}

TEST(Encodings, Utf16InBothOrdersWithAndWithoutByteOrderMark) {
  EXPECT_EQ(OneLead(Encoded(absl::StrCat("\xEF\xBB\xBF", kHungarian), "UTF-16LE")), kGyozo);
  EXPECT_EQ(OneLead(Encoded(absl::StrCat("\xEF\xBB\xBF", kHungarian), "UTF-16BE")), kGyozo);
  EXPECT_EQ(OneLead(Encoded(kHungarian, "UTF-16LE")), kGyozo);
  EXPECT_EQ(OneLead(Encoded(kHungarian, "UTF-16BE")), kGyozo);
}

TEST(Encodings, Windows1250IsKnownByItsLettersAndItsHeadings) {
  EXPECT_EQ(OneLead(Encoded(kHungarian, "windows-1250")), kGyozo);
  EXPECT_EQ(OneLead(absl::StrCat("sep=;\r\n", Encoded(kHungarian, "windows-1250"))), kGyozo);
}

TEST(Encodings, Windows1252IsKnownByItsLettersAndItsHeadings) {
  EXPECT_EQ(OneLead(Encoded(kFrench, "windows-1252")), kHelene);
  EXPECT_EQ(OneLead(Encoded(kGerman, "windows-1252")), kJuergen);
}

TEST(Encodings, TheUserKnowsBetter) {
  EXPECT_EQ(OneLead(Encoded(kHungarian, "ISO-8859-2"), {.encoding = "latin2"}), kGyozo);
  EXPECT_EQ(OneLead(Encoded(kHungarian, "windows-1250"), {.encoding = "windows-1252"}),
            absl::StrReplaceAll(kGyozo, {{"ő", "õ"}, {"ű", "û"}}));
  EXPECT_EQ(Read(kHungarian, "table.csv", {.encoding = "klingon"}, {}).code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(Encodings, ADamagedByteCostsALetterNotTheFile) {
  std::string damaged = kHungarian;
  damaged[damaged.find("ű")] = '\xFF';
  EXPECT_EQ(OneLead(damaged), absl::StrReplaceAll(kGyozo, {{"Fű", "F\xEF\xBF\xBD\xEF\xBF\xBD"}}));
}

TEST(Encodings, AFileCutInsideALetterIsStillRead) {
  const std::string cut =
      absl::StrCat(absl::string_view(kHungarian).substr(0, sizeof kHungarian - 2), " \xC5");
  EXPECT_EQ(OneLead(cut), kGyozo);
  const std::string utf16 = Encoded(kHungarian, "UTF-16LE");
  EXPECT_EQ(OneLead(absl::string_view(utf16).substr(0, utf16.size() - 1)), kGyozo);
}

TEST(Encodings, AreNamed) {
  EXPECT_EQ(DetectEncoding(kHungarian), "UTF-8");
  EXPECT_EQ(DetectEncoding("plain"), "UTF-8");
  EXPECT_EQ(DetectEncoding(Encoded(kHungarian, "windows-1250")), "windows-1250");
  EXPECT_EQ(DetectEncoding(Encoded(kFrench, "windows-1252")), "windows-1252");
  EXPECT_EQ(DetectEncoding(Encoded("Świętosław Łącki, Źródło Życia", "ISO-8859-2"),
                           Region::kCentralEurope),
            "ISO-8859-2");
}

}  // namespace
}  // namespace leadstream::inquiries
