#include "weir/diagnostic.hpp"

#include <algorithm>
#include <cctype>
#include <limits>

#include "stages/config/diagnostic_text.hpp"

namespace weir {
namespace {

constexpr std::size_t kNamesListedMax = 24;  // longer lists are no help
constexpr std::size_t kNotNear = std::numeric_limits<std::size_t>::max();

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

// The edit distance with swaps of neighbours counted once (optimal string alignment; Damerau 1964): the slips
// that fingers make.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1), last(b.size() + 1), current(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j)
    last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      current[j] = std::min({last[j] + 1, current[j - 1] + 1, replace});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) current[j] = std::min(current[j], before_last[j - 2] + 1);
    }
    std::swap(before_last, last);
    std::swap(last, current);
  }
  return last[b.size()];
}

// Near are names of which at most a third of the letters differ, or where one is the other's beginning.
std::size_t distance_if_near(std::string_view wrong, std::string_view name) {
  const std::size_t shorter = std::min(wrong.size(), name.size());
  const std::size_t longer = std::max(wrong.size(), name.size());
  const std::size_t distance = edit_distance(wrong, name);
  if (distance < shorter && distance <= std::max<std::size_t>(1, longer / 3)) return distance;
  if (shorter >= 3 && wrong.substr(0, shorter) == name.substr(0, shorter)) return longer;
  return kNotNear;
}

}  // namespace

ConfigError::ConfigError(std::vector<Diagnostic> diagnostics)
    : std::runtime_error(to_text(diagnostics, Colour::never)), diagnostics_(std::move(diagnostics)) {}

std::string nearest_name(std::string_view wrong, const std::vector<std::string>& names) {
  const std::string wanted = lower(wrong);
  std::size_t best_distance = kNotNear;
  std::string best;
  for (const std::string& name : names) {
    const std::size_t distance = distance_if_near(wanted, lower(name));
    if (distance < best_distance) {
      best_distance = distance;
      best = name;
    }
  }
  return best;
}

std::string suggest_name(std::string_view wrong, const std::vector<std::string>& names) {
  const std::string nearest = nearest_name(wrong, names);
  if (!nearest.empty()) return "did you mean `" + nearest + "`?";
  if (names.empty()) return {};
  std::string list = "one of: ";
  for (std::size_t i = 0; i < std::min(names.size(), kNamesListedMax); ++i) {
    if (i > 0) list += ", ";
    list += names[i];
  }
  if (names.size() > kNamesListedMax) list += ", ... (" + std::to_string(names.size()) + " in all)";
  return list;
}

}  // namespace weir
