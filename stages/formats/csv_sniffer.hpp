// Finding out the columns of a CSV file from its first rows.
//
// Conservative: a column gets a type only where every value fits it and would come back as it was written, so
// that codes with leading zeros, long identifiers and dates in local customs stay text. Pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stages/formats/csv_dialect.hpp"
#include "weir/schema.hpp"

namespace weir::csv {

/// How the beginning of a file is to be read.
struct SniffOptions {
  Dialect dialect;
  bool header = true;            ///< the first record holds the names
  std::size_t rows_max = 1000;   ///< rows to look at
  std::optional<Schema> schema;  ///< known already: nothing is sniffed, only the header is compared with it
};

/// What to do where columns cannot be sniffed.
inline constexpr std::string_view kSchemaMend = "give all names and types: `schema: {name: type, ...}`";

/// What is wrong with a file's beginning, and the mend.
struct SniffProblem {
  std::string message;
  std::string mend;
};

struct Sniffed {
  Schema schema;
  std::vector<SniffProblem> problems;
};

/// Sniffs the beginning of a file. `is_whole`: `beginning` is all of it; else its last record may be cut.
/// Only where every record was looked at can a column be known to be always NULL; else it may have values
/// further down, and is a string.
Sniffed sniff(std::string_view beginning, bool is_whole, const SniffOptions& options);

/// The fields of the first record, quotes taken away: the names where it is a header. Empty where `beginning`
/// has no whole record, or none at all.
std::vector<std::string> first_record(std::string_view beginning, bool is_whole, const Dialect& dialect);

/// The type that one value, neither NULL nor quoted empty, suggests.
Type sniff_type(std::string_view text) noexcept;

}  // namespace weir::csv
