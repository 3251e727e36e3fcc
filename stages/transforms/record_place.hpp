// Where a record stood in the input, for orders that must not depend on which worker saw it when.
#pragma once

#include <compare>
#include <cstdint>
#include <span>

#include "weir/transform.hpp"

namespace weir {

/// A batch's place and the physical row: parts of a batch share its place, but have rows of their own.
struct RecordPlace {
  Place place;
  std::uint32_t row = 0;
  friend auto operator<=>(const RecordPlace&, const RecordPlace&) = default;
};

/// Where the rows of a batch stood: together, or each by itself.
class RowPlaces {
 public:
  /// Row i stood at row i of the batch at `place`.
  explicit RowPlaces(const Place& place = {}) noexcept : place_(place) {}
  /// One a physical row; they outlive this, and there is one at least.
  explicit RowPlaces(std::span<const RecordPlace> each) noexcept : each_(each) {}

  RecordPlace operator[](std::size_t row) const noexcept {
    return each_.empty() ? RecordPlace{place_, static_cast<std::uint32_t>(row)} : each_[row];
  }
  bool is_one_batch() const noexcept { return each_.empty(); }
  /// Of rows that stood together.
  const Place& batch() const noexcept { return place_; }

 private:
  Place place_;
  std::span<const RecordPlace> each_;
};

}  // namespace weir
