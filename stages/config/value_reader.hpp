// A single value of a config, read as what it should be. What it is not is reported, in one wording
// everywhere, and leaves the target as it was. One thread.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stages/config/value_problem.hpp"
#include "weir/clock.hpp"
#include "weir/options.hpp"
#include "weir/stage_limits.hpp"

namespace weir {

/// The readers answer whether the value was right. One with an unresolved `${...}` is not, without another
/// word: that was reported.
class ValueReader {
 public:
  /// `value` and `problems` outlive this.
  ValueReader(const ConfigValue& value, std::string field, Problems& problems)
      : value_(value), field_(std::move(field)), problems_(problems) {}

  const ConfigValue& value() const noexcept { return value_; }
  const std::string& field() const noexcept { return field_; }
  Problems& problems() const noexcept { return problems_; }
  bool is(ConfigValue::Kind kind) const noexcept { return value_.kind == kind; }

  /// Of a list's item or a map's entry number `index`.
  ValueReader item(std::size_t index) const;
  ValueReader entry(std::size_t index) const;

  bool duration(Duration& into) const;
  bool positive_duration(Duration& into) const;
  /// From 0 to 1.
  bool share(double& into) const;
  bool rate(RateLimit& into) const;
  bool text(std::string& into, std::string_view wanted) const;
  template <class Count>
  bool count(Count& into, std::uint64_t least = 0,
             std::uint64_t most = std::numeric_limits<Count>::max()) const {
    std::uint64_t counted = 0;
    if (!bounded_count(counted, least, most)) return false;
    into = static_cast<Count>(counted);
    return true;
  }
  /// One of `choices`, by its name.
  template <class Choice, std::size_t size>
  bool choice(Choice& into, const std::array<std::pair<std::string_view, Choice>, size>& choices) const {
    std::vector<std::string> names;
    for (const auto& [name, each] : choices)
      names.emplace_back(name);
    const std::size_t index = named(names);
    if (index == size) return false;
    into = choices[index].second;
    return true;
  }

  /// At the value; always false, for callers that answer with it.
  bool problem(std::string message, std::string mend = {}) const;
  /// "this wants a duration, not `x`".
  bool wanted(std::string_view what, std::string mend = {}) const;
  /// At the key of entry number `index`.
  bool problem_at_key(std::size_t index, std::string message, std::string mend = {}) const;

 private:
  bool is_scalar(std::string_view wanted_what, std::string mend) const;
  bool bounded_count(std::uint64_t& into, std::uint64_t least, std::uint64_t most) const;
  /// Which of `names` the value is; names.size() and a problem where it is none.
  std::size_t named(const std::vector<std::string>& names) const;

  const ConfigValue& value_;
  std::string field_;
  Problems& problems_;
};

/// A key that a map may have, and what becomes of its value.
template <class Target>
struct MapKey {
  std::string_view name;
  bool (*read)(const ValueReader& value, Target& into);
};

/// Reads a map that has no other keys than these. `what` names them in messages: "runtime option".
template <class Target, std::size_t size>
bool read_map(const ValueReader& map, std::string_view what, const std::array<MapKey<Target>, size>& keys,
              Target& into) {
  std::vector<std::string> names;
  for (const MapKey<Target>& key : keys)
    names.emplace_back(key.name);
  if (!map.is(ConfigValue::Kind::map)) {
    const std::string example = names.size() > 1 ? names[0] + ": ..., " + names[1] : names[0];
    return map.wanted("a map, {" + example + ": ...}");
  }
  bool all_right = true;
  for (std::size_t i = 0; i < map.value().entries.size(); ++i) {
    const std::string& name = map.value().entries[i].key;
    bool known = false;
    for (const MapKey<Target>& key : keys) {
      if (key.name != name) continue;
      known = true;
      all_right = key.read(map.entry(i), into) && all_right;
    }
    if (!known) {
      all_right = map.problem_at_key(i, "there is no " + std::string(what) + " `" + name + "`",
                                     suggest_name(name, names));
    }
  }
  return all_right;
}

}  // namespace weir
