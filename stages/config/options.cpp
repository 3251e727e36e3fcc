#include "weir/options.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "stages/config/value_problem.hpp"
#include "stages/config/value_reader.hpp"

namespace weir {
namespace {

constexpr Type kTypes[] = {Type::boolean, Type::int64,     Type::float64,
                           Type::string,  Type::timestamp, Type::date};

std::vector<std::string> type_names() {
  std::vector<std::string> names;
  for (const Type type : kTypes)
    names.emplace_back(to_string(type));
  return names;
}

// "true" or "false" for what other versions of YAML take for it.
std::string_view yes_or_no(std::string_view text) {
  for (const std::string_view yes : {"yes", "on", "True", "TRUE", "Yes", "On", "1"}) {
    if (text == yes) return "true";
  }
  for (const std::string_view no : {"no", "off", "False", "FALSE", "No", "Off", "0"}) {
    if (text == no) return "false";
  }
  return {};
}

}  // namespace

const ConfigValue* ConfigValue::find(std::string_view key) const noexcept {
  const auto found =
      std::find_if(entries.begin(), entries.end(), [&](const auto& entry) { return entry.key == key; });
  return found == entries.end() ? nullptr : &found->value;
}

Options::Options(std::string stage, const ConfigValue& map, Problems& problems, VariableLookup variables,
                 std::shared_ptr<MemoryBudget> memory)
    : stage_(std::move(stage)),
      map_(map),
      problems_(problems),
      variables_(std::move(variables)),
      memory_(std::move(memory)) {}

bool Options::has(std::string_view key) const noexcept { return map_.find(key) != nullptr; }

std::string Options::field_of(std::string_view key) const { return stage_ + "." + std::string(key); }

void Options::problem(std::string_view key, std::string message, std::string mend) const {
  const ConfigValue* value = map_.find(key);
  problems_.add(
      problem_at(value != nullptr ? *value : map_, field_of(key), std::move(message), std::move(mend)));
}

const ConfigValue* Options::scalar(std::string_view key, std::string_view wanted) const {
  const ConfigValue* value = map_.find(key);
  if (value == nullptr) return nullptr;
  if (value->kind == ConfigValue::Kind::scalar) return value;
  problem(key, wanted_but_got(wanted, *value));
  return nullptr;
}

const ConfigValue* Options::map(std::string_view key, std::string_view wanted) const {
  const ConfigValue* value = map_.find(key);
  if (value == nullptr) return nullptr;
  if (value->kind == ConfigValue::Kind::map) return value;
  problem(key, wanted_but_got(wanted, *value));
  return nullptr;
}

std::optional<std::string> Options::text(std::string_view key) const {
  const ConfigValue* value = scalar(key, "a text");
  if (value == nullptr) return std::nullopt;
  return value->text;
}

std::optional<bool> Options::boolean(std::string_view key) const {
  const ConfigValue* value = scalar(key, "true or false");
  if (value == nullptr) return std::nullopt;
  if (value->text == "true") return true;
  if (value->text == "false") return false;
  const std::string_view meant = yes_or_no(value->text);
  problem(key, wanted_but_got("true or false", *value), meant.empty() ? "" : "write " + std::string(meant));
  return std::nullopt;
}

std::optional<std::uint64_t> Options::count(std::string_view key) const {
  constexpr std::string_view kWanted = "a count (0, 1, 2, ...)";
  const ConfigValue* value = scalar(key, kWanted);
  if (value == nullptr) return std::nullopt;
  std::uint64_t count = 0;
  const char* end = value->text.data() + value->text.size();
  const auto [stopped, error] = std::from_chars(value->text.data(), end, count);
  if (error == std::errc() && stopped == end) return count;
  problem(key, wanted_but_got(kWanted, *value));
  return std::nullopt;
}

std::optional<double> Options::share(std::string_view key) const {
  double share = 0;
  const ConfigValue* value = map_.find(key);
  if (value == nullptr || !ValueReader(*value, field_of(key), problems_).share(share)) return std::nullopt;
  return share;
}

std::optional<char> Options::character(std::string_view key) const {
  constexpr std::string_view kWanted = "a single character (`\\t` is a tab)";
  const ConfigValue* value = scalar(key, kWanted);
  if (value == nullptr) return std::nullopt;
  if (value->text == "\\t") return '\t';
  if (value->text.size() == 1) return value->text.front();
  problem(key, wanted_but_got(kWanted, *value));
  return std::nullopt;
}

std::optional<ConfiguredPath> Options::path_of(const ConfigValue& value, const std::string& field) const {
  if (value.text.empty()) {
    problems_.add(problem_at(value, field, "this wants a path, but is empty"));
    return std::nullopt;
  }
  ConfiguredPath path{value.text, value.text, value.where};
  if (path.written != "-" && !value.base.empty()) {
    path.path = (std::filesystem::path(value.base) / path.written).string();
  }
  return path;
}

std::optional<ConfiguredPath> Options::path(std::string_view key) const {
  const ConfigValue* value = scalar(key, "a path");
  return value == nullptr ? std::nullopt : path_of(*value, field_of(key));
}

std::vector<ConfiguredPath> Options::paths(std::string_view key) const {
  constexpr std::string_view kWanted = "a path, or a list of paths";
  const ConfigValue* value = map_.find(key);
  if (value == nullptr) return {};
  if (value->kind == ConfigValue::Kind::scalar) {
    const auto one = path_of(*value, field_of(key));
    return one ? std::vector{*one} : std::vector<ConfiguredPath>{};
  }
  if (value->kind != ConfigValue::Kind::list || value->items.empty()) {
    problem(key, value->kind == ConfigValue::Kind::list ? "the list has no paths"
                                                        : wanted_but_got(kWanted, *value));
    return {};
  }
  std::vector<ConfiguredPath> paths;
  for (std::size_t i = 0; i < value->items.size(); ++i) {
    const ConfigValue& item = value->items[i];
    const std::string field = field_of(key) + "[" + std::to_string(i) + "]";
    if (item.kind != ConfigValue::Kind::scalar)
      problems_.add(problem_at(item, field, wanted_but_got("a path", item)));
    else if (auto path = path_of(item, field))
      paths.push_back(std::move(*path));
  }
  return paths;
}

std::string Options::choice(std::string_view key, const std::vector<std::string>& choices) const {
  const std::string wanted = alternatives(choices);
  const ConfigValue* value = scalar(key, wanted);
  if (value == nullptr) return choices.front();
  if (std::find(choices.begin(), choices.end(), value->text) != choices.end()) return value->text;
  const std::string nearest = nearest_name(value->text, choices);
  problem(key, wanted_but_got(wanted, *value), nearest.empty() ? "" : "did you mean `" + nearest + "`?");
  return choices.front();
}

std::vector<std::string> Options::names(std::string_view key) const {
  constexpr std::string_view kWanted = "a list of names";
  std::vector<std::string> names;
  const ConfigValue* value = map_.find(key);
  if (value == nullptr) return names;
  if (value->kind == ConfigValue::Kind::scalar) return {value->text};
  if (value->kind != ConfigValue::Kind::list) {
    problem(key, wanted_but_got(kWanted, *value));
    return names;
  }
  for (std::size_t i = 0; i < value->items.size(); ++i) {
    const ConfigValue& item = value->items[i];
    if (item.kind == ConfigValue::Kind::scalar) {
      names.push_back(item.text);
    } else {
      problems_.add(
          problem_at(item, field_of(key) + "[" + std::to_string(i) + "]", wanted_but_got("a name", item)));
    }
  }
  return names;
}

std::vector<std::pair<std::string, Type>> Options::types(std::string_view key) const {
  std::vector<std::pair<std::string, Type>> types;
  const ConfigValue* value = map(key, "columns with their types, {column: type}");
  if (value == nullptr) return types;
  for (const auto& [column, type] : value->entries) {
    const auto named = type.kind == ConfigValue::Kind::scalar ? type_named(type.text) : std::nullopt;
    if (named) {
      types.emplace_back(column, *named);
    } else {
      const bool is_text = type.kind == ConfigValue::Kind::scalar;
      problems_.add(problem_at(type, field_of(key) + "." + column,
                               is_text ? "there is no type " + shown(type) : wanted_but_got("a type", type),
                               suggest_name(type.text, type_names())));
    }
  }
  return types;
}

std::vector<std::pair<std::string, std::string>> Options::name_map(std::string_view key) const {
  std::vector<std::pair<std::string, std::string>> names;
  const ConfigValue* value = map(key, "a map from name to name");
  if (value == nullptr) return names;
  for (const auto& [left, right] : value->entries) {
    if (right.kind == ConfigValue::Kind::scalar) {
      names.emplace_back(left, right.text);
    } else {
      problems_.add(problem_at(right, field_of(key) + "." + left, wanted_but_got("a name", right)));
    }
  }
  return names;
}

}  // namespace weir
