// The values of one column that is filled from JSON, row after row. One thread.
#pragma once

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "stages/formats/ndjson_decoder.hpp"
#include "weir/column.hpp"

namespace weir {

/// Where a JSON value stands and ends, blanks behind it left out; of an object or array, its bracket alone.
std::string_view token_of(simdjson::ondemand::value& value);

/// Whether a token is a number, as JSON writes them.
bool is_json_number(std::string_view token) noexcept;

class JsonCells {
 public:
  enum class Stored : unsigned char {
    yes,
    misfit,   ///< it is JSON, but does not fit the column
    no_json,  ///< it is none
  };

  explicit JsonCells(const JsonColumn& column) : column_(&column) {}

  /// Begins a batch of `rows` rows, all NULL.
  void begin(std::size_t rows);
  /// Stores a value. Whether the text of the batch has backslashes at all saves looking for them.
  Stored store(std::size_t row, simdjson::ondemand::value& value, bool has_backslash);
  /// Stores an object or array as its text. Answers whether the column takes text.
  bool store_container(std::size_t row, std::string_view text);
  /// Makes the row NULL again.
  void clear(std::size_t row) noexcept { is_valid_[row] = 0; }
  /// The batch's column. `owner` keeps its text alive.
  ColumnPtr finish(const Keepalive& owner);

  /// What the last value that was a misfit looked like.
  std::string_view misfit() const noexcept { return misfit_; }

 private:
  /// A time's number, in the unit of its type.
  using ParseTime = std::optional<std::int64_t> (*)(std::string_view text) noexcept;

  Stored store_value(std::size_t row, std::string_view token, simdjson::ondemand::value& value,
                     bool has_backslash);
  Stored store_text(std::size_t row, std::string_view token, simdjson::ondemand::value& value,
                    bool has_backslash);
  Stored store_integer(std::size_t row, std::string_view token);
  Stored store_double(std::size_t row, std::string_view token);
  Stored store_time(std::size_t row, std::string_view token, simdjson::ondemand::value& value, ParseTime parse);
  Stored refuse(std::string_view token);
  void store_view(std::size_t row, std::string_view text) noexcept;
  bool takes_text() const noexcept;

  const JsonColumn* column_;
  ColumnBuilder builder_{Type::string, 0};
  std::vector<std::uint8_t> is_valid_;  ///< a byte a row: of a field that comes twice the last one counts
  std::size_t longest_ = 0;             ///< of the strings that point into the text
  std::string_view misfit_;
};

}  // namespace weir
