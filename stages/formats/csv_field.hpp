// What the text of one field says, quotes taken away. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "stages/formats/csv_dialect.hpp"

namespace weir::csv {

struct FieldValue {
  std::string_view text;
  bool is_null = false;  ///< nothing at all, or the dialect's text for NULL; a quoted field never is
};

/// Reads a field of a well-shaped record. The text lies in `raw` or, where doubled quotes had to be undone,
/// in `scratch`.
FieldValue read_field(std::string_view raw, const Dialect& dialect, std::string& scratch);

/// The fields of one record without its line end, quotes taken away; for headers.
std::vector<std::string> split_record(std::string_view record, const Dialect& dialect);

}  // namespace weir::csv
