// What the supervised bodies of one oneTBB graph or pipeline have in common; see weir/tbb.hpp.
//
// The bodies succeed or fail together. When one has failed for good, the inputs of all are passed over:
// dropped and counted, so that the graph comes to rest by itself and nothing that it holds leaks.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "weir/clock.hpp"
#include "weir/error.hpp"
#include "weir/error_policy.hpp"
#include "weir/restart_policy.hpp"

namespace weir {

/// A body that waits holds its worker, so no policy may have it wait for longer than this at a time.
inline constexpr Duration kBodyWaitMax = std::chrono::milliseconds(50);

/// What holds for all bodies.
struct SupervisedBodiesOptions {
  std::uint64_t seed = 1;        ///< of the jitter of delays
  const Clock* clock = nullptr;  ///< null: the machine's; else it must outlive the bodies
};

/// Counters of one body, in calls.
struct BodyReport {
  std::string name = {};
  std::uint64_t failures = 0;     ///< that threw
  std::uint64_t retried = 0;      ///< made again, after a restart or without
  std::uint64_t restarts = 0;     ///< that its failures led to
  std::uint64_t skipped = 0;      ///< inputs dropped by `skip`
  std::uint64_t dead = 0;         ///< inputs given to the handler of dead letters
  std::uint64_t passed_over = 0;  ///< inputs that came when a body had failed for good
  std::uint64_t incarnation = 1;  ///< the present one; more than 1 for a body made by a factory only
};

/// Why they failed.
struct BodyFailure {
  std::string body = {};
  ErrorInfo error = {};
  std::uint32_t attempts = 1;
};

/// What came of the bodies.
struct [[nodiscard]] SupervisedBodiesReport {
  std::optional<BodyFailure> failure = {};  ///< the first
  std::vector<BodyReport> bodies = {};      ///< in the order in which they were made
  bool succeeded() const noexcept { return !failure; }
};

/// An input that a body could not process, as its handler of dead letters gets it. Borrowed: valid during the
/// call.
template <class Input>
struct DeadInput {
  const std::string& body;
  std::uint64_t incarnation = 0;
  std::uint32_t attempts = 0;
  const ErrorInfo& error;
  const Input& input;
};

namespace detail {
class BodyGuard;
class BodySupervision;
}  // namespace detail

/// One object for each graph, and for each run of a pipeline. From any thread. The bodies keep what they need
/// of it, and may outlive it.
class SupervisedBodies {
 public:
  /// No bodies yet: `supervised` adds them.
  explicit SupervisedBodies(const SupervisedBodiesOptions& options = {});

  /// Whether a body has failed for good: then whoever feeds the graph may stop.
  bool failed() const noexcept;
  /// The counters as they stand; of one instant once the graph is at rest.
  SupervisedBodiesReport report() const;
  /// Throws what the first failed body threw last, the very exception, as `wait_for_all` would have. Call it
  /// after that.
  void throw_if_failed() const;

 private:
  friend class detail::BodyGuard;
  std::shared_ptr<detail::BodySupervision> shared_;
};

namespace detail {

/// What has come of one input so far.
struct BodyAttempts {
  std::uint32_t failures = 0;
  std::uint64_t incarnation = 0;  ///< that was called last
};

/// What is to be done about a call that threw.
enum class BodyStep : unsigned char { call_again, leave_out, dead_letter };

/// One body's policy and history: all of it that need not be a template. Self-synchronised.
class BodyGuard {
 public:
  struct Rules {
    ErrorPolicy on_error = {};
    RestartPolicy restarts = {};
    bool has_factory = false;
    bool has_handler = false;
  };
  /// Throws UsageError for rules that cannot be kept, and for a name that `bodies` has already.
  BodyGuard(const SupervisedBodies& bodies, std::string name, Rules rules);
  ~BodyGuard();
  BodyGuard(const BodyGuard&) = delete;
  BodyGuard& operator=(const BodyGuard&) = delete;

  /// Whether a body has failed for good.
  bool has_failed() const noexcept { return failed_.load(std::memory_order_relaxed); }
  /// Whether the next input is to be passed over; counts it then.
  bool passes_over() noexcept {
    if (!has_failed()) [[likely]]
      return false;
    count_passed_over();
    return true;
  }
  std::uint64_t incarnation() const noexcept { return incarnation_.load(std::memory_order_acquire); }
  const std::string& name() const noexcept;

  /// Inside a catch clause: describes what was caught, decides, counts, waits if it must. `error` is set
  /// where the answer is dead_letter.
  BodyStep settle(BodyAttempts& attempts, std::optional<ErrorInfo>& error) noexcept;
  /// Inside a catch clause: what was caught is no fault of an input, but the end.
  void fail(const BodyAttempts& attempts) noexcept;

 private:
  class History;
  void count_passed_over() noexcept;

  const std::atomic<bool>& failed_;  ///< of all bodies together
  std::atomic<std::uint64_t> incarnation_{1};
  const std::unique_ptr<History> history_;
};

/// One instance of a body that a factory makes.
struct BodyInstance {
  explicit BodyInstance(std::uint64_t its_incarnation) : incarnation(its_incarnation) {}
  virtual ~BodyInstance() = default;
  const std::uint64_t incarnation;
};

/// The instances of a body that no call uses at present. Lock-free, from any thread. Keeps as many as the
/// machine has threads; where calls never overlap (a serial node) it keeps the one there is.
class BodyInstances {
 public:
  BodyInstances();
  ~BodyInstances();

  /// One of this incarnation; null: one must be made.
  std::unique_ptr<BodyInstance> take(std::uint64_t incarnation) noexcept;
  void give_back(std::unique_ptr<BodyInstance> instance) noexcept;

 private:
  struct Slot;
  std::vector<Slot> slots_;  ///< a power of two of them
};

}  // namespace detail
}  // namespace weir
