// A stage's options as a config would give them, written down in tests.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "weir/options.hpp"

namespace weir::testing {

/// A scalar option at line 1, column 1.
inline ConfigValue scalar(std::string text) {
  ConfigValue value;
  value.kind = ConfigValue::Kind::scalar;
  value.text = std::move(text);
  value.where = {"test.yaml", 1, 1};
  return value;
}

/// A map; its n-th key stands at line n.
inline ConfigValue map_of(const std::vector<std::pair<std::string, ConfigValue>>& entries) {
  ConfigValue map;
  map.kind = ConfigValue::Kind::map;
  for (const auto& [key, value] : entries) {
    map.entries.emplace_back(key, value);
    map.entries.back().value.where.line = map.entries.size();
    map.keys.push_back({"test.yaml", map.entries.size(), 1});
  }
  return map;
}

/// The messages of all problems.
inline std::vector<std::string> messages_of(const Problems& problems) {
  std::vector<std::string> messages;
  for (const Diagnostic& problem : problems.all())
    messages.push_back(problem.message);
  return messages;
}

}  // namespace weir::testing
