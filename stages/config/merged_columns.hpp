// What flows into an input port that several streams are merged at.
#pragma once

#include <span>
#include <string>

#include "stages/config/wiring.hpp"
#include "weir/diagnostic.hpp"
#include "weir/schema.hpp"

namespace weir {

/// One of the streams. It points to what outlives it.
struct MergedStream {
  const Wire* wire = nullptr;
  std::string name;  ///< "late.rest", as a config names it
  const Schema* schema = nullptr;
};

/// The columns of all streams together, in the order of the first. Each has the type that it has where there
/// are values in it: streams in which it is always NULL have none to mind. Reports, where a stream is
/// referred to, what it lacks, has too much, or has of another type. Requires a stream.
Schema merge_columns(std::span<const MergedStream> streams, Problems& problems);

}  // namespace weir
