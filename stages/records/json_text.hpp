// Names and values as JSON text. Pure functions, any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "weir/column.hpp"

namespace weir {

/// Appends a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD, because JSON is UTF-8.
void append_json_string(std::string& to, std::string_view text);

/// Appends a column's value: numbers and bools bare, timestamps as ISO strings, NULL as null. A double that
/// JSON has no number for (nan, inf) becomes a string.
void append_json_value(std::string& to, const Column& column, std::size_t row);

}  // namespace weir
