#include "stages/config/variables.hpp"

#include <charconv>
#include <cstdlib>
#include <memory>

#include "stages/config/names.hpp"
#include "stages/config/value_problem.hpp"

namespace weir {
namespace {

using Kind = ConfigValue::Kind;

constexpr std::string_view kEnvironmentPrefix = "env.";

template <class Number>
bool parses_as(std::string_view text, Number& number) {
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stopped == end;
}

// What an unquoted text is by YAML's core schema; a quoted one is text.
Literal literal_of(const ConfigValue& value) {
  Literal literal;
  if (value.is_null()) return literal;
  literal.string = value.text;
  literal.type = Type::string;
  if (value.quoted) return literal;
  if (value.text == "true" || value.text == "false") {
    literal.type = Type::boolean;
    literal.boolean = value.text == "true";
  } else if (parses_as(value.text, literal.int64)) {
    literal.type = Type::int64;
  } else if (parses_as(value.text, literal.float64)) {
    literal.type = Type::float64;
  }
  return literal;
}

// The parts of what stands inside `${...}`: a name, and what to do where it has no value.
struct Reference {
  std::string name;
  enum class Otherwise : unsigned char { error, fallback, message } otherwise = Otherwise::error;
  std::string text;  ///< the fallback, or the message
};

Reference parse_reference(std::string_view inside) {
  const std::size_t colon = inside.find(':');
  Reference reference{std::string(inside.substr(0, colon)), {}, {}};
  if (colon == std::string_view::npos || colon + 1 == inside.size()) return reference;
  if (inside[colon + 1] == '-') reference.otherwise = Reference::Otherwise::fallback;
  if (inside[colon + 1] == '?') reference.otherwise = Reference::Otherwise::message;
  reference.text = inside.substr(colon + 2);
  return reference;
}

std::optional<std::string> process_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return value;
}

}  // namespace

Variables::Variables(const LoadOptions& options, Problems& problems)
    : options_(options), problems_(problems) {
  for (const auto& [name, text] : options_.vars) {
    Variable variable;
    variable.value.kind = Kind::scalar;
    variable.value.text = text;
    variable.value.where = {"--var " + name, 1, 1};
    variable.value.base = options_.working_folder;
    variables_.insert_or_assign(name, std::move(variable));
  }
}

void Variables::declare(const ConfigValue& vars) {
  if (vars.is_null()) return;
  if (vars.kind != Kind::map) {
    problems_.add(problem_at(vars, "vars", wanted_but_got("a map from name to value", vars)));
    return;
  }
  for (std::size_t i = 0; i < vars.entries.size(); ++i) {
    const auto& [name, written] = vars.entries[i];
    const std::string field = "vars." + name;
    if (!is_name(name)) problems_.add(problem_at_key(vars, i, field, not_a_name(name)));
    ConfigValue value = written;
    if (written.kind == Kind::list || written.kind == Kind::map) {
      problems_.add(problem_at(written, field, wanted_but_got("one value", written)));
      value = ConfigValue{};
      value.kind = Kind::scalar;  // so that it does not count as missing as well
    }
    substitute(value, field);
    if (value.is_null()) value.where = vars.keys[i];
    Variable& variable = variables_[name];
    variable.declared = true;
    if (variable.value.is_null()) variable.value = std::move(value);
  }
}

void Variables::substitute(ConfigValue& tree, const std::string& field) {
  if (tree.kind == Kind::scalar) substitute_text(tree, field);
  for (std::size_t i = 0; i < tree.items.size(); ++i) {
    substitute(tree.items[i], field + "[" + std::to_string(i) + "]");
  }
  for (auto& [key, value] : tree.entries)
    substitute(value, field.empty() ? key : field + "." + key);
}

