#include "stages/config/stage_supervision.hpp"

#include "stages/config/value_reader.hpp"

namespace weir {
namespace {

using Kind = ConfigValue::Kind;

constexpr std::array kRestartTypes = {
    std::pair<std::string_view, RestartType>{"permanent", RestartType::permanent},
    std::pair<std::string_view, RestartType>{"transient", RestartType::transient},
    std::pair<std::string_view, RestartType>{"temporary", RestartType::temporary},
};
constexpr std::array kFlags = {std::pair<std::string_view, bool>{"true", true},
                               std::pair<std::string_view, bool>{"false", false}};
/// A breaker that looks at more calls than this looks at the whole run.
constexpr std::uint64_t kWindowMax = 1'000'000;

constexpr std::array kTimeoutKeys = {
    MapKey<CallTimeout>{"after", [](const ValueReader& value,
                                    CallTimeout& into) { return value.positive_duration(into.after); }},
    MapKey<CallTimeout>{"abandon", [](const ValueReader& value,
                                      CallTimeout& into) { return value.choice(into.abandon, kFlags); }},
};

// A duration, or {after, abandon}.
bool read_timeout(const ValueReader& value, CallTimeout& into) {
  if (!value.is(Kind::map)) return value.positive_duration(into.after);
  if (!read_map(value, "timeout option", kTimeoutKeys, into)) return false;
  return into.after > Duration::zero() || value.problem("a timeout needs `after`", "for example {after: 5s}");
}

bool read_failures(const ValueReader& value, CircuitBreakerLimits& into) {
  double share = 0;
  if (!value.share(share)) return false;
  if (share == 1)
    return value.problem("more than all calls can never fail, so this breaker would never open",
                         "for example failures: 50%");
  into.failure_share = share;
  return true;
}

constexpr std::array kBreakerKeys = {
    MapKey<CircuitBreakerLimits>{"window",
                                 [](const ValueReader& value, CircuitBreakerLimits& into) {
                                   return value.count(into.window, 1, kWindowMax);
                                 }},
    MapKey<CircuitBreakerLimits>{"failures", read_failures},
    MapKey<CircuitBreakerLimits>{"open_for",
                                 [](const ValueReader& value, CircuitBreakerLimits& into) {
                                   return value.positive_duration(into.open_for);
                                 }},
    MapKey<CircuitBreakerLimits>{"probes",
                                 [](const ValueReader& value, CircuitBreakerLimits& into) {
                                   return value.count(into.probes, 1, kWindowMax);
                                 }},
};

}  // namespace

StageSupervision read_stage_supervision(const ConfigValue& stage, const StageDescription* description,
                                        const std::string& field, Problems& problems) {
  StageSupervision supervision;
  const bool is_source = description != nullptr && description->is_source();
  for (std::size_t i = 0; i < stage.entries.size(); ++i) {
    const ValueReader value = ValueReader(stage, field, problems).entry(i);
    const std::string& key = stage.entries[i].key;
    if (key == "restart") {
      value.choice(supervision.restart, kRestartTypes);
    } else if (key == "timeout") {
      supervision.timeout_where = value.value().where;
      read_timeout(value, supervision.timeout);
    } else if (is_source && (key == "rate" || key == "breaker")) {
      ValueReader(stage, field, problems)
          .problem_at_key(
              i, "`" + description->type + "` is a source; a `" + key + "` belongs to the stages behind it",
              "give it to the next stage");
    } else if (key == "rate") {
      value.rate(supervision.rate);
    } else if (key == "breaker") {
      CircuitBreakerLimits limits;
      if (read_map(value, "breaker option", kBreakerKeys, limits)) supervision.circuit_breaker = limits;
    }
  }
  return supervision;
}

}  // namespace weir
