// Where a value lies inside a JSON object, and how that is written as a column's name: `a.b[0]`.
//
// Plain values and pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// One step down: into an object's field, or to an array's element (where `index` is given).
struct JsonStep {
  std::string key;
  std::optional<std::size_t> index = std::nullopt;
  friend bool operator==(const JsonStep&, const JsonStep&) = default;
};

/// From a record to a value in it. The first step is a field.
using JsonPath = std::vector<JsonStep>;

/// Reads `a.b[0]`. Nothing where it is no path: an empty key, an index that is no number or above
/// kJsonIndexMax, more than kJsonStepsMax steps.
std::optional<JsonPath> parse_json_path(std::string_view text);

/// The name of a column that holds what lies there.
std::string to_string(const JsonPath& path);

inline constexpr std::size_t kJsonStepsMax = 32;
inline constexpr std::size_t kJsonIndexMax = 1'000'000;

}  // namespace weir
