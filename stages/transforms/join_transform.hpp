// A join as it runs: the right input is collected, the left one streams past it.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "stages/transforms/join_keys.hpp"
#include "weir/memory_budget.hpp"
#include "weir/transform.hpp"

namespace weir {

inline constexpr PortIndex kJoinLeftPort = 0;
inline constexpr PortIndex kJoinRightPort = 1;

/// What comes out.
enum class JoinKind : unsigned char {
  inner,  ///< pairs
  left,   ///< pairs, and the records of the left that are in none
  full,   ///< the same, and at the end those of the right that are in none
  semi,   ///< the records of the left that have a match
  anti,   ///< those that have none
};

/// A join as bound: shared by plan and incarnations, which only read it.
struct Joining {
  JoinKind kind = JoinKind::inner;
  bool one_match = false;  ///< a record of the left that has several is an error
  JoinKeys left_keys;
  JoinKeys right_keys;
  std::shared_ptr<const Schema> left;
  std::shared_ptr<const Schema> left_out;  ///< the columns of the left as they come out
  std::shared_ptr<const Schema> right;
  std::shared_ptr<const Schema> schema;
  std::vector<std::size_t> right_columns;  ///< those of the right that come out, behind all of the left
  /// Of a full join, by column of the left: the key of the same name of the right, which stands there for
  /// records of the right alone.
  std::vector<std::optional<std::size_t>> right_key_of;
  Needs needs;  ///< of the output
  std::shared_ptr<MemoryBudget> memory;

  bool gives_pairs() const noexcept { return kind != JoinKind::semi && kind != JoinKind::anti; }
  bool keeps_unmatched() const noexcept { return kind == JoinKind::left || kind == JoinKind::full; }
};

std::unique_ptr<Transform> make_join_transform(std::shared_ptr<const Joining> joining);

}  // namespace weir
