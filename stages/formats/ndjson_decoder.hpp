// From lines of JSON objects to columns of values.
//
// The objects of a batch are parsed as one stream by simdjson's on-demand interface, which indexes all of it
// at once and then visits nothing but the fields that some column wants. Where the stream and the lines do
// not agree (a line is no JSON, or has two objects), the remaining lines are parsed each by itself, so that
// every line that is wrong is known by its number, and takes no other with it.
//
// What a column does not want is checked for its brackets, commas and strings, and not more. Of a field that
// an object has twice the last one counts.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stages/formats/json_path.hpp"
#include "stages/formats/line_index.hpp"
#include "weir/column.hpp"

namespace weir {

/// A column that is wanted of the objects.
struct JsonColumn {
  JsonPath path;
  Type type = Type::string;
  Encoding encoding = Encoding::values;
  bool always_null = false;  ///< its values are refused: what computes with it was bound to NULL
};

/// What is wrong with a line.
struct JsonRefusal {
  /// Of which kind.
  enum class Kind : unsigned char {
    no_json,      ///< `text` says why
    misfit,       ///< the value `text` does not fit the column
    no_container  ///< the column lies inside of `text`, which is no object, or no array
  };
  std::size_t row = 0;  ///< the line's number in the index
  Kind kind = Kind::no_json;
  std::size_t column = 0;
  std::string text;
};

/// Lines to decode, and their text, of which kTextPadding bytes can be read behind its end.
struct ScannedLines {
  std::string_view text;
  Keepalive owner;  ///< keeps `text` alive; columns with strings hold it
  const LineIndex& lines;
};

/// One thread at a time; reused from batch to batch, for it holds large buffers and what it has learned of
/// the order of the fields.
class NdjsonDecoder {
 public:
  explicit NdjsonDecoder(const std::vector<JsonColumn>& columns);
  ~NdjsonDecoder();
  NdjsonDecoder(const NdjsonDecoder&) = delete;
  NdjsonDecoder& operator=(const NdjsonDecoder&) = delete;

  /// Decodes all columns. What is missing is NULL. Sets `refusals` to the lines that are wrong, one each, in
  /// order; values of these rows are unspecified.
  std::vector<ColumnPtr> decode(const ScannedLines& scanned, std::vector<JsonRefusal>& refusals);

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace weir
