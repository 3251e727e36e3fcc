// Problems of a config, with a place and a mend, gathered so that all are told at once.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// A place in a config. Lines and columns count from 1; 0: unknown. `file` is as the user wrote it; "--set" and the
/// like for values from the command line.
struct Location {
  std::string file;
  std::size_t line = 0;
  std::size_t column = 0;
};

/// What kind of problem it is: decides the command's exit code.
enum class ProblemKind : unsigned char {
  config,             ///< the config itself: 78
  bad_input,          ///< an input that is not what it should be: 65
  missing_input,      ///< an input that is not there or cannot be read: 66
  unwritable_output,  ///< an output that cannot be made: 73
};

/// One problem: where, what, and what to do about it.
struct Diagnostic {
  Location where;
  std::string field;    ///< the field's path: "stages[2].where" or "by_origin.select.mean"; may be empty
  std::string message;  ///< what is wrong, ending in the values
  std::string mend;     ///< what to do: "did you mean `filter`?"; may be empty
  std::size_t length = 1;  ///< how many characters the caret line marks
  ProblemKind kind = ProblemKind::config;
  std::string excerpt = {};  ///< the line it stands in, for the caret line; empty: unknown
};

/// Collects diagnostics. One thread.
class Problems {
 public:
  /// Adds one.
  void add(Diagnostic diagnostic) { all_.push_back(std::move(diagnostic)); }
  bool empty() const noexcept { return all_.empty(); }
  const std::vector<Diagnostic>& all() const noexcept { return all_; }

 private:
  std::vector<Diagnostic> all_;
};

/// A config that cannot run. Carries every problem that was found; `what()` has them all as text.
class ConfigError : public std::runtime_error {
 public:
  /// At least one.
  explicit ConfigError(std::vector<Diagnostic> diagnostics);
  const std::vector<Diagnostic>& diagnostics() const noexcept { return diagnostics_; }

 private:
  std::vector<Diagnostic> diagnostics_;
};

/// The name of `names` nearest to `wrong` (by edit distance, and near enough to be meant), or an empty string.
std::string nearest_name(std::string_view wrong, const std::vector<std::string>& names);
/// "did you mean `x`?", or "one of: a, b, c" where nothing is near; what a mend says about a wrong name.
std::string suggest_name(std::string_view wrong, const std::vector<std::string>& names);

}  // namespace weir
