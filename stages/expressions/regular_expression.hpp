// A pattern of regexp_matches and its like, compiled once when a pipeline is planned.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "stages/expressions/kernel.hpp"

namespace re2 {
class RE2;
}

namespace weir::expressions {

/// RE2's syntax; it takes time proportional to the text, whatever the pattern.
struct RegularExpression {
  std::shared_ptr<const re2::RE2> pattern;
  bool everywhere = false;  ///< the option g: each match is replaced, not the first alone
};

/// Where a call's pattern stands among its arguments, and where its options do; no options: past the end.
struct PatternPlaces {
  std::size_t pattern;
  std::size_t options;
  std::string_view options_known;  ///< letters
};

/// Compiles what a call says. Throws BadArgument where that is no literal, or none that RE2 understands.
RegularExpression compile_pattern(std::string_view function, const Arguments& arguments,
                                  const PatternPlaces& places);

}  // namespace weir::expressions
