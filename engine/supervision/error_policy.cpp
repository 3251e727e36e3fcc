#include "weir/error_policy.hpp"

#include <algorithm>

namespace weir {
namespace {

Decision end_of(const ErrorChain& chain) noexcept {
  switch (chain.last) {
    case FailureAction::skip:
      return {.kind = Decision::Kind::skip};
    case FailureAction::dead_letter:
      return {.kind = Decision::Kind::dead_letter};
    case FailureAction::fail:
      break;
  }
  return {.kind = Decision::Kind::fail};
}

}  // namespace

std::string_view to_string(FailureAction action) noexcept {
  switch (action) {
    case FailureAction::fail:
      return "fail";
    case FailureAction::skip:
      return "skip";
    case FailureAction::dead_letter:
      break;
  }
  return "dead_letter";
}

bool ErrorChain::has(RecoveryStep::Kind kind) const noexcept {
  return std::ranges::any_of(steps, [&](const RecoveryStep& step) { return step.kind == kind; });
}

ErrorPolicy ErrorPolicy::always(const ErrorChain& chain) {
  ErrorPolicy policy;
  policy.by_class.fill(chain);
  policy.of(ErrorClass::data) = chain.last;
  return policy;
}

const ErrorChain& ErrorPolicy::chain_for(const ErrorInfo& error) const {
  for (const TypedChain& typed : by_type) {
    if (typed.matches(error.cause)) return typed.chain;
  }
  return of(error.error_class);
}

Decision ErrorPolicy::decide(const ErrorInfo& error, std::uint32_t failures) const {
  const ErrorChain& chain = chain_for(error);
  std::uint64_t used = failures - 1;
  for (const RecoveryStep& step : chain.steps) {
    if (used < step.times) {
      const bool retries = step.kind == RecoveryStep::Kind::retry;
      return {.kind = retries ? Decision::Kind::retry : Decision::Kind::restart,
              .step = &step,
              .nth = static_cast<std::uint32_t>(used)};
    }
    used -= step.times;
  }
  return end_of(chain);
}

bool ErrorPolicy::may(FailureAction action) const noexcept {
  return std::ranges::any_of(by_class, [&](const ErrorChain& chain) { return chain.last == action; }) ||
         std::ranges::any_of(by_type, [&](const TypedChain& typed) { return typed.chain.last == action; });
}

bool ErrorPolicy::may(RecoveryStep::Kind step) const noexcept {
  return std::ranges::any_of(by_class, [&](const ErrorChain& chain) { return chain.has(step); }) ||
         std::ranges::any_of(by_type, [&](const TypedChain& typed) { return typed.chain.has(step); });
}

}  // namespace weir
