// Problems of single values of a config, in one wording everywhere. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "weir/options.hpp"

namespace weir {

/// A problem at a value, marking as much of it as stands on its first line.
Diagnostic problem_at(const ConfigValue& value, std::string field, std::string message,
                      std::string mend = {});
/// A problem at a map's entry number `index`, marking its key.
Diagnostic problem_at_key(const ConfigValue& map, std::size_t index, std::string field, std::string message,
                          std::string mend = {});
/// "this wants a list, not `x`".
std::string wanted_but_got(std::string_view wanted, const ConfigValue& value);
/// "a, b or c".
std::string alternatives(const std::vector<std::string>& names);
/// The value as a message names it: `text`, or "a list".
std::string shown(const ConfigValue& value);

}  // namespace weir
