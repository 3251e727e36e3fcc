#include "stages/config/error_chain.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "stages/config/backoff_config.hpp"

namespace weir {
namespace {

using Kind = ConfigValue::Kind;
using Action = std::variant<RecoveryStep, FailureAction>;

/// No record is tried more often than this, whatever its config says.
constexpr std::uint64_t kTimesMax = 1'000'000;

constexpr std::array kEnds = {FailureAction::fail, FailureAction::skip, FailureAction::dead_letter};
constexpr std::array<std::string_view, 3> kStepKeys = {"retry", "restart", "backoff"};

std::optional<FailureAction> end_named(std::string_view name) {
  const auto* const found =
      std::find_if(kEnds.begin(), kEnds.end(), [&](FailureAction end) { return to_string(end) == name; });
  return found == kEnds.end() ? std::nullopt : std::optional(*found);
}

bool is_step_key(std::string_view key) {
  return std::find(kStepKeys.begin(), kStepKeys.end(), key) != kStepKeys.end();
}

std::optional<Action> read_word(const ValueReader& value) {
  const std::string& word = value.value().text;
  if (const auto end = end_named(word)) return *end;
  if (word == "restart") return restart();
  if (word == "retry") {
    value.problem("`retry` needs a count: how many more times", "for example {retry: 3}");
  } else {
    value.problem("there is no action `" + word + "`",
                  suggest_name(word, {"fail", "skip", "dead_letter", "retry", "restart"}));
  }
  return std::nullopt;
}

// What stands in a step's map beside its own keys.
void report_foreign_key(const ValueReader& step, std::size_t index) {
  const std::string& key = step.value().entries[index].key;
  if (end_named(key)) {
    step.problem_at_key(index, "`" + key + "` is an action of its own",
                        "write a list: [{retry: 3}, " + key + "]");
    return;
  }
  for (const char* name : {"data", "io", "timeout", "resource", "other", "threshold"}) {
    if (key != name) continue;
    step.problem_at_key(index,
                        "`" + key + "` stands beside classes of errors, not beside `retry` or `restart`",
                        "give a class its actions: {other: [{retry: 3}, fail], " + key + ": ...}");
    return;
  }
  step.problem_at_key(index, "an action has no option `" + key + "`",
                      suggest_name(key, {"retry", "backoff", "restart"}));
}

// {retry: n, backoff: ...} or {restart: n}.
std::optional<Action> read_step(const ValueReader& map) {
  RecoveryStep step;
  bool right = true;
  bool retries = false;
  bool restarts = false;
  bool has_backoff = false;
  for (std::size_t i = 0; i < map.value().entries.size(); ++i) {
    const std::string& key = map.value().entries[i].key;
    if (key == "retry" || key == "restart") {
      (key == "retry" ? retries : restarts) = true;
      right = map.entry(i).count(step.times, 1, kTimesMax) && right;
    } else if (key == "backoff") {
      has_backoff = true;
      right = read_backoff(map.entry(i), step.backoff) && right;
    } else {
      right = false;
      report_foreign_key(map, i);
    }
  }
  if (retries && restarts) {
    right = map.problem("`retry` and `restart` are two actions", "write a list: [{retry: 3}, {restart: 1}]");
  } else if (has_backoff && !retries) {
    right = map.problem(restarts ? "`backoff` belongs to `retry`; restarts wait as `supervisor` says"
                                 : "`backoff` belongs to `retry`, which is missing",
                        restarts ? "supervisor: {backoff: ...}" : "for example {retry: 3, backoff: 100ms}");
  }
  if (!right) return std::nullopt;
  step.kind = retries ? RecoveryStep::Kind::retry : RecoveryStep::Kind::restart;
  return step;
}

std::optional<Action> read_action(const ValueReader& value) {
  if (value.value().unresolved) return std::nullopt;
  if (value.is(Kind::scalar)) return read_word(value);
  if (value.is(Kind::map)) return read_step(value);
  value.wanted("an action (fail, skip, dead_letter, restart or {retry: n})");
  return std::nullopt;
}

std::optional<ErrorChain> read_list(const ValueReader& list) {
  const std::size_t size = list.value().items.size();
  if (size == 0) list.problem("this list has no action", "for example [{retry: 3}, skip]");
  std::vector<std::optional<Action>> actions;
  for (std::size_t i = 0; i < size; ++i)
    actions.push_back(read_action(list.item(i)));

  ErrorChain chain;
  bool right = size > 0;
  for (std::size_t i = 0; i < size; ++i) {
    if (!actions[i]) {
      right = false;
    } else if (const auto* step = std::get_if<RecoveryStep>(&*actions[i])) {
      chain.steps.push_back(*step);
    } else if (i + 1 == size) {
      chain.last = std::get<FailureAction>(*actions[i]);
    } else {
      const bool steps_follow =
          std::any_of(actions.begin() + static_cast<std::ptrdiff_t>(i) + 1, actions.end(),
                      [](const auto& each) { return each && std::holds_alternative<RecoveryStep>(*each); });
      right = list.item(i).problem("nothing comes after `" + list.value().items[i].text + "`",
                                   steps_follow ? "put it last" : "keep one of them");
    }
  }
  if (!right) return std::nullopt;
  return chain;
}

}  // namespace

bool is_step(const ConfigValue& map) {
  return map.kind == Kind::map &&
         std::any_of(map.entries.begin(), map.entries.end(),
                     [](const ConfigEntry& entry) { return is_step_key(entry.key); });
}

std::optional<ErrorChain> read_error_chain(const ValueReader& value) {
  if (value.is(Kind::list)) return read_list(value);
  const auto action = read_action(value);
  if (!action) return std::nullopt;
  if (const auto* step = std::get_if<RecoveryStep>(&*action)) return ErrorChain({*step}, FailureAction::fail);
  return ErrorChain(std::get<FailureAction>(*action));
}

}  // namespace weir
