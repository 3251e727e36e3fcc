// The little of SQL's text that the config must know before the parser sees it: quotes, parentheses and
// commas. Pure functions, any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// Whether every quote and every parenthesis is closed, and none is closed that was not opened.
bool is_balanced(std::string_view expression) noexcept;

/// A part of a text, and where in it the part begins.
struct TextPart {
  std::string_view text;
  std::size_t offset = 0;
};

/// The parts between the commas that stand outside of quotes and parentheses, without blanks around them.
std::vector<TextPart> split_at_commas(std::string_view list);

/// A text as YAML would have to quote it.
std::string yaml_quoted(std::string_view text);

}  // namespace weir
