#include "stages/config/backoff_config.hpp"

#include <algorithm>
#include <array>

namespace weir {
namespace {

constexpr std::array kKeys = {
    MapKey<Backoff>{"initial", [](const ValueReader& value,
                                  Backoff& into) { return value.positive_duration(into.initial); }},
    MapKey<Backoff>{
        "max", [](const ValueReader& value, Backoff& into) { return value.positive_duration(into.max); }},
    MapKey<Backoff>{"jitter",
                    [](const ValueReader& value, Backoff& into) { return value.share(into.jitter); }},
};

}  // namespace

bool read_backoff(const ValueReader& value, Backoff& into) {
  Backoff read = into;
  const bool right = value.is(ConfigValue::Kind::scalar) ? value.duration(read.initial)
                                                         : read_map(value, "backoff option", kKeys, read);
  if (!right) return false;
  const ConfigValue* max = value.value().find("max");
  if (max == nullptr) {
    read.max = std::max(read.max, read.initial);
  } else if (read.max < read.initial) {
    return value.problem("the longest delay, `max`, is shorter than the first, `initial`",
                         "let `max` be at least as long");
  }
  if (read.initial == Duration::zero() && !value.is(ConfigValue::Kind::scalar))
    return value.problem("a backoff needs its first delay, `initial`",
                         "for example {initial: 100ms, max: 10s}");
  into = read;
  return true;
}

}  // namespace weir
