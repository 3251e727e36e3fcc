// Small stages for tests of the loader: they plan and bind as real ones do, and read and write nothing.
#pragma once

#include "weir/record_stage.hpp"

namespace weir::test {

/// table {columns}                a source with the columns it is told
/// keep {where}                   passes its input through; port `rest` may be left unread
/// shape {columns}                gives out what its expressions say
/// match {on}                     two inputs, `left` and `right`
/// order {by, limit}              passes its input through
/// store {path, mode, header, delimiter}   a sink
const StageRegistry& registry();

}  // namespace weir::test
