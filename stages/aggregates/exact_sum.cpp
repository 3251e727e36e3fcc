#include "stages/aggregates/exact_sum.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cmath>
#include <iterator>
#include <limits>
#include <span>

namespace weir {
namespace {

constexpr std::uint16_t kPositiveInfinity = 1;
constexpr std::uint16_t kNegativeInfinity = 2;
constexpr std::uint16_t kNan = 4;

// Limbs that a window gains at an end beyond what is asked for, so that growing is rare.
constexpr int kSpareLimbs = 2;
// The power of two that the lowest bit of limb 0 stands for.
constexpr int kLowestPower = -1074;
constexpr int kMantissaDigits = 53;

// A magnitude in digits of 32 bits, the lowest first; the highest limb of a sum may fill two.
using Digits = std::span<std::uint32_t>;

// Lets carries run through `limbs`, whose digits and sign come out apart.
bool split_sign(std::span<const std::int64_t> limbs, Digits digits) noexcept {
  std::int64_t carry = 0;
  for (std::size_t i = 0; i < limbs.size(); ++i) {
    const std::int64_t sum = limbs[i] + carry;
    digits[i] = static_cast<std::uint32_t>(sum);
    carry = sum >> 32;
  }
  digits.back() = static_cast<std::uint32_t>(carry);
  if (carry >= 0) return false;
  std::uint64_t borrow = 1;  // two's complement
  for (std::uint32_t& digit : digits) {
    borrow += static_cast<std::uint32_t>(~digit);
    digit = static_cast<std::uint32_t>(borrow);
    borrow >>= 32;
  }
  return true;
}

// The digits times 2^(32 * first + kLowestPower), rounded half to even.
double rounded(Digits digits, int first) noexcept {
  while (!digits.empty() && digits.back() == 0)
    digits = digits.first(digits.size() - 1);
  if (digits.empty()) return 0;
  // The highest 64 bits, and whether there are others below them.
  const auto digit = [&](std::size_t from_top) -> std::uint64_t {
    return from_top < digits.size() ? digits[digits.size() - 1 - from_top] : 0;
  };
  const int leading_zeros = std::countl_zero(digits.back());
  std::uint64_t head = (digit(0) << 32 | digit(1)) << leading_zeros;
  head |= digit(2) << leading_zeros >> 32;
  const std::size_t below_head = digits.size() - std::min<std::size_t>(digits.size(), 3);
  const bool any_below = static_cast<std::uint32_t>(digit(2) << leading_zeros) != 0 ||
                         std::any_of(digits.begin(), digits.begin() + static_cast<std::ptrdiff_t>(below_head),
                                     [](std::uint32_t each) { return each != 0; });

  const int top_bit = static_cast<int>(digits.size()) * 32 - 1 - leading_zeros;
  const int low_bit = std::max(0, top_bit - kMantissaDigits + 1);
  const int cut_bits = 63 - (top_bit - low_bit);
  std::uint64_t mantissa = head >> cut_bits;
  if (low_bit > 0) {
    const std::uint64_t half = std::uint64_t{1} << (cut_bits - 1);
    const std::uint64_t cut = head & (2 * half - 1);
    if (cut > half || (cut == half && (any_below || (mantissa & 1) != 0))) ++mantissa;
  }
  return std::ldexp(static_cast<double>(mantissa), low_bit + 32 * first + kLowestPower);
}

}  // namespace

ExactSum::ExactSum(int first_limb) noexcept : storage_{} { move_window(first_limb); }

ExactSum::ExactSum(ExactSum&& other) noexcept
    : storage_(other.storage_),
      first_(other.first_),
      count_(other.count_),
      pending_(other.pending_),
      specials_(other.specials_) {
  if (!other.is_inline()) {
    other.count_ = kInlineLimbs;
    std::fill_n(other.storage_.inline_limbs, kInlineLimbs, 0);
  }
}

ExactSum& ExactSum::operator=(ExactSum&& other) noexcept {
  if (this == &other) return *this;
  this->~ExactSum();
  return *new (this) ExactSum(std::move(other));
}

ExactSum::~ExactSum() {
  if (!is_inline()) delete[] storage_.heap_limbs;
}

void ExactSum::cover(double value) {
  if (covers(value)) return;
  const int limb = limb_of(value);
  grow(limb, limb + kLimbsOfValue);
}

void ExactSum::cover(ExactSum& other) {
  other.fold();
  const std::int64_t* limbs = other.limbs();
  const auto is_used = [](std::int64_t limb) { return limb != 0; };
  const auto low = std::find_if(limbs, limbs + other.count_, is_used) - limbs;
  if (low == other.count_) return;
  const auto high =
      std::find_if(std::reverse_iterator(limbs + other.count_), std::reverse_iterator(limbs), is_used)
          .base() -
      limbs;
  const int first = other.first_ + static_cast<int>(low);
  const int end = std::min(kLimbsMax, other.first_ + static_cast<int>(high) + 2);  // one for carries
  if (first < first_ || end > first_ + count_) grow(first, end);
}

void ExactSum::move_window(int first_limb) noexcept {
  assert(std::all_of(limbs(), limbs() + count_, [](std::int64_t limb) { return limb == 0; }));
  first_ = static_cast<std::int16_t>(std::clamp(first_limb, 0, kLimbsMax - count_));
}

void ExactSum::grow(int first, int end) {
  const int new_first = first < first_ ? std::max(0, first - kSpareLimbs) : first_;
  const int old_end = first_ + count_;
  const int new_end = end > old_end ? std::min(kLimbsMax, end + kSpareLimbs) : old_end;
  const auto new_count = static_cast<std::size_t>(new_end - new_first);
  auto* grown = new std::int64_t[new_count]();
  std::copy_n(limbs(), count_, grown + (first_ - new_first));
  if (!is_inline()) delete[] storage_.heap_limbs;
  storage_.heap_limbs = grown;
  first_ = static_cast<std::int16_t>(new_first);
  count_ = static_cast<std::uint16_t>(new_count);
}

void ExactSum::add(const ExactSum& other) noexcept {
  carry();
  const std::int64_t* from = other.limbs();
  std::int64_t* to = limbs() + (other.first_ - first_);
  for (int i = 0; i < other.count_; ++i)
    if (from[i] != 0) to[i] += from[i];
  specials_ |= other.specials_;
  carry();
}

void ExactSum::add_special(double value) noexcept {
  specials_ |= std::isnan(value) ? kNan : value > 0 ? kPositiveInfinity : kNegativeInfinity;
}

void ExactSum::carry() noexcept {
  std::int64_t* limb = limbs();
  std::int64_t carried = 0;
  for (int i = 0; i + 1 < count_; ++i) {
    const std::int64_t sum = limb[i] + carried;
    limb[i] = sum & 0xffff'ffff;
    carried = sum >> 32;
  }
  limb[count_ - 1] += carried;
  pending_ = 0;
}

void ExactSum::fold() noexcept {
  constexpr std::int64_t kSmall = std::int64_t{1} << 28;
  carry();
  std::int64_t* limb = limbs();
  for (int i = count_ - 1; i > 0 && limb[i] > -kSmall && limb[i] < kSmall; --i) {
    limb[i - 1] += limb[i] * (std::int64_t{1} << 32);
    limb[i] = 0;
    if (limb[i - 1] >= kSmall || limb[i - 1] <= -kSmall) return;
  }
}

double ExactSum::result() const noexcept {
  constexpr std::uint16_t kBothInfinities = kPositiveInfinity | kNegativeInfinity;
  if ((specials_ & kNan) != 0 || (specials_ & kBothInfinities) == kBothInfinities)
    return std::numeric_limits<double>::quiet_NaN();
  if (specials_ == kPositiveInfinity) return std::numeric_limits<double>::infinity();
  if (specials_ == kNegativeInfinity) return -std::numeric_limits<double>::infinity();
  std::array<std::uint32_t, kLimbsMax + 1> room;
  const Digits digits = std::span(room).first(count_ + std::size_t{1});
  const bool negative = split_sign({limbs(), count_}, digits);
  const double magnitude = rounded(digits, first_);
  return negative ? -magnitude : magnitude;
}

}  // namespace weir
