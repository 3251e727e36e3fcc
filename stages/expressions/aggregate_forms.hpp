// The aggregate functions that expressions know: one entry for each name, with all that is said of it.
//
// The binder finds calls by it, messages list it, and a reference is generated from it. Immutable.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "weir/aggregate_expression.hpp"

namespace weir::expressions {

/// An aggregate function as it is called.
struct AggregateForm {
  /// What the first argument may be, and becomes.
  enum class Takes : unsigned char {
    anything,
    conditions,  ///< booleans
    numbers,     ///< int64 and double, as they are
    doubles,     ///< both, as doubles
    ordered,     ///< numbers, dates and timestamps, as they are
    continuous,  ///< numbers as doubles, dates as timestamps, timestamps as they are
    texts,       ///< anything, as its text
  };
  /// What comes behind it.
  enum class Parameter : unsigned char {
    none,
    key,        ///< an expression that is compared
    fraction,   ///< a number from 0 to 1, known before anything is read
    separator,  ///< a text, known before anything is read; `,` where it is left out
  };
  enum class Gives : unsigned char { the_same, int64, float64 };

  std::string_view name;
  AggregateFunction function = AggregateFunction::count;
  Takes takes = Takes::anything;
  Gives gives = Gives::the_same;
  Parameter parameter = Parameter::none;
  bool may_be_distinct = false;  ///< whether `distinct` would change anything, and is defined
  double fraction = 0;           ///< of those that take none
  std::string_view usage;        ///< "arg_min(x, key)"
  std::string_view summary;      ///< one sentence
};

/// All of them, in the order of the reference.
std::span<const AggregateForm> aggregate_forms() noexcept;

/// The form of a name in small letters; null: it is no aggregate function.
const AggregateForm* aggregate_form(std::string_view name) noexcept;

}  // namespace weir::expressions
