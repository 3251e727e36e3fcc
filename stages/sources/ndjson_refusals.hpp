// The words with which a reader of JSON refuses records.
#pragma once

#include <cstddef>

#include "stages/formats/ndjson_decoder.hpp"
#include "stages/sources/ndjson_source.hpp"
#include "weir/error.hpp"

namespace weir {

/// Why a line was refused: "column delay: the string '"abc"' is not an int64; add `types: {delay: string}` to
/// ...". `column`: of the schema; of no meaning where the line is no JSON.
ErrorInfo describe_refusal(const JsonRefusal& refusal, std::size_t column, const NdjsonReading& reading);

}  // namespace weir
