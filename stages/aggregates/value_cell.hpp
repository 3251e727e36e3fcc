// One value of any type, on its own: what an aggregate keeps of a record when it lets go of the batch. One
// thread.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "stages/transforms/value_rank.hpp"
#include "weir/column.hpp"

namespace weir {

class ValueCell {
 public:
  /// NULL.
  ValueCell() = default;
  /// The value of a row of a column with Encoding::values.
  ValueCell(const Column& column, std::size_t row);

  bool is_null() const noexcept { return null_; }
  /// Puts the value into a row of a column of its type.
  void store(ColumnBuilder& to, std::size_t row) const;
  /// Bytes outside of the object.
  std::size_t heap_bytes() const noexcept { return text_.capacity() > kTextInside ? text_.capacity() : 0; }

  /// The order of min and max: strings by their bytes, NaN behind all numbers. Of one type, and no NULLs.
  friend std::strong_ordering operator<=>(const ValueCell& a, const ValueCell& b) noexcept {
    if (const auto order = a.rank_ <=> b.rank_; order != 0) return order;
    return a.text_.compare(b.text_) <=> 0;
  }
  /// The same, with a row's value that is not NULL.
  std::strong_ordering compare(const Column& column, std::size_t row) const noexcept;

 private:
  static inline const std::size_t kTextInside = std::string().capacity();

  std::int64_t rank_ = 0;  ///< of what is no string
  std::string text_;
  bool null_ = true;
};

/// How two rows' values compare, neither of them NULL.
std::strong_ordering compare_rows(const Column& column, std::size_t a, std::size_t b) noexcept;

}  // namespace weir
