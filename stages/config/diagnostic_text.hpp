// Diagnostics as people read them:
//
//     flights.yaml:12:12: late.where: there is no column `dealy`
//        12 |     where: dealy > $late
//           |            ^~~~~
//           = did you mean `delay`?
//
// Pure functions, any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "weir/diagnostic.hpp"

namespace weir {

/// Whether text is coloured with ANSI escapes.
enum class Colour : unsigned char { never, always };

/// All of them, in the order given, each ending in a newline.
std::string to_text(const std::vector<Diagnostic>& diagnostics, Colour colour);

/// Fills in what only the config's text tells: each diagnostic's excerpt, and its column in characters
/// instead of bytes. `text` is that of `file`; diagnostics of other files stay as they are.
void add_excerpts(std::vector<Diagnostic>& diagnostics, std::string_view file, std::string_view text);

/// `where` moved by `offset` bytes inside `text`, which begins there. The lines of a text that spans several
/// begin at the same column, as those of a YAML block do.
Location inside(const Location& where, std::string_view text, std::size_t offset);

}  // namespace weir
