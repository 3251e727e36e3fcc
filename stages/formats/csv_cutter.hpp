// Finding where records end, without decoding them.
//
// A reader cuts its file one range after another on one thread, so this must be much faster than decoding,
// which many threads do. Pure functions.
#pragma once

#include <cstddef>
#include <string_view>

#include "stages/formats/csv_dialect.hpp"

namespace weir::csv {

/// Where the last record that is whole in `text` ends (behind its newline); 0 where none is. `text` begins
/// where a record begins. Near the speed of memory where no quotes are; from quote to quote otherwise.
std::size_t end_of_last_record(std::string_view text, const Dialect& dialect);

/// Where the first record ends (behind its newline); npos where it does not end in `text`.
std::size_t end_of_first_record(std::string_view text, const Dialect& dialect);

}  // namespace weir::csv
