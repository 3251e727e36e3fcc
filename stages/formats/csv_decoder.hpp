// From the fields of scanned rows to columns of values.
//
// Pure functions over a row index: each column is decoded on its own, so that columns which nobody needs cost
// nothing.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "stages/formats/csv_dialect.hpp"
#include "stages/formats/csv_scanner.hpp"
#include "weir/column.hpp"

namespace weir::csv {

/// A value that does not fit its column. The column's value at that row is unspecified.
struct Misfit {
  std::size_t row = 0;
  std::size_t column = 0;
  std::string text;
  bool is_utf8 = true;  ///< false: it is refused because it is not
};

/// Rows to decode: their index, and the text that it was made of, which can be read kTextPadding bytes beyond
/// both ends.
struct ScannedText {
  std::string_view text;
  Keepalive owner;  ///< keeps `text` alive; columns with strings hold it
  const RowIndex& rows;
  const Dialect& dialect;
};

/// Decodes one column. Adds values that do not fit `type` (for strings: that are not UTF-8) to `misfits`, in
/// the order of the rows. With Encoding::text the bytes are taken as they are, and all fit.
ColumnPtr decode_column(const ScannedText& scanned, std::size_t column, Type type, Encoding encoding,
                        std::vector<Misfit>& misfits);

}  // namespace weir::csv
