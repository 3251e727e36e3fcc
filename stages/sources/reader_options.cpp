#include "stages/sources/reader_options.hpp"

namespace weir {
namespace {

Location place_of_key(const Options& options, std::string_view option, std::string_view key) {
  const ConfigValue& map = *options.value(option);
  for (std::size_t i = 0; i < map.entries.size(); ++i)
    if (map.entries[i].key == key) return map.keys[i];
  return map.where;
}

}  // namespace

std::vector<ConfiguredType> read_types(const Options& options, std::string_view option) {
  std::vector<ConfiguredType> types;
  for (const auto& [column, type] : options.types(option))
    types.push_back({column, type, place_of_key(options, option, column)});
  return types;
}

std::optional<SourceColumn> read_source_column(const Options& options) {
  const auto name = options.text("source_column");
  if (!name) return std::nullopt;
  if (name->empty()) {
    options.problem("source_column", "this wants the name of a column, but is empty");
    return std::nullopt;
  }
  return SourceColumn{*name, options.value("source_column")->where};
}

void report_taken(const SourceColumn& column, const std::string& stage, Problems& problems) {
  problems.add({column.where, stage + ".source_column",
                "the input has a column `" + column.name + "` already",
                "give the column of paths another name", column.name.size()});
}

}  // namespace weir
