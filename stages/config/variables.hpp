// The variables of a config: `vars:` with their values, `--var` over them, and the environment.
//
// `${name}` in a value is replaced by text, after the YAML was parsed, so that no value can change the
// config's structure. `$name` in an expression stands for a typed value. One thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "weir/options.hpp"
#include "weir/pipeline.hpp"

namespace weir {

class Variables {
 public:
  Variables(const LoadOptions& options, Problems& problems);

  /// Takes the config's `vars:`. Values may use the environment and variables above them.
  void declare(const ConfigValue& vars);

  /// Replaces every `${...}` in the tree's values. A value that begins with one takes over where its relative
  /// path resolves from: where the variable's value was written.
  void substitute(ConfigValue& tree, const std::string& field);

  /// Reports variables that must be given and were not, and `--var` of names that nothing uses.
  void report_unsettled() const;

  /// For expressions. Valid after this object is gone.
  VariableLookup lookup() const;

 private:
  struct Variable {
    ConfigValue value;  ///< null: it has to be given
    bool declared = false;
    bool has_fallback = false;  ///< some `${name:-...}` does without a value
  };
  struct Replacement {
    std::string text;
    std::string base;
  };

  void substitute_text(ConfigValue& value, const std::string& field);
  std::optional<Replacement> replacement(std::string_view reference, const ConfigValue& in,
                                         const std::string& field);
  std::optional<Replacement> value_of(const std::string& name, bool has_fallback);
  std::vector<std::string> names() const;

  const LoadOptions& options_;
  Problems& problems_;
  std::map<std::string, Variable, std::less<>> variables_;
};

}  // namespace weir
