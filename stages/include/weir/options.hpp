// A stage's options as they were configured: values with the place where each was written.
//
// `ConfigValue` is what a config consists of, whatever syntax it was written in. `Options` is a map of it,
// for one stage, with typed access. Reading a wrong value adds a diagnostic and gives a default, so that one
// pass finds all.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "weir/diagnostic.hpp"
#include "weir/expression.hpp"
#include "weir/schema.hpp"

namespace weir {

class MemoryBudget;
struct ConfigEntry;

/// A value as a config has it: null, a scalar, a list or a map, and where it stands.
struct ConfigValue {
  /// Which of its members count.
  enum class Kind : unsigned char { null, scalar, list, map };
  Kind kind = Kind::null;
  std::string text;                  ///< of a scalar, after `${...}` was replaced
  bool quoted = false;               ///< a scalar that was quoted is text, whatever it looks like
  bool substituted = false;          ///< a scalar in which a `${...}` was replaced
  bool unresolved = false;           ///< a scalar with a `${...}` that has no value; it was reported
  bool comment_follows = false;      ///< a plain scalar that YAML ended at a ` #`
  std::vector<ConfigValue> items;    ///< of a list
  std::vector<ConfigEntry> entries;  ///< of a map, in the order written
  std::vector<Location> keys;        ///< where each entry's key stands
  Location where;                    ///< of a scalar: of its text, behind a quote
  std::string base;                  ///< the folder that a relative path in `text` resolves by

  bool is_null() const noexcept { return kind == Kind::null; }
  /// Of a map: the value of a key; null where it has none, and of what is no map.
  const ConfigValue* find(std::string_view key) const noexcept;
};

/// An entry of a map.
struct ConfigEntry {
  /// Takes both over.
  ConfigEntry(std::string its_key, ConfigValue its_value)
      : key(std::move(its_key)), value(std::move(its_value)) {}

  std::string key;
  ConfigValue value;
};

/// An expression as configured: its text parsed, its place kept for messages.
struct ConfiguredExpression {
  std::string name;  ///< the new column's; for lists the `as` name or the expression's default
  Expression expression;
  Location where;  ///< where `written` begins
  std::string field;
  std::string written;  ///< the text that the expression's offsets count in
};

/// A file as configured.
struct ConfiguredPath {
  std::string path;     ///< resolved; "-" is standard input or output
  std::string written;  ///< as the user wrote it
  Location where;
};

/// What to sort by, and which way.
struct SortKey {
  ConfiguredExpression expression;
  bool descending = false;
};

/// What a stage factory reads its options from. One thread. Keys not in the stage's description were already
/// reported.
class Options {
 public:
  /// Refers to `map` and `problems`, which must outlive it. `memory` is null where nothing bounds it.
  Options(std::string stage, const ConfigValue& map, Problems& problems, VariableLookup variables,
          std::shared_ptr<MemoryBudget> memory = nullptr);

  /// The stage's name, for messages and the fields of diagnostics.
  const std::string& stage() const noexcept { return stage_; }

  /// Whether something is written for the key.
  bool has(std::string_view key) const noexcept;
  /// What is written for the key; null: nothing.
  const ConfigValue* value(std::string_view key) const noexcept { return map_.find(key); }

  /// Each of these: nothing where nothing was written, or, with a diagnostic, something else.
  std::optional<std::string> text(std::string_view key) const;
  /// `true` or `false`.
  std::optional<bool> boolean(std::string_view key) const;
  /// A whole number, from 0.
  std::optional<std::uint64_t> count(std::string_view key) const;
  /// A share from 0 to 1: `1%` or `0.01`.
  std::optional<double> share(std::string_view key) const;
  /// A single character; `\t` is a tab.
  std::optional<char> character(std::string_view key) const;
  /// A path, resolved by the folder of the config.
  std::optional<ConfiguredPath> path(std::string_view key) const;
  /// A path, or a list of them.
  std::vector<ConfiguredPath> paths(std::string_view key) const;
  /// One of `choices`; the first where nothing was written.
  std::string choice(std::string_view key, const std::vector<std::string>& choices) const;
  /// A list of names, or one.
  std::vector<std::string> names(std::string_view key) const;
  /// {column: type}, in order.
  std::vector<std::pair<std::string, Type>> types(std::string_view key) const;
  /// {left: right}, in order.
  std::vector<std::pair<std::string, std::string>> name_map(std::string_view key) const;

  /// One SQL expression, parsed.
  std::optional<ConfiguredExpression> expression(std::string_view key) const;
  /// A list of expressions, one SQL string of several, or {name: expression}.
  std::vector<ConfiguredExpression> expressions(std::string_view key) const;
  /// Expressions, each with `asc` or `desc` after it.
  std::vector<SortKey> sort_keys(std::string_view key) const;

  const VariableLookup& variables() const noexcept { return variables_; }
  /// What the stage's states make their claims on, as weir/memory_budget.hpp says; null: nothing bounds them.
  const std::shared_ptr<MemoryBudget>& memory() const noexcept { return memory_; }
  Problems& problems() const noexcept { return problems_; }
  /// Reports a problem of option `key`, at its place.
  void problem(std::string_view key, std::string message, std::string mend = {}) const;

 private:
  std::string field_of(std::string_view key) const;
  std::optional<ConfiguredPath> path_of(const ConfigValue& value, const std::string& field) const;
  /// The option's scalar; null, and a problem unless nothing was written, where it is none.
  const ConfigValue* scalar(std::string_view key, std::string_view wanted) const;
  const ConfigValue* map(std::string_view key, std::string_view wanted) const;

  std::string stage_;
  const ConfigValue& map_;
  Problems& problems_;
  VariableLookup variables_;
  std::shared_ptr<MemoryBudget> memory_;
};

/// Reports an ExpressionError at the place it points to inside the configured text.
void report(Problems& problems, const ConfiguredExpression& at, const ExpressionError& error);

}  // namespace weir
