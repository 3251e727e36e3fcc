#include "stages/config/on_error.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <vector>

#include "stages/config/error_chain.hpp"
#include "stages/config/quantities.hpp"
#include "stages/config/value_reader.hpp"

namespace weir {
namespace {

using Kind = ConfigValue::Kind;

constexpr std::array kClasses = {ErrorClass::data, ErrorClass::io, ErrorClass::timeout, ErrorClass::resource,
                                 ErrorClass::other};
constexpr std::string_view kThreshold = "threshold";

constexpr std::array kThresholdKeys = {
    MapKey<ErrorThreshold>{"share",
                           [](const ValueReader& value, ErrorThreshold& into) {
                             double share = 0;
                             if (!value.share(share)) return false;
                             into.share = share;
                             return true;
                           }},
    MapKey<ErrorThreshold>{"min_records", [](const ValueReader& value,
                                             ErrorThreshold& into) { return value.count(into.min_records); }},
    MapKey<ErrorThreshold>{"count",
                           [](const ValueReader& value, ErrorThreshold& into) {
                             std::uint64_t count = 0;
                             if (!value.count(count)) return false;
                             into.count = count;
                             return true;
                           }},
};

std::vector<std::string> class_names() {
  std::vector<std::string> names;
  for (const ErrorClass error_class : kClasses)
    names.emplace_back(to_string(error_class));
  return names;
}

std::optional<ErrorClass> class_named(std::string_view name) {
  const auto* const found = std::find_if(kClasses.begin(), kClasses.end(),
                                         [&](ErrorClass each) { return to_string(each) == name; });
  return found == kClasses.end() ? std::nullopt : std::optional(*found);
}

// A share (1%, 0.01) or a count (100), or {share, min_records, count}.
bool read_threshold(const ValueReader& value, ErrorThreshold& into) {
  if (value.value().unresolved) return false;
  if (value.is(Kind::map)) {
    if (!read_map(value, "threshold option", kThresholdKeys, into)) return false;
    if (!into.is_set())
      return value.problem("a threshold is a `share`, a `count` or both",
                           "for example {share: 1%, min_records: 1000}");
    if (!into.share && value.value().find("min_records") != nullptr)
      return value.problem("`min_records` means nothing without a `share`",
                           "for example {share: 1%, min_records: 1000}");
    return true;
  }
  const std::string& text = value.value().text;
  std::uint64_t count = 0;
  const auto [stopped, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error == std::errc() && stopped == text.data() + text.size()) {
    into.count = count;
    return true;
  }
  into.share = parse_share(text);
  return into.share || value.wanted("a share or a count of bad records", "for example 1% or 100");
}

std::optional<ErrorPolicy> read_by_class(const ValueReader& map) {
  ErrorPolicy policy;
  bool right = true;
  std::optional<std::size_t> threshold;
  for (std::size_t i = 0; i < map.value().entries.size(); ++i) {
    const std::string& name = map.value().entries[i].key;
    if (name == kThreshold) {
      threshold = i;
      right = read_threshold(map.entry(i), policy.threshold) && right;
      continue;
    }
    const auto error_class = class_named(name);
    if (!error_class)
      right = map.problem_at_key(i, "there is no class of errors `" + name + "`",
                                 suggest_name(name, class_names()));
    auto chain = read_error_chain(map.entry(i));
    right = right && chain.has_value();
    if (error_class && chain) policy.of(*error_class) = std::move(*chain);
  }
  const bool counts = policy.may(FailureAction::skip) || policy.may(FailureAction::dead_letter);
  if (right && threshold && !counts)
    right = map.problem_at_key(
        *threshold, "a threshold counts records that are skipped or dead letters, and here none can be",
        "say for which errors, for example data: skip");
  if (!right) return std::nullopt;
  return policy;
}

}  // namespace

std::optional<ErrorPolicy> read_on_error(const ConfigValue& value, const std::string& field,
                                         Problems& problems) {
  const ValueReader reader(value, field, problems);
  if (value.kind == Kind::map && !is_step(value)) return read_by_class(reader);
  const auto chain = read_error_chain(reader);
  if (!chain) return std::nullopt;
  return ErrorPolicy::always(*chain);
}

}  // namespace weir
