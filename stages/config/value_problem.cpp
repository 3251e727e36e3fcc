#include "stages/config/value_problem.hpp"

#include <algorithm>

namespace weir {
namespace {

std::size_t marked_length(const ConfigValue& value) {
  const bool as_written = value.kind == ConfigValue::Kind::scalar && !value.substituted;
  return as_written ? std::max<std::size_t>(1, std::min(value.text.size(), value.text.find('\n'))) : 1;
}

}  // namespace

Diagnostic problem_at(const ConfigValue& value, std::string field, std::string message, std::string mend) {
  return {value.where, std::move(field), std::move(message), std::move(mend), marked_length(value)};
}

Diagnostic problem_at_key(const ConfigValue& map, std::size_t index, std::string field, std::string message,
                          std::string mend) {
  return {map.keys[index], std::move(field), std::move(message), std::move(mend),
          std::max<std::size_t>(1, map.entries[index].key.size())};
}

std::string shown(const ConfigValue& value) {
  switch (value.kind) {
    case ConfigValue::Kind::null:
      return "nothing";
    case ConfigValue::Kind::scalar:
      return "`" + value.text + "`";
    case ConfigValue::Kind::list:
      return "a list";
    case ConfigValue::Kind::map:
      return "a map";
  }
  return "nothing";
}

std::string alternatives(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
    text += names[i];
  }
  return text;
}

std::string wanted_but_got(std::string_view wanted, const ConfigValue& value) {
  return "this wants " + std::string(wanted) + ", not " + shown(value);
}

}  // namespace weir
