// How far a flow has come at some place: every sequence number below the frontier is complete there.
//
// End of input (and later watermarks and checkpoint barriers) are marks in a flow's sequence; a mark takes
// effect at a place when the frontier there has passed it. Not synchronised: the owner guards it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

namespace weir::runtime {

class Frontier {
 public:
  /// Sequence number `sequence` is complete; each once. Any order; memory grows with the number of gaps only,
  /// and that is bounded by the flow's credits.
  void complete(std::uint64_t sequence);

  /// Places the mark of the input's end: sequence numbers below `end` exist, and no others.
  void mark_end(std::uint64_t end) noexcept { end_ = end; }

  /// Every number below it is complete.
  std::uint64_t position() const noexcept { return position_; }
  /// The mark of the end has been placed and passed.
  bool ended() const noexcept { return end_ && position_ >= *end_; }

 private:
  std::uint64_t position_ = 0;
  std::map<std::uint64_t, std::uint64_t>
      runs_;  ///< complete runs beyond the frontier: first number -> one past the last
  std::optional<std::uint64_t> end_;
};

}  // namespace weir::runtime