void Variables::substitute_text(ConfigValue& value, const std::string& field) {
  const std::string written = value.text;
  if (written.find("${") == std::string::npos) return;
  std::string text;
  for (std::size_t at = 0; at < written.size();) {
    const std::size_t dollar = written.find('$', at);
    text += written.substr(at, dollar - at);
    if (dollar == std::string::npos) break;
    if (written.compare(dollar, 3, "$${") == 0) {
      text += "${";
      at = dollar + 3;
    } else if (written.compare(dollar, 2, "${") == 0) {
      const std::size_t end = written.find('}', dollar);
      if (end == std::string::npos) {
        problems_.add(problem_at(value, field, "this `${` is never closed: `" + written + "`",
                                 "close it with `}`, or write `$${` for the text `${`"));
        value.unresolved = true;
        return;
      }
      const auto found =
          replacement(std::string_view(written).substr(dollar + 2, end - dollar - 2), value, field);
      if (found) {
        if (dollar == 0) value.base = found->base;
        text += found->text;
      } else {
        value.unresolved = true;
      }
      value.substituted = true;
      at = end + 1;
    } else {
      text += '$';
      at = dollar + 1;
    }
  }
  value.text = std::move(text);
}

std::optional<Variables::Replacement> Variables::replacement(std::string_view inside, const ConfigValue& in,
                                                             const std::string& field) {
  const Reference reference = parse_reference(inside);
  const bool has_fallback = reference.otherwise == Reference::Otherwise::fallback;
  const bool in_environment = reference.name.starts_with(kEnvironmentPrefix);
  std::optional<Replacement> found;
  if (in_environment) {
    const std::string name = reference.name.substr(kEnvironmentPrefix.size());
    const auto value = options_.environment ? options_.environment(name) : process_environment(name);
    if (value) found = Replacement{*value, options_.working_folder};
  } else {
    found = value_of(reference.name, reference.otherwise != Reference::Otherwise::error);
  }
  if (found) return found;
  if (has_fallback) return Replacement{reference.text, in.base};
  if (reference.otherwise == Reference::Otherwise::message) {
    problems_.add(problem_at(in, field, "`" + reference.name + "` has no value: " + reference.text));
  } else if (in_environment) {
    problems_.add(problem_at(
        in, field, "the environment has no `" + reference.name.substr(kEnvironmentPrefix.size()) + "`",
        "set it, or write `${" + reference.name + ":-default}`"));
  } else if (!variables_.contains(reference.name)) {
    problems_.add(
        problem_at(in, field, "there is no variable `" + reference.name + "`",
                   names().empty() ? "declare it under `vars:`" : suggest_name(reference.name, names())));
  }
  return std::nullopt;
}

// The value of a variable; nothing, and no word of it, where it has none.
std::optional<Variables::Replacement> Variables::value_of(const std::string& name, bool has_fallback) {
  if (has_fallback) variables_[name].has_fallback = true;  // such a use declares it, too
  const auto found = variables_.find(name);
  if (found == variables_.end() || found->second.value.is_null()) return std::nullopt;
  return Replacement{found->second.value.text, found->second.value.base};
}

void Variables::report_unsettled() const {
  for (const auto& [name, variable] : variables_) {
    if (variable.value.is_null() && variable.declared && !variable.has_fallback) {
      problems_.add({variable.value.where, "vars." + name, "the variable `" + name + "` must be given",
                     "--var " + name + "=VALUE", name.size()});
    }
    if (!variable.value.is_null() && !variable.declared && !variable.has_fallback) {
      std::vector<std::string> others;
      for (const auto& [other, each] : variables_) {
        if (each.declared || each.has_fallback) others.push_back(other);
      }
      problems_.add({{"--var " + name, 0, 0},
                     {},
                     "the config has no variable `" + name + "`",
                     suggest_name(name, others)});
    }
  }
}

std::vector<std::string> Variables::names() const {
  std::vector<std::string> names;
  for (const auto& [name, variable] : variables_)
    names.push_back(name);
  return names;
}

VariableLookup Variables::lookup() const {
  auto literals = std::make_shared<std::map<std::string, Literal, std::less<>>>();
  for (const auto& [name, variable] : variables_)
    literals->emplace(name, literal_of(variable.value));
  return [literals = std::shared_ptr<const std::map<std::string, Literal, std::less<>>>(std::move(literals))](
             std::string_view name) -> std::optional<Literal> {
    const auto found = literals->find(name);
    if (found == literals->end()) return std::nullopt;
    return found->second;
  };
}

}  // namespace weir
