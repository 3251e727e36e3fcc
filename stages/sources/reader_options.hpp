// Options that several readers have. Pure functions of what is configured.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "weir/options.hpp"

namespace weir {

/// Rows that columns are sniffed from unless `sniff_rows:` says otherwise.
inline constexpr std::uint64_t kSniffRowsDefault = 1000;

/// A type that the config gives a column, and where it says so.
struct ConfiguredType {
  std::string column;
  Type type;
  Location where;
};

/// `types: {column: type}`, in order.
std::vector<ConfiguredType> read_types(const Options& options, std::string_view option);

/// `source_column: name`, and where it says so.
struct SourceColumn {
  std::string name;
  Location where;
};

inline constexpr std::string_view kSourceColumnSummary =
    "The name of a column to add, the last one: the path of the file that the record is from.";

std::optional<SourceColumn> read_source_column(const Options& options);

/// Reports that the input has a column of that name.
void report_taken(const SourceColumn& column, const std::string& stage, Problems& problems);

}  // namespace weir
