// What a token carries through the graph.
//
// The engine sees of a payload only its size, its bytes, and that it can be sliced; what is inside is between
// the stages. Payloads are immutable once emitted, so any number of branches and threads may share one;
// a stage that wants to change one clones it first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace weir {

/// Where data came from, for messages and dead letters. `line` counts from 1; 0 where lines mean nothing.
/// Empty `input` where the origin is not known (after an aggregate, say).
struct Origin {
  std::shared_ptr<const std::string> input;  ///< a path, "-" for standard input; shared, it never changes
  std::uint64_t byte_offset = 0;
  std::uint64_t line = 0;
};

/// Names a kind of payload, for the check that connected ports fit. Equal names fit.
struct PayloadType {
  std::string name;
  friend bool operator==(const PayloadType&, const PayloadType&) = default;
};

class Payload;
/// A payload handed from stage to stage. Shared because fan-out branches, parked tokens and dead letters
/// may hold the same one; const because of that.
using Batch = std::shared_ptr<const Payload>;

/// A number of records, and whatever the stages need of them. Immutable once emitted, and then read by any
/// number of threads at once.
class Payload {
 public:
  virtual ~Payload() = default;

  /// How many records it holds. This is what the ledger counts.
  virtual std::size_t rows() const noexcept = 0;

  /// The bytes of the buffers that it keeps alive: what credits in bytes count.
  virtual std::size_t bytes() const noexcept = 0;

  /// Records [offset, offset + count) without copying their values. Requires offset + count <= rows().
  virtual Batch slice(std::size_t offset, std::size_t count) const = 0;

  /// A copy of its own, which the caller may change before emitting it.
  virtual std::shared_ptr<Payload> clone() const = 0;

  /// Where record `row` was read. May be slow (it may read the input again): for errors only.
  virtual Origin origin_of(std::size_t /*row*/) const { return {}; }

  /// Record `row` as text, for dead letters and messages.
  virtual std::string describe(std::size_t row) const = 0;
};

}  // namespace weir
