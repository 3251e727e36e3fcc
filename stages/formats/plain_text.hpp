// What text is before anything is known of its format: its lines, its byte order mark, whether it is text at
// all. Pure functions.
#pragma once

#include <cstddef>
#include <string_view>

namespace weir {

/// How many '\n' there are.
std::size_t count_newlines(std::string_view text) noexcept;

/// Where the last line that is whole ends (behind its newline); 0 where none is.
std::size_t end_of_last_line(std::string_view text) noexcept;

/// The length of the byte order mark that `text` begins with; 0 where there is none.
std::size_t byte_order_mark_length(std::string_view text) noexcept;

/// Says what the bytes are where they are no text in UTF-8 ("compressed by gzip", "in UTF-16"); empty where
/// they may be.
std::string_view foreign_format(std::string_view beginning) noexcept;

}  // namespace weir
