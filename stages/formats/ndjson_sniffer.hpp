// Finding out the columns of newline-delimited JSON from its first objects.
//
// An object inside of an object becomes a column for each of its fields (`request.status`); an array, and
// what is an object here and something else there, stays whole, as text. Conservative as for CSV: a column
// gets a type only where every value has it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "stages/formats/json_path.hpp"
#include "weir/schema.hpp"

namespace weir {

/// Columns that are found at most; more are taken for objects that are maps from data to data.
inline constexpr std::size_t kJsonColumnsMax = 2000;

/// A column, and where its values lie.
struct JsonField {
  JsonPath path;
  Type type = Type::string;
  bool is_seen = false;  ///< it had a value that was not null
};

/// Looks at objects, from one file or from several. One thread.
class NdjsonSniffer {
 public:
  NdjsonSniffer();
  ~NdjsonSniffer();

  /// Looks at the beginning of a file, at `rows_max` objects of it at most; its last line is left out unless
  /// `is_whole`. Of the text, kTextPadding bytes can be read behind its end. Lines that are no objects are
  /// passed over: the reader will refuse them. Answers how many objects it looked at.
  std::size_t look_at(std::string_view beginning, bool is_whole, std::size_t rows_max);
  /// Whether it has seen every line of all that it was shown.
  bool has_seen_all() const noexcept { return has_seen_all_; }

  /// The columns, in the order in which they first came; more than kJsonColumnsMax where there are more.
  std::vector<JsonField> fields() const;

 private:
  class Value;
  std::unique_ptr<Value> root_;
  bool has_seen_all_ = true;
};

}  // namespace weir
