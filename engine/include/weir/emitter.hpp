// How a stage gives out what it made of its input.
#pragma once

#include <cstddef>

#include "weir/error.hpp"
#include "weir/payload.hpp"

namespace weir {

/// Output ports are numbered in the order in which the stage's `StageSpec` lists them; 0 is `out`.
using PortIndex = std::size_t;
inline constexpr PortIndex kMainPort = 0;

/// What a stage that works record by record does about one that failed.
enum class ItemVerdict : unsigned char {
  again,     ///< tries it again, now
  left_out,  ///< goes on with the next: the engine has taken it, as by `reject`
  later,     ///< returns: it will be called again, with this record as the first
};

/// Collects what one call of a stage gives out. The engine holds it until the call has returned, and drops it
/// if the call throws: a batch is processed once or not at all. Used by the calling thread only, during the
/// call.
class Emitter {
 public:
  virtual ~Emitter() = default;

  /// Sends a batch out of a port. A null or empty batch may be left out: the engine keeps count of places.
  virtual void emit(Batch batch, PortIndex port = kMainPort) = 0;

  /// Whether anybody reads what is emitted on a port. What is emitted on another is counted as filtered; a
  /// stage that would have to work for it may ask first, and say `filtered` instead.
  virtual bool wanted(PortIndex port) const noexcept = 0;

  /// Refuses record `row` of the input (of a source's work: of `batch`), which the stage leaves out of what
  /// it emits. The stage's error policy decides what becomes of it. Each row at most once a call.
  virtual void reject(std::size_t row, ErrorInfo error) = 0;

  /// For stages that catch what single records throw: asks what to do about record `row` of the input, which
  /// has thrown `error` once more. So a call of a thousand records need not be made again for one of them,
  /// and what comes out keeps its order.
  virtual ItemVerdict failed(std::size_t row, ErrorInfo error) = 0;

  /// For `Source::decode` and `Transform::next_output`, whose input has no rows: refuses record `row` of
  /// `record`.
  virtual void reject(Batch record, std::size_t row, ErrorInfo error) = 0;

  /// Says that `rows` records were left out on purpose: a filter's, say. The ledger balances with it.
  virtual void filtered(std::size_t rows) = 0;

  /// Says that this stage needs no further input: `limit` has its rows, the reader of a pipe went away.
  /// It travels upstream and stops the sources that nobody else needs.
  virtual void enough() = 0;
};

}  // namespace weir
