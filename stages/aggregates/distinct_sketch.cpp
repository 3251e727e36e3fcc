#include "stages/aggregates/distinct_sketch.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

namespace weir {
namespace {

// The last step of MurmurHash3 (A. Appleby): every bit of the input changes each of the output with
// probability 1/2.
std::uint64_t mixed(std::uint64_t hash) noexcept {
  hash ^= hash >> 33;
  hash *= 0xff51afd7ed558ccdu;
  hash ^= hash >> 33;
  hash *= 0xc4ceb9fe1a85ec53u;
  return hash ^ (hash >> 33);
}

// Where a hash falls, and how rare it is there: the place of the first 1 behind the index, from 1.
struct Register {
  explicit Register(std::uint64_t hash) noexcept {
    const std::uint64_t bits = mixed(hash);
    index = static_cast<std::size_t>(bits >> (64 - DistinctSketch::kIndexBits));
    rank = static_cast<std::uint8_t>(
        std::min(std::countl_zero(bits << DistinctSketch::kIndexBits), 64 - DistinctSketch::kIndexBits) + 1);
  }
  std::size_t index;
  std::uint8_t rank;
};

// Ertl's sigma: what registers that are zero say.
double sigma(double share) noexcept {
  if (share == 1) return std::numeric_limits<double>::infinity();
  double power = 1;
  double sum = share;
  for (double before = -1; sum != before;) {
    share *= share;
    before = sum;
    sum += share * power;
    power += power;
  }
  return sum;
}

// Ertl's tau: what registers that are full say.
double tau(double share) noexcept {
  if (share == 0 || share == 1) return 0;
  double power = 1;
  double sum = 1 - share;
  for (double before = -1; sum != before;) {
    share = std::sqrt(share);
    before = sum;
    power *= 0.5;
    sum -= (1 - share) * (1 - share) * power;
  }
  return sum / 3;
}

}  // namespace

bool DistinctSketch::improves(std::uint64_t hash) const noexcept {
  if (!is_full_) return std::find(few_.begin(), few_.end(), hash) == few_.end();
  const Register by(hash);
  return ranks_[by.index] < by.rank;
}

void DistinctSketch::make_room() {
  if (is_full_) return;
  const std::size_t needed = few_.size() + promised_ + 1;
  if (needed > kFewMax) {
    ranks_.resize(kRegisters);
  } else if (needed > few_.capacity()) {
    few_.reserve(std::min(kFewMax, std::max<std::size_t>(4, 2 * needed)));
  }
  ++promised_;
}

void DistinctSketch::take(std::uint64_t hash) noexcept {
  promised_ = 0;
  if (!improves(hash)) return;
  if (!is_full_ && few_.size() == kFewMax) become_full();
  if (is_full_) {
    take_rank(hash);
  } else {
    few_.push_back(hash);
  }
}

// Requires that the registers are allocated.
void DistinctSketch::become_full() noexcept {
  for (const std::uint64_t hash : few_)
    take_rank(hash);
  std::vector<std::uint64_t>().swap(few_);
  is_full_ = true;
}

void DistinctSketch::take_rank(std::uint64_t hash) noexcept {
  const Register by(hash);
  ranks_[by.index] = std::max(ranks_[by.index], by.rank);
}

void DistinctSketch::absorb(const DistinctSketch& other) {
  for (const std::uint64_t hash : other.few_) {
    if (!improves(hash)) continue;
    make_room();
    take(hash);
  }
  if (!other.is_full_) return;
  ranks_.resize(kRegisters);
  if (!is_full_) become_full();
  for (std::size_t index = 0; index < kRegisters; ++index)
    ranks_[index] = std::max(ranks_[index], other.ranks_[index]);
}

double DistinctSketch::estimate() const noexcept {
  if (!is_full_) return static_cast<double>(few_.size());
  std::array<double, kRankMax + 1> registers{};  // how many have each rank
  for (const std::uint8_t rank : ranks_)
    ++registers[rank];
  constexpr auto kCount = static_cast<double>(kRegisters);
  double sum = kCount * tau(1 - registers[kRankMax] / kCount);
  for (int rank = kRankMax - 1; rank >= 1; --rank)
    sum = 0.5 * (sum + registers[static_cast<std::size_t>(rank)]);
  sum += kCount * sigma(registers[0] / kCount);
  return kCount * kCount / (2 * std::log(2.0)) / sum;
}

}  // namespace weir
