// Exact decimal numbers: quantities, prices, rates and every sum of money that is still being
// computed.
//
//   Decimal net = quantity * (price - discount);   // exact: nothing is lost before ...
//   net = net.Rounded(2);                          // ... it is rounded, where the rules say so
//
// A Decimal is an integer of any size and a number of digits after the point. It never overflows,
// never rounds by itself and knows no floating point. Up to 256 bits (77 digits) it needs no memory
// of its own.
#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <google/type/decimal.pb.h>

#include <boost/multiprecision/cpp_int.hpp>
#include <compare>
#include <cstdint>
#include <ostream>
#include <string>
#include <type_traits>
#include <utility>

namespace leadstream::domain {

class Decimal {
 public:
  // What Parse takes: so many digits before the point, and so many after it.
  static constexpr int kIntegerDigitsMax = 30;
  static constexpr int kDecimalsMax = 30;

  Decimal() = default;  // 0
  explicit Decimal(int64_t value) : unscaled_(value) {}
  template <typename Float, typename = std::enable_if_t<std::is_floating_point_v<Float>>>
  explicit Decimal(Float) = delete;
  // unscaled / 10^scale: Scaled(1250, 2) is 12.5. `scale` >= 0.
  static Decimal Scaled(int64_t unscaled, int scale) { return Decimal(Integer(unscaled), scale); }

  // Reads the text form of google.type.Decimal: "1234.50", "-.5", "+2.", "1.5e-3". INVALID_ARGUMENT
  // if `text` is anything else (also if it is empty), OUT_OF_RANGE if it has more digits than the
  // limits above. Zeros that change nothing do not count.
  static absl::StatusOr<Decimal> Parse(absl::string_view text);

  // The value of a field that was validated: a malformed one is a bug and ends the process. An
  // empty one is 0.
  static Decimal Of(const google::type::Decimal& field);

  // Plain notation, the shortest: "1000", "0.5", "-12.345", "0".
  std::string ToString() const;
  google::type::Decimal ToProto() const;

  Decimal operator-() const { return Decimal(-unscaled_, scale_); }
  Decimal& operator+=(const Decimal& other);
  Decimal& operator-=(const Decimal& other);
  Decimal& operator*=(const Decimal& other);
  friend Decimal operator+(Decimal a, const Decimal& b) { return a += b; }
  friend Decimal operator-(Decimal a, const Decimal& b) { return a -= b; }
  friend Decimal operator*(Decimal a, const Decimal& b) { return a *= b; }

  // By value: 1.50 == 1.5.
  friend bool operator==(const Decimal& a, const Decimal& b) { return (a <=> b) == 0; }
  friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b);

  // To so many digits after the point, half away from zero: 2.345 -> 2.35, -2.345 -> -2.35.
  // `digits` >= 0.
  Decimal Rounded(int digits) const;
  // The nearest multiple of `increment` (> 0), half away from zero: 12.5 to 5 -> 15.
  Decimal RoundedTo(const Decimal& increment) const;
  // The exact quotient, rounded half away from zero, or cut off towards zero. `divisor` is not 0.
  Decimal DividedBy(const Decimal& divisor, int digits) const;
  Decimal DividedDown(const Decimal& divisor, int digits) const;
  // So many percent of 1: 4 -> 0.04. Exact.
  Decimal Percent() const { return Decimal(unscaled_, scale_ + 2); }

  bool IsZero() const { return unscaled_.is_zero(); }
  bool IsNegative() const { return unscaled_.sign() < 0; }
  bool IsPositive() const { return unscaled_.sign() > 0; }
  Decimal Abs() const { return IsNegative() ? -*this : *this; }

  // Digits before the point (0 for 0.5), and those after it that are needed (1 for 0.50).
  int IntegerDigits() const;
  int Decimals() const;
  // The part before the point, cut off towards zero: 2^63 - 1 or its negative if it is beyond that.
  int64_t Units() const;

  friend std::ostream& operator<<(std::ostream& out, const Decimal& value) {
    return out << value.ToString();
  }

 private:
  using Integer = boost::multiprecision::number<
      boost::multiprecision::cpp_int_backend<256, 0, boost::multiprecision::signed_magnitude,
                                             boost::multiprecision::unchecked>,
      boost::multiprecision::et_off>;

  Decimal(Integer unscaled, int scale) : unscaled_(std::move(unscaled)), scale_(scale) {}
  static Integer PowerOfTen(int exponent);
  // The operands of a division whose integer quotient is this / divisor with `digits` after the
  // point.
  std::pair<Integer, Integer> Fraction(const Decimal& divisor, int digits) const;
  // numerator / denominator, half away from zero.
  static Integer Nearest(const Integer& numerator, const Integer& denominator);
  // The same value with more digits after the point.
  void Widen(int scale);

  Integer unscaled_ = 0;  // the value is unscaled_ / 10^scale_
  int scale_ = 0;         // >= 0
};

}  // namespace leadstream::domain
