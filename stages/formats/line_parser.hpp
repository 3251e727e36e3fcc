// Takes texts apart into fields: by a regular expression, as an access log, as `key=value` pairs.
//
// Made once; then read by any number of threads.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "weir/schema.hpp"

namespace weir {

/// A field of a text that was taken apart.
struct ParsedField {
  std::string_view text;     ///< in the text itself, unless it had to be changed
  bool is_null = true;       ///< there is none
  bool is_changed = false;   ///< `text` is in `changed`
  std::string changed = {};  ///< kept from text to text, so that its memory is used again
};

class LineParser {
 public:
  virtual ~LineParser() = default;

  /// The fields, and the types that they have unless a config says otherwise.
  virtual const std::vector<Field>& fields() const noexcept = 0;

  /// Takes a text apart; `into` has an element a field. Answers what is wrong with it; nothing: it fits.
  virtual std::optional<std::string> parse(std::string_view text, std::vector<ParsedField>& into) const = 0;
};

/// What a parser cannot be made of. `offset` is of the pattern.
struct PatternProblem {
  std::string message;
  std::string mend;
};

/// RE2's syntax; each named group `(?P<name>...)` is a field. Null where `problem` says why.
std::unique_ptr<LineParser> make_regex_parser(const std::string& pattern, PatternProblem& problem);
/// nginx's and Apache's combined format.
std::unique_ptr<LineParser> make_access_log_parser();
/// `level=info msg="it works" done`: these keys, all strings; one without a value is true.
std::unique_ptr<LineParser> make_logfmt_parser(std::vector<std::string> keys);

}  // namespace weir
