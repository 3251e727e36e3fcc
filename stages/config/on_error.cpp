#include "stages/config/on_error.hpp"

#include <array>

#include "stages/config/value_problem.hpp"
#include "stages/config/version.hpp"

namespace weir {
namespace {

using Kind = ConfigValue::Kind;

constexpr std::array kActions = {FailureAction::fail, FailureAction::skip, FailureAction::dead_letter};
constexpr std::array kClasses = {ErrorClass::data, ErrorClass::io, ErrorClass::timeout, ErrorClass::resource,
                                 ErrorClass::other};

template <class Enum, std::size_t size>
std::vector<std::string> names_of(const std::array<Enum, size>& values) {
  std::vector<std::string> names;
  for (const Enum value : values)
    names.emplace_back(to_string(value));
  return names;
}

template <class Enum, std::size_t size>
std::optional<Enum> named(const std::array<Enum, size>& values, std::string_view name) {
  for (const Enum value : values) {
    if (to_string(value) == name) return value;
  }
  return std::nullopt;
}

// One action, or a list whose last says where the road ends.
std::optional<FailureAction> read_action(const ConfigValue& value, const std::string& field,
                                         Problems& problems) {
  if (value.kind == Kind::list && value.items.size() == 1)
    return read_action(value.items[0], field + "[0]", problems);
  if (value.kind == Kind::list && value.items.size() > 1) {
    for (std::size_t i = 0; i < value.items.size(); ++i) {
      const std::string item_field = field + "[" + std::to_string(i) + "]";
      const bool last = i + 1 == value.items.size();
      const bool known = read_action(value.items[i], item_field, problems).has_value();
      if (!known || last) continue;
      problems.add(problem_at(value.items[i], item_field, "nothing comes after `" + value.items[i].text + "`",
                              "keep one of them"));
    }
    return std::nullopt;
  }
  if (value.kind == Kind::map && value.entries.size() == 1 && is_later_action(value.entries[0].key)) {
    problems.add(not_in_this_version(value.where, field, value.entries[0].key));
    return std::nullopt;
  }
  if (value.kind != Kind::scalar) {
    problems.add(problem_at(value, field, wanted_but_got("fail, skip or dead_letter", value)));
    return std::nullopt;
  }
  if (const auto action = named(kActions, value.text)) return action;
  if (is_later_action(value.text)) {
    problems.add(not_in_this_version(value.where, field, value.text));
  } else {
    problems.add(problem_at(value, field, "there is no action `" + value.text + "`",
                            suggest_name(value.text, names_of(kActions))));
  }
  return std::nullopt;
}

bool is_by_class(const ConfigValue& value) {
  return value.kind == Kind::map && !(value.entries.size() == 1 && is_later_action(value.entries[0].key));
}

}  // namespace

std::optional<ErrorPolicy> read_on_error(const ConfigValue& value, const std::string& field,
                                         Problems& problems) {
  if (!is_by_class(value)) {
    const auto action = read_action(value, field, problems);
    if (!action) return std::nullopt;
    return ErrorPolicy::always(*action);
  }
  ErrorPolicy policy;
  bool complete = true;
  for (std::size_t i = 0; i < value.entries.size(); ++i) {
    const auto& [name, written] = value.entries[i];
    const std::string entry_field = field + "." + name;
    if (name == "threshold") {
      problems.add(not_in_this_version(value.keys[i], entry_field, name));
      complete = false;
      continue;
    }
    const auto error_class = named(kClasses, name);
    if (!error_class) {
      problems.add(problem_at_key(value, i, entry_field, "there is no class of errors `" + name + "`",
                                  suggest_name(name, names_of(kClasses))));
    }
    const auto action = read_action(written, entry_field, problems);
    complete = complete && error_class && action;
    if (error_class && action) policy.by_class[static_cast<std::size_t>(*error_class)] = *action;
  }
  if (!complete) return std::nullopt;
  return policy;
}

}  // namespace weir
