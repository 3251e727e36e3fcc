// What becomes of a record that a stage could not process.
//
// A policy is plain data, and deciding is a pure function of policy, error and how often the record has
// failed: no clock, no state, any thread.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "weir/error.hpp"
#include "weir/restart_policy.hpp"

namespace weir {

/// The end of the road for a failed record.
enum class FailureAction : unsigned char {
  fail,         ///< the run drains, ends, and its report names stage, record and cause
  skip,         ///< the record is dropped and counted
  dead_letter,  ///< the record leaves by the stage's `errors` port with all that is known of the failure
};

/// "fail", "skip" or "dead_letter": as a config writes them.
std::string_view to_string(FailureAction action) noexcept;

/// What is tried before that.
struct RecoveryStep {
  /// What is tried.
  enum class Kind : unsigned char {
    retry,    ///< the same call again, with the same unchanged input
    restart,  ///< the stage is rebuilt first, as its group's RestartPolicy says
  };
  Kind kind = Kind::retry;
  std::uint32_t times = 1;
  Backoff backoff = {};  ///< between retries; at once unless said otherwise

  friend bool operator==(const RecoveryStep&, const RecoveryStep&) = default;
};

/// A retry as a type of its own, for typed flows, which look at compile time whether a stage can do what its
/// handling asks for.
struct RetryStep : RecoveryStep {
  /// What comes when the step is used up: another step, or an end (weir/flow/error_handling.hpp).
  template <class Next>
  auto then(Next next) const;
};
/// A restart as a type of its own.
struct RestartStep : RecoveryStep {
  /// What comes when the step is used up.
  template <class Next>
  auto then(Next next) const;
};

/// The call is made again, so many times.
inline RetryStep retry(std::uint32_t times, Backoff backoff = {}) {
  return {{RecoveryStep::Kind::retry, times, backoff}};
}
/// The stage is rebuilt and the call made again, so many times.
inline RestartStep restart(std::uint32_t times = 1) { return {{RecoveryStep::Kind::restart, times, {}}}; }

/// Steps that a failing record uses up in order, and where its road ends. Each step is bounded, so no record
/// can loop.
struct ErrorChain {
  /// No steps: the end at once.
  ErrorChain(FailureAction its_last = FailureAction::fail) : last(its_last) {}
  /// Steps, and then the end.
  ErrorChain(std::vector<RecoveryStep> its_steps, FailureAction its_last)
      : steps(std::move(its_steps)), last(its_last) {}

  std::vector<RecoveryStep> steps;
  FailureAction last;

  /// Whether it has such a step.
  bool has(RecoveryStep::Kind kind) const noexcept;
  friend bool operator==(const ErrorChain&, const ErrorChain&) = default;
};

/// More bad records (dead and skipped) of one stage than these fail the run. `count` is checked at once;
/// `share`, of what the stage was given, when its input has ended, so that it does not depend on the order of
/// events.
struct ErrorThreshold {
  std::optional<std::uint64_t> count = {};
  std::optional<double> share = {};  ///< from 0 to 1
  std::uint64_t min_records = 0;     ///< a stage that was given fewer is not measured by the share

  /// Whether it limits anything.
  bool is_set() const noexcept { return count.has_value() || share.has_value(); }
  friend bool operator==(const ErrorThreshold&, const ErrorThreshold&) = default;
};

/// What is to be done about one failure.
struct Decision {
  /// A step, or the end of the road.
  enum class Kind : unsigned char { retry, restart, fail, skip, dead_letter };
  Kind kind = Kind::fail;
  const RecoveryStep* step = nullptr;  ///< of the policy, for a retry or restart
  std::uint32_t nth = 0;               ///< how many times the step was used before, for its backoff
};

/// Chooses a chain by the exception's type, for programs; the first that matches.
struct TypedChain {
  std::function<bool(const std::exception_ptr& cause)> matches;
  ErrorChain chain;
};
/// For exceptions of type `Exception`, and those derived from it.
template <class Exception>
TypedChain on(ErrorChain chain) {
  return {[](const std::exception_ptr& cause) {
            if (!cause) return false;
            try {
              std::rethrow_exception(cause);
            } catch (const Exception&) {
              return true;
            } catch (...) {
              return false;
            }
          },
          std::move(chain)};
}

/// Which chain a failed record goes through, by its error, and how many such records are too many.
struct ErrorPolicy {
  std::array<ErrorChain, kErrorClasses> by_class{};  ///< `fail` throughout, unless said otherwise
  std::vector<TypedChain> by_type = {};              ///< asked first
  ErrorThreshold threshold = {};

  /// The chain for all classes of error; of `data` errors only its end: the same input gives the same
  /// failure.
  static ErrorPolicy always(const ErrorChain& chain);

  /// The chain of a class, to be changed or read.
  ErrorChain& of(ErrorClass error_class) noexcept { return by_class[static_cast<std::size_t>(error_class)]; }
  /// The same.
  const ErrorChain& of(ErrorClass error_class) const noexcept {
    return by_class[static_cast<std::size_t>(error_class)];
  }
  /// The chain for this error: by its type, else by its class.
  const ErrorChain& chain_for(const ErrorInfo& error) const;

  /// For a record that has now failed `failures` times (1: for the first time), the last time with `error`.
  /// Of an error in a chain of another class, the steps that were used up count as well.
  Decision decide(const ErrorInfo& error, std::uint32_t failures) const;

  /// Whether some error ends in `action`.
  bool may(FailureAction action) const noexcept;
  /// Whether some chain has such a step.
  bool may(RecoveryStep::Kind step) const noexcept;
};

}  // namespace weir
