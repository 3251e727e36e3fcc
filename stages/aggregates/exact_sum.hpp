// The sum of doubles without any rounding until it is read: the same for every order of additions and merges.
//
// A small superaccumulator after R. M. Neal, "Fast exact summation using small and large superaccumulators"
// (2015): a wide fixed-point number in limbs of 64 bits that lie 32 bits apart, so that carries may wait for
// a thousand additions. Only the limbs that the data reaches exist (a *window*): six lie inside the object,
// which covers values that differ by a factor of 2^128; wider data moves the window to the heap.
//
// Growing the window may throw and changes no value; adding never throws. That lets a caller make room for a
// batch first and then apply it whole. One thread at a time; exact up to 2^40 additions.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace weir {

class ExactSum {
 public:
  /// Limbs of the whole range of doubles, with room for carries.
  static constexpr int kLimbsMax = 67;
  static constexpr int kInlineLimbs = 6;
  /// A finite value occupies two limbs, and needs a third one above them for carries.
  static constexpr int kLimbsOfValue = 3;

  /// The limb that the lowest bit of a finite value falls into. Zero falls into any.
  static int limb_of(double value) noexcept { return position_of(exponent_of(value)) >> 5; }

  /// Zero, with a window whose lowest limb is `first_limb` (clamped to what there is).
  explicit ExactSum(int first_limb = 0) noexcept;
  ExactSum(ExactSum&& other) noexcept;
  ExactSum& operator=(ExactSum&& other) noexcept;
  ~ExactSum();

  /// Whether `value` can be added without growing.
  bool covers(double value) const noexcept {
    return is_special(value) || value == 0 || covers_limb(limb_of(value));
  }
  bool covers_limb(int limb) const noexcept {
    return limb >= first_ && limb + kLimbsOfValue <= first_ + count_;
  }
  /// Grows so that `value` can be added. Throws std::bad_alloc, and then nothing has changed.
  void cover(double value);
  /// Grows so that `other`, whose value stays, can be added.
  void cover(ExactSum& other);
  /// Puts the window elsewhere. Requires that nothing but zeros, infinities and NaNs has been added.
  void move_window(int first_limb) noexcept;

  /// Adds a value. Requires covers(value).
  void add(double value) noexcept {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    const unsigned exponent = exponent_of(value);
    if (exponent == kSpecialExponent) [[unlikely]]
      return add_special(value);
    const std::uint64_t mantissa = (bits & kMantissaMask) | (std::uint64_t{exponent != 0} << kMantissaBits);
    const int position = position_of(exponent);
    const int shift = position & 31;
    const auto low = static_cast<std::int64_t>((mantissa << shift) & 0xffff'ffffu);
    const auto high = static_cast<std::int64_t>(mantissa >> (32 - shift));
    const std::int64_t sign = static_cast<std::int64_t>(bits) >> 63;  // 0 or -1
    std::int64_t* limbs = this->limbs() + (mantissa == 0 ? 0 : (position >> 5) - first_);
    limbs[0] += (low ^ sign) - sign;
    limbs[1] += (high ^ sign) - sign;
    if (++pending_ == kAdditionsBeforeCarry) [[unlikely]]
      carry();
  }
  /// Adds all that `other` holds. Requires cover(other) just before.
  void add(const ExactSum& other) noexcept;

  /// The sum, rounded once, half to even. NaN when a NaN or both infinities were added; infinite when one
  /// was, or when the sum is beyond the doubles. A sum of zero is +0, whatever the signs of the zeros.
  double result() const noexcept;

  /// Bytes outside of the object.
  std::size_t heap_bytes() const noexcept { return is_inline() ? 0 : count_ * sizeof(std::int64_t); }

 private:
  static constexpr unsigned kSpecialExponent = 0x7ff;
  static constexpr int kMantissaBits = 52;
  static constexpr std::uint64_t kMantissaMask = (std::uint64_t{1} << kMantissaBits) - 1;
  /// The high part of a value has up to 52 bits: 2^10 of them and a carry fit 63 bits.
  static constexpr std::uint16_t kAdditionsBeforeCarry = 1000;

  static unsigned exponent_of(double value) noexcept {
    return static_cast<unsigned>(std::bit_cast<std::uint64_t>(value) >> kMantissaBits) & kSpecialExponent;
  }
  /// The power of two of a value's lowest mantissa bit, counted from the smallest double's.
  static int position_of(unsigned exponent) noexcept {
    return static_cast<int>(exponent) - (exponent != 0 ? 1 : 0);
  }
  static bool is_special(double value) noexcept { return exponent_of(value) == kSpecialExponent; }

  bool is_inline() const noexcept { return count_ <= kInlineLimbs; }
  std::int64_t* limbs() noexcept { return is_inline() ? storage_.inline_limbs : storage_.heap_limbs; }
  const std::int64_t* limbs() const noexcept {
    return is_inline() ? storage_.inline_limbs : storage_.heap_limbs;
  }
  void add_special(double value) noexcept;
  /// Leaves every limb but the highest within 32 bits; the highest keeps the sign.
  void carry() noexcept;
  /// Carries, and then moves a small highest limb into the one below it, so that high limbs are zero.
  void fold() noexcept;
  void grow(int first, int end);

  union {
    std::int64_t inline_limbs[kInlineLimbs];
    std::int64_t* heap_limbs;
  } storage_;
  std::int16_t first_ = 0;              ///< which limb of the whole range the window begins with
  std::uint16_t count_ = kInlineLimbs;  ///< limbs in the window; more than kInlineLimbs: on the heap
  std::uint16_t pending_ = 0;           ///< additions since the last carry
  std::uint16_t specials_ = 0;          ///< which of +inf, -inf and NaN were added
};
static_assert(sizeof(ExactSum) == 56);

}  // namespace weir
