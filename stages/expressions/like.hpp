// SQL's `like`: `%` stands for any text, `_` for one character; nothing escapes them.
#pragma once

#include <string_view>

namespace weir::expressions {

/// Takes time proportional to text times pattern at worst, and no memory. Any thread.
bool is_like(std::string_view text, std::string_view pattern) noexcept;
/// The same, where letters match those of the other size. Takes memory for text that is not ASCII.
bool is_like_ignoring_case(std::string_view text, std::string_view pattern);

}  // namespace weir::expressions
