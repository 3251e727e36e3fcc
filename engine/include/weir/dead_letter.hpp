// A record that left the flow, with all that is known of why.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "weir/error.hpp"
#include "weir/payload.hpp"

namespace weir {

/// `Record` is Batch, of one row, as the engine sees it, or the item of a typed flow.
template <class Record>
struct DeadLetter {
  std::string stage;
  std::uint64_t incarnation = 0;
  std::uint32_t attempts = 0;
  ErrorInfo error;
  Origin origin;  ///< of the record or, where it does not say, of the piece of work that it came with; empty
                  ///< after a breaker
  /// Its place, from 0, among the records that the stage was given of one piece of work of the source (in
  /// what has several inputs, of all of them): the same however stages share loops, and whatever was tried
  /// again. For what a source or a breaker refused: its row in the batch that it names.
  std::uint64_t ordinal = 0;
  Record record;
  std::string port = {};  ///< the input port by which the record came; empty: the stage's only one
};

/// Turns dead letters into a payload that stages downstream of an `errors` port understand. Called from any
/// thread. Never given an empty list.
using DeadLetterEncoder = std::function<Batch(std::vector<DeadLetter<Batch>>&&)>;

}  // namespace weir
