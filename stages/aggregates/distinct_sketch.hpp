// How many different hashes were seen, in at most 2 KiB: exactly up to 48, and then to within some 2.3
// percent (one standard deviation).
//
// HyperLogLog (P. Flajolet et al., 2007) with the estimator of O. Ertl, "New cardinality estimation
// algorithms for HyperLogLog sketches" (2017), which needs no tables. A few hashes are kept as they are. What
// is estimated follows from which hashes came alone, in whatever order and through whatever merges. One
// thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace weir {

class DistinctSketch {
 public:
  static constexpr int kIndexBits = 11;  ///< of a hash, which choose a register

  /// Whether taking in a hash would change anything.
  bool improves(std::uint64_t hash) const noexcept;
  /// Makes room for one more hash than was asked for since the last `take`. May throw, and shows nothing.
  void make_room();
  /// Takes in a hash that there is room for.
  void take(std::uint64_t hash) noexcept;
  void absorb(const DistinctSketch& other);

  double estimate() const noexcept;
  std::size_t heap_bytes() const noexcept {
    return few_.capacity() * sizeof(std::uint64_t) + ranks_.capacity() * sizeof(std::uint8_t);
  }

 private:
  static constexpr std::size_t kRegisters = std::size_t{1} << kIndexBits;
  static constexpr int kRankMax = 64 - kIndexBits + 1;
  static constexpr std::size_t kFewMax = 48;

  void take_rank(std::uint64_t hash) noexcept;
  void become_full() noexcept;

  std::vector<std::uint64_t> few_;  ///< the hashes, in no order, until there are more than a few
  std::vector<std::uint8_t>
      ranks_;  ///< of each register; without a meaning before that, but perhaps allocated
  bool is_full_ = false;
  std::uint32_t promised_ = 0;  ///< how many hashes there is room for that have not come
};

}  // namespace weir
