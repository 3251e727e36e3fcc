// The text of a YAML document, looked at beside the parser: where things stand, and what the parser does not
// tell (whether a comment cut a value, whether a quote was closed). One object a text, which it does not own;
// const functions from any thread.
#pragma once

#include <yaml-cpp/mark.h>

#include <optional>
#include <string>
#include <string_view>

#include "weir/diagnostic.hpp"

namespace weir {

/// A scalar as it was written.
struct YamlScalar {
  bool quoted = false;  ///< in quotes, or as a block (`|`, `>`)
  bool unclosed = false;
  bool comment_follows = false;
  Location where;  ///< where its text begins: behind the quote, on the block's first line
};

class YamlSource {
 public:
  YamlSource(std::string_view text, std::string file) : text_(text), file_(std::move(file)) {}

  Location place(const YAML::Mark& mark) const;
  /// The text from `mark` on.
  std::string_view text_at(const YAML::Mark& mark) const;
  /// What stands at `mark` up to the next blank, comma or closing bracket.
  std::string word_at(const YAML::Mark& mark) const;
  /// The line in which `mark` stands, and the part of it before `mark`.
  std::string_view line_of(const YAML::Mark& mark) const;
  std::string_view line_before(const YAML::Mark& mark) const;

  YamlScalar scalar_at(const YAML::Mark& mark, std::string_view value) const;
  /// The tab before `mark` where only blanks and tabs stand before it in its line.
  std::optional<Location> tab_before(const YAML::Mark& mark) const;
  /// The last `[` or `{` before `mark` that begins a value and is not closed before it.
  std::optional<Location> open_bracket_before(const YAML::Mark& mark) const;
  std::optional<Location> first_invalid_utf8() const;

 private:
  Location place_of(std::size_t offset) const;
  std::size_t offset_of(const YAML::Mark& mark) const;
  std::size_t line_begin(std::size_t offset) const;

  std::string_view text_;
  std::string file_;
};

}  // namespace weir
