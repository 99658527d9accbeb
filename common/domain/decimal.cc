#include "common/domain/decimal.h"

#include <absl/status/status.h>
#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>

#include <algorithm>
#include <array>
#include <limits>

#include "common/domain/check.h"

namespace leadstream::domain {
namespace {

// As far as Parse and the arithmetic of a document go; beyond it powers are computed.
constexpr int kPowersMax = 128;
// An exponent larger than any text that is read is long, so that adding the text's length to it
// cannot overflow.
constexpr int64_t kExponentMax = int64_t{1} << 40;
// So many digits fit into 64 bits.
constexpr size_t kChunkDigits = 18;

// Takes the digits that `text` begins with.
absl::string_view TakeDigits(absl::string_view* text) {
  size_t count = 0;
  while (count < text->size() && absl::ascii_isdigit(static_cast<unsigned char>((*text)[count])))
    ++count;
  absl::string_view digits = text->substr(0, count);
  text->remove_prefix(count);
  return digits;
}

// Takes a sign; answers whether it is "-".
bool TakeSign(absl::string_view* text) {
  if (text->empty() || (text->front() != '-' && text->front() != '+')) return false;
  bool negative = text->front() == '-';
  text->remove_prefix(1);
  return negative;
}

int64_t Exponent(bool negative, absl::string_view digits) {
  int64_t exponent = 0;
  for (char digit : digits) exponent = std::min(exponent * 10 + (digit - '0'), kExponentMax);
  return negative ? -exponent : exponent;
}

absl::Status Malformed() {
  return absl::InvalidArgumentError("is not a decimal number such as \"1234.50\"");
}

}  // namespace

Decimal::Integer Decimal::PowerOfTen(int exponent) {
  static const auto& powers = *[] {
    auto* table = new std::array<Integer, kPowersMax + 1>;
    (*table)[0] = 1;
    for (size_t i = 1; i < table->size(); ++i) (*table)[i] = (*table)[i - 1] * 10;
    return table;
  }();
  if (exponent <= kPowersMax) return powers[static_cast<size_t>(exponent)];
  return boost::multiprecision::pow(Integer(10), static_cast<unsigned>(exponent));
}

absl::StatusOr<Decimal> Decimal::Parse(absl::string_view text) {
  const bool negative = TakeSign(&text);
  absl::string_view whole = TakeDigits(&text);
  bool point = !text.empty() && text.front() == '.';
  if (point) text.remove_prefix(1);
  absl::string_view fraction = point ? TakeDigits(&text) : absl::string_view();
  if (whole.empty() && fraction.empty()) return Malformed();
  int64_t exponent = 0;
  if (!text.empty() && (text.front() == 'e' || text.front() == 'E')) {
    text.remove_prefix(1);
    const bool below = TakeSign(&text);
    absl::string_view digits = TakeDigits(&text);
    if (digits.empty()) return Malformed();
    exponent = Exponent(below, digits);
  }
  if (!text.empty()) return Malformed();

  while (!fraction.empty() && fraction.back() == '0') fraction.remove_suffix(1);
  while (!whole.empty() && whole.front() == '0') whole.remove_prefix(1);
  std::string digits = absl::StrCat(whole, fraction);
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  if (digits.empty()) return Decimal();
  int64_t scale = static_cast<int64_t>(fraction.size()) - exponent;
  while (digits.back() == '0') {
    digits.pop_back();
    --scale;
  }
  if (static_cast<int64_t>(digits.size()) - scale > kIntegerDigitsMax) {
    return absl::OutOfRangeError(
        absl::StrCat("has more than ", kIntegerDigitsMax, " digits before the point"));
  }
  if (scale > kDecimalsMax)
    return absl::OutOfRangeError(
        absl::StrCat("has more than ", kDecimalsMax, " digits after the point"));

  Integer unscaled = 0;
  for (size_t at = 0; at < digits.size(); at += kChunkDigits) {
    uint64_t chunk = 0;
    const size_t end = std::min(at + kChunkDigits, digits.size());
    for (size_t i = at; i < end; ++i) chunk = chunk * 10 + static_cast<uint64_t>(digits[i] - '0');
    if (at > 0) unscaled *= PowerOfTen(static_cast<int>(end - at));
    unscaled += chunk;
  }
  if (scale < 0) unscaled *= PowerOfTen(static_cast<int>(-scale));
  if (negative) unscaled = -unscaled;
  return Decimal(std::move(unscaled), static_cast<int>(std::max<int64_t>(scale, 0)));
}

Decimal Decimal::Of(const google::type::Decimal& field) {
  if (field.value().empty()) return Decimal();
  absl::StatusOr<Decimal> value = Parse(field.value());
  Check(value.ok(), "a decimal was used that had not been validated");
  return *std::move(value);
}

std::string Decimal::ToString() const {
  std::string text = unscaled_.str();
  if (scale_ == 0) return text;
  const size_t sign = text.front() == '-' ? 1 : 0;
  const size_t scale = static_cast<size_t>(scale_);
  if (text.size() - sign <= scale) text.insert(sign, scale + 1 - (text.size() - sign), '0');
  text.insert(text.size() - scale, 1, '.');
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

google::type::Decimal Decimal::ToProto() const {
  google::type::Decimal field;
  field.set_value(ToString());
  return field;
}

void Decimal::Widen(int scale) {
  if (scale <= scale_) return;
  unscaled_ *= PowerOfTen(scale - scale_);
  scale_ = scale;
}

Decimal& Decimal::operator+=(const Decimal& other) {
  Widen(other.scale_);
  if (other.scale_ == scale_) {
    unscaled_ += other.unscaled_;
  } else {
    unscaled_ += other.unscaled_ * PowerOfTen(scale_ - other.scale_);
  }
  return *this;
}

Decimal& Decimal::operator-=(const Decimal& other) { return *this += -other; }

Decimal& Decimal::operator*=(const Decimal& other) {
  unscaled_ *= other.unscaled_;
  scale_ += other.scale_;
  return *this;
}

std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) {
  int order = 0;
  if (a.scale_ == b.scale_) {
    order = a.unscaled_.compare(b.unscaled_);
  } else if (a.scale_ < b.scale_) {
    order = Decimal::Integer(a.unscaled_ * Decimal::PowerOfTen(b.scale_ - a.scale_))
                .compare(b.unscaled_);
  } else {
    order = a.unscaled_.compare(
        Decimal::Integer(b.unscaled_ * Decimal::PowerOfTen(a.scale_ - b.scale_)));
  }
  return order <=> 0;
}

Decimal::Integer Decimal::Nearest(const Integer& numerator, const Integer& denominator) {
  Integer quotient, remainder;
  boost::multiprecision::divide_qr(numerator, denominator, quotient, remainder);
  if (abs(remainder) * 2 >= abs(denominator)) quotient += numerator.sign() * denominator.sign();
  return quotient;
}

std::pair<Decimal::Integer, Decimal::Integer> Decimal::Fraction(const Decimal& divisor,
                                                                int digits) const {
  Check(!divisor.IsZero(), "divided by zero");
  const int shift = digits + divisor.scale_ - scale_;
  if (shift >= 0) return {unscaled_ * PowerOfTen(shift), divisor.unscaled_};
  return {unscaled_, divisor.unscaled_ * PowerOfTen(-shift)};
}

Decimal Decimal::Rounded(int digits) const {
  return scale_ <= digits ? *this
                          : Decimal(Nearest(unscaled_, PowerOfTen(scale_ - digits)), digits);
}

Decimal Decimal::RoundedTo(const Decimal& increment) const {
  return DividedBy(increment, 0) * increment;
}

Decimal Decimal::DividedBy(const Decimal& divisor, int digits) const {
  const auto [numerator, denominator] = Fraction(divisor, digits);
  return Decimal(Nearest(numerator, denominator), digits);
}

Decimal Decimal::DividedDown(const Decimal& divisor, int digits) const {
  const auto [numerator, denominator] = Fraction(divisor, digits);
  return Decimal(numerator / denominator, digits);
}

int Decimal::IntegerDigits() const {
  const Integer whole = abs(unscaled_) / PowerOfTen(scale_);
  return whole.is_zero() ? 0 : static_cast<int>(whole.str().size());
}

int Decimal::Decimals() const {
  const std::string text = ToString();
  const size_t point = text.find('.');
  return point == std::string::npos ? 0 : static_cast<int>(text.size() - point - 1);
}

int64_t Decimal::Units() const {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  const Integer whole = scale_ == 0 ? unscaled_ : Integer(unscaled_ / PowerOfTen(scale_));
  if (whole > kMax) return kMax;
  if (whole < -kMax) return -kMax;
  return whole.convert_to<int64_t>();
}

}  // namespace leadstream::domain
