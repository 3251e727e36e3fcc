#include "stages/formats/json_path.hpp"

#include <algorithm>
#include <charconv>

namespace weir {
namespace {

// Takes `[12]` off the front.
std::optional<std::size_t> take_index(std::string_view& rest) {
  const std::size_t close = rest.find(']');
  if (close == std::string_view::npos) return std::nullopt;
  const std::string_view digits = rest.substr(1, close - 1);
  std::size_t index = 0;
  const auto [stopped, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
  if (error != std::errc() || stopped != digits.data() + digits.size() || index > kJsonIndexMax)
    return std::nullopt;
  rest.remove_prefix(close + 1);
  return index;
}

}  // namespace

std::optional<JsonPath> parse_json_path(std::string_view text) {
  JsonPath path;
  for (std::string_view rest = text; path.empty() || !rest.empty();) {
    if (path.size() == kJsonStepsMax) return std::nullopt;
    if (rest.starts_with('[') && !path.empty()) {
      const auto index = take_index(rest);
      if (!index) return std::nullopt;
      path.push_back({{}, index});
      continue;
    }
    if (!path.empty()) {
      if (!rest.starts_with('.')) return std::nullopt;
      rest.remove_prefix(1);
    }
    const std::size_t end = std::min(rest.find_first_of(".["), rest.size());
    if (end == 0) return std::nullopt;
    path.push_back({std::string(rest.substr(0, end))});
    rest.remove_prefix(end);
  }
  return path;
}

std::string to_string(const JsonPath& path) {
  std::string name;
  for (const JsonStep& step : path) {
    if (step.index)
      name += '[' + std::to_string(*step.index) + ']';
    else
      name += (name.empty() ? "" : ".") + step.key;
  }
  return name;
}

}  // namespace weir
