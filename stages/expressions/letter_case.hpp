// Small letters and capitals of all alphabets: Unicode's simple mapping, a character for a character. Pure
// functions, any thread.
#pragma once

#include <string>
#include <string_view>

namespace weir::expressions {

/// Appends the text with each character that has a small form in it. Bytes that are no UTF-8 stay.
void append_lower(std::string& to, std::string_view text);
/// The same with capitals.
void append_upper(std::string& to, std::string_view text);

}  // namespace weir::expressions
