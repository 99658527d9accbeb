#include "cli/inquiries/encoding.h"

#include <absl/status/status.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>

namespace leadstream::inquiries {
namespace {

constexpr absl::string_view kCentral = "windows-1250";
constexpr absl::string_view kCentralIso = "ISO-8859-2";
constexpr absl::string_view kWestern = "windows-1252";

// Statistics need a page of text, not all of it.
constexpr size_t kSampleMax = 64 * 1024;

struct Close {
  void operator()(UConverter* converter) const { ucnv_close(converter); }
  void operator()(UCharsetDetector* detector) const { ucsdet_close(detector); }
};

uint8_t Byte(char c) { return static_cast<uint8_t>(c); }
bool IsAsciiLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// UTF-16 without a byte order mark: in the languages at hand most letters are ASCII, so every other
// byte is mostly zero.
std::string DetectUtf16(absl::string_view bytes) {
  const absl::string_view sample = bytes.substr(0, 4096);
  std::array<size_t, 2> zeros = {0, 0};
  for (size_t i = 0; i < sample.size(); ++i) zeros[i % 2] += sample[i] == '\0';
  const size_t half = sample.size() / 2;
  if (half == 0) return "";
  if (zeros[1] * 2 > half && zeros[0] * 10 < half) return "UTF-16LE";
  if (zeros[0] * 2 > half && zeros[1] * 10 < half) return "UTF-16BE";
  return "";
}

// Well-formed, or so nearly that the errors are damage: a truncated last letter, a few broken
// bytes.
bool LooksLikeUtf8(absl::string_view bytes) {
  size_t letters = 0;
  size_t errors = 0;
  bool cut = false;
  const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
  const size_t size = bytes.size();
  for (size_t i = 0; i < size;) {
    if (data[i] < 0x80) {
      ++i;
      continue;
    }
    size_t at = 0;
    const auto length = static_cast<int32_t>(std::min<size_t>(size - i, 4));
    int32_t next = 0;
    UChar32 c = 0;
    U8_NEXT(data + i, next, length, c);
    at = static_cast<size_t>(next);
    if (c >= 0) {
      ++letters;
    } else {
      ++errors;
      cut = i + at == size;
    }
    i += at;
  }
  return errors == 0 || errors * 4 < letters || (errors == 1 && cut && letters > 0);
}

// The lines that have anything to tell encodings apart by.
std::string Sample(absl::string_view bytes) {
  std::string sample;
  for (size_t start = 0; start < bytes.size() && sample.size() < kSampleMax;) {
    const size_t end = std::min(bytes.find('\n', start), bytes.size() - 1) + 1;
    const absl::string_view line = bytes.substr(start, std::min(end - start, kSampleMax));
    if (std::any_of(line.begin(), line.end(), [](char c) { return Byte(c) >= 0x80; }))
      absl::StrAppend(&sample, line);
    start = end;
  }
  return sample;
}

// Letters that only one region has on that byte, or that the other has but hardly uses: ő ű ł ą ż
// against à å.
int TellingLetters(absl::string_view sample) {
  constexpr absl::string_view central = "\xF5\xFB\xD5\xDB\xB3\xB9\xBF\x9F";
  constexpr absl::string_view western = "\xE0\xC0\xE5\xC5";
  int balance = 0;
  for (size_t i = 1; i < sample.size(); ++i) {
    const bool in_word =
        IsAsciiLetter(sample[i - 1]) || (i + 1 < sample.size() && IsAsciiLetter(sample[i + 1]));
    if (!in_word) continue;
    balance += absl::StrContains(central, sample[i]);
    balance -= absl::StrContains(western, sample[i]);
  }
  return balance;
}

// How much surer ICU is of central than of western Europe, -100 to 100.
int Statistics(absl::string_view sample) {
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<UCharsetDetector, Close> detector(ucsdet_open(&error));
  ucsdet_setText(detector.get(), sample.data(), static_cast<int32_t>(sample.size()), &error);
  int32_t count = 0;
  const UCharsetMatch** matches = ucsdet_detectAll(detector.get(), &count, &error);
  if (U_FAILURE(error)) return 0;
  int central = 0;
  int western = 0;
  for (int32_t i = 0; i < count; ++i) {
    const absl::string_view name = ucsdet_getName(matches[i], &error);
    const int confidence = ucsdet_getConfidence(matches[i], &error);
    if (name == kCentral || name == kCentralIso) central = std::max(central, confidence);
    if (name == kWestern || name == "ISO-8859-1") western = std::max(western, confidence);
  }
  return central - western;
}

// ISO-8859-2 has letters (Ą Ś Ź Ž ą ľ ś ź) where windows-1250 has signs, and nothing from 0x80 to
// 0x9F.
bool IsCentralIso(absl::string_view sample) {
  constexpr absl::string_view letters = "\xA1\xA6\xAC\xAE\xB1\xB5\xB6\xBC";
  bool found = false;
  for (size_t i = 0; i < sample.size(); ++i) {
    if (Byte(sample[i]) >= 0x80 && Byte(sample[i]) < 0xA0) return false;
    const bool in_word = (i > 0 && IsAsciiLetter(sample[i - 1])) ||
                         (i + 1 < sample.size() && IsAsciiLetter(sample[i + 1]));
    found |= in_word && absl::StrContains(letters, sample[i]);
  }
  return found;
}

std::string DetectSingleByte(absl::string_view bytes, Region region) {
  const std::string sample = Sample(bytes);
  int balance = Statistics(sample) + std::clamp(10 * TellingLetters(sample), -60, 60);
  if (region == Region::kCentralEurope) balance += 40;
  if (region == Region::kWesternEurope) balance -= 40;
  if (balance <= 0) return std::string(kWestern);
  return std::string(IsCentralIso(sample) ? kCentralIso : kCentral);
}

absl::StatusOr<std::string> Convert(absl::string_view bytes, const std::string& encoding) {
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<UConverter, Close> from(ucnv_open(encoding.c_str(), &error));
  const std::unique_ptr<UConverter, Close> to(ucnv_open("UTF-8", &error));
  if (U_FAILURE(error))
    return absl::InvalidArgumentError(absl::StrCat("unknown encoding \"", encoding, "\""));
  std::string utf8;
  std::array<UChar, 4096> pivot;
  std::array<char, 16384> buffer;
  UChar* pivot_source = pivot.data();
  UChar* pivot_target = pivot.data();
  const char* source = bytes.data();
  const char* const end = source + bytes.size();
  UBool reset = true;
  do {
    error = U_ZERO_ERROR;
    char* target = buffer.data();
    ucnv_convertEx(to.get(), from.get(), &target, buffer.data() + buffer.size(), &source, end,
                   pivot.data(), &pivot_source, &pivot_target, pivot.data() + pivot.size(), reset,
                   /*flush=*/true, &error);
    reset = false;
    utf8.append(buffer.data(), target);
  } while (error == U_BUFFER_OVERFLOW_ERROR);
  if (U_FAILURE(error))
    return absl::InvalidArgumentError(
        absl::StrCat("cannot be read as ", encoding, ": ", u_errorName(error)));
  return utf8;
}

}  // namespace

bool IsGuess(absl::string_view encoding) {
  return encoding == kCentral || encoding == kCentralIso || encoding == kWestern;
}

std::string DetectEncoding(absl::string_view bytes, Region region) {
  if (absl::StartsWith(bytes, "\xEF\xBB\xBF")) return "UTF-8";
  UErrorCode error = U_ZERO_ERROR;
  int32_t mark = 0;
  const char* marked = ucnv_detectUnicodeSignature(
      bytes.data(), static_cast<int32_t>(std::min<size_t>(bytes.size(), 16)), &mark, &error);
  if (U_SUCCESS(error) && marked != nullptr) return marked;
  if (std::string utf16 = DetectUtf16(bytes); !utf16.empty()) return utf16;
  if (LooksLikeUtf8(bytes)) return "UTF-8";
  return DetectSingleByte(bytes, region);
}

absl::StatusOr<Text> Decode(absl::string_view bytes, absl::string_view encoding, Region region) {
  Text text;
  text.encoding = encoding.empty() ? DetectEncoding(bytes, region) : std::string(encoding);
  absl::StatusOr<std::string> utf8 = Convert(bytes, text.encoding);
  if (!utf8.ok()) return utf8.status();
  text.utf8 = *std::move(utf8);
  if (absl::StartsWith(text.utf8, "\xEF\xBB\xBF")) text.utf8.erase(0, 3);
  return text;
}

}  // namespace leadstream::inquiries
