#include "stages/transforms/column_names.hpp"

#include <algorithm>
#include <utility>

namespace weir {
namespace {

std::size_t marked_length(const std::string& name) { return std::max<std::size_t>(1, name.size()); }

}  // namespace

std::vector<ConfiguredName> read_column_names(const Options& options, std::string_view key) {
  std::vector<ConfiguredName> names;
  const ConfigValue* value = options.value(key);
  const std::string field = options.stage() + "." + std::string(key);
  const std::size_t problems_before = options.problems().all().size();
  for (std::string& name : options.names(key))
    names.push_back({std::move(name), value->where, field});
  const bool is_list = value != nullptr && value->kind == ConfigValue::Kind::list;
  if (!is_list || options.problems().all().size() > problems_before) return names;
  for (std::size_t i = 0; i < names.size(); ++i) {
    names[i].where = value->items[i].where;
    names[i].field += "[" + std::to_string(i) + "]";
  }
  return names;
}

ConfiguredName name_of_entry(const ConfigValue& map, std::size_t index, const std::string& field) {
  const std::string& name = map.entries[index].key;
  return {name, map.keys[index], field + "." + name};
}

std::optional<std::size_t> find_column(const ConfiguredName& name, const Schema& schema, Problems& problems) {
  const auto column = schema.find(name.name);
  if (!column) {
    problems.add({name.where, name.field, "there is no column `" + name.name + "`",
                  suggest_name(name.name, schema.names()), marked_length(name.name)});
  }
  return column;
}

void report_taken_name(const ConfiguredName& name, Problems& problems) {
  problems.add({name.where, name.field, "two columns would be named `" + name.name + "`",
                "give this one another name", marked_length(name.name)});
}

}  // namespace weir
