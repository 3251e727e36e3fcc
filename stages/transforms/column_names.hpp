// Columns that a config names: read with their places, and found in a schema. One thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "weir/options.hpp"
#include "weir/schema.hpp"

namespace weir {

/// A column's name as a config has it.
struct ConfiguredName {
  std::string name;
  Location where;
  std::string field;
};

/// The names that option `key` lists; one may stand without a list. Reports what is no name.
std::vector<ConfiguredName> read_column_names(const Options& options, std::string_view key);

/// The name that is the key of entry number `index` of a map.
ConfiguredName name_of_entry(const ConfigValue& map, std::size_t index, const std::string& field);

/// The column of that name. Reports, with the nearest name, one that is not there.
std::optional<std::size_t> find_column(const ConfiguredName& name, const Schema& schema, Problems& problems);

/// Reports a name that another column has already.
void report_taken_name(const ConfiguredName& name, Problems& problems);

}  // namespace weir
