// Threads that are begun again when they fail.
//
//     weir::Supervisor supervisor;
//     supervisor.add("poller", [&](std::stop_token stop) { poll(queue, stop); });
//     supervisor.add("writer", [&](std::stop_token stop) { write(queue, stop); }, {.stop_deadline = 30s});
//     const weir::SupervisorReport report = supervisor.run();
//
// Each child runs on a thread of its own. What it throws ends that incarnation of it and nothing else;
// whether, when and with whom it is begun again say its restart type and its group's RestartPolicy. Stages
// are supervised by the same rules, and need none of this. The model is Erlang's `supervisor`.
//
// Threads: stop() may be called from any, children and observers included; all else by one thread at a time,
// and by none of these. Ownership: the supervisor keeps the bodies, and each incarnation works on a copy of
// its own, so that what was captured by value begins afresh. A thread that does not stop in time is left
// behind, and may outlive the supervisor: what its body refers to must then be kept alive by shared
// ownership. Errors: misuse throws UsageError; failures of children are in the report.
//
// What no supervisor survives: a crash, std::terminate, memory that is overwritten. For these, use processes.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "weir/clock.hpp"
#include "weir/error.hpp"
#include "weir/event.hpp"
#include "weir/restart_policy.hpp"

namespace weir {

/// How long a child may take to return once it was asked to stop.
inline constexpr Duration kStopDeadlineDefault = std::chrono::seconds(5);

/// What a child does, until `stop` asks it to return. A function called when `stop` is requested
/// (std::stop_callback) is called by the supervisor, which waits for it: keep it short.
using ChildBody = std::function<void(std::stop_token stop)>;

/// How a child is begun again and stopped.
struct ChildOptions {
  /// permanent: begun again when it throws and when it returns; transient: when it throws; temporary: never.
  RestartType restart = RestartType::transient;
  Duration stop_deadline = kStopDeadlineDefault;
  std::string group = {};  ///< empty: the topmost
};

/// What holds for all children.
struct SupervisorOptions {
  std::string name = {};      ///< `Event::pipeline`
  RestartPolicy policy = {};  ///< of the topmost group
  std::vector<Observer> observers = {};
  std::uint64_t seed = 1;        ///< of the jitter of delays
  const Clock* clock = nullptr;  ///< null: the machine's; else it must outlive the supervisor
};

/// How the last incarnation of a child ended.
enum class ChildEnd : unsigned char {
  not_begun,
  returned,      ///< by itself
  threw,         ///< also: no thread could be had for it
  stopped,       ///< returned because it was asked to
  did_not_stop,  ///< did not return by its deadline, and was left behind
};
std::string_view to_string(ChildEnd end) noexcept;

/// What came of one child.
struct ChildReport {
  std::string name = {};
  std::string group = {};
  std::uint64_t starts = 0;       ///< incarnations
  std::uint64_t failures = 0;     ///< those that threw
  std::uint64_t left_behind = 0;  ///< those that did not stop
  ChildEnd end = ChildEnd::not_begun;
  ErrorInfo error = {};  ///< the last that it threw, whatever came after
};

enum class SupervisorStatus : unsigned char {
  ended,    ///< every child came to its end
  stopped,  ///< a stop was asked for
  gave_up,  ///< there were more failures than the topmost group may restart; `surrender` says whose
};
std::string_view to_string(SupervisorStatus status) noexcept;

/// Why a supervisor gave up.
struct Surrender {
  std::string child = {};                ///< whose end was one too many
  ErrorInfo error = {};                  ///< with which; says so where it had returned
  std::vector<std::string> groups = {};  ///< that gave up, the innermost first; the topmost, last, is empty
};

/// How it ended, and what came of each child.
struct [[nodiscard]] SupervisorReport {
  SupervisorStatus status = SupervisorStatus::ended;
  std::optional<Surrender> surrender = {};
  std::vector<ChildReport> children = {};  ///< in the order in which they were added
  std::uint64_t restarts = 0;              ///< of all groups; a cascade is one

  /// Children of which a thread was left behind.
  std::vector<std::string> left_behind() const;
};

/// Children are started in the order in which they were added, and stopped in reverse, one after another,
/// each within its deadline. A cascade does so with those that it concerns: it stops them at once, and begins
/// them again together when the delay is over, also those that had returned; rest_for_one concerns those that
/// were added later. Temporary children stay out of it.
///
/// Observers are told `run_started`; for each child `stage_started`, and `restarted` for later incarnations;
/// `restarting`, `escalated` and `gave_up`; `restart_failed` where no thread could be had; `failed` for a
/// failure after which a child is not begun again; `abandoned` for a thread that was left behind; `draining`
/// when a stop was asked for; `run_ended`. `Event::stage` is the child.
class Supervisor {
 public:
  /// Starts nothing.
  explicit Supervisor(SupervisorOptions options = {});
  /// Stops, and waits.
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  /// Adds a child. Throws UsageError for a name or a group that cannot be, and once it was started.
  void add(std::string name, ChildBody body, ChildOptions options = {});
  /// Adds a group, below one that was added before. Its children are those that name it. Throws as `add`
  /// does.
  void add_group(SupervisionGroup group);

  /// Runs the children until all have come to their end, it gave up, or a stop was asked for and done. Throws
  /// UsageError when there are no children, or for the second time; and what ends the supervisor itself, such
  /// as a lack of memory, once its children have stopped.
  SupervisorReport run();
  /// The same without waiting.
  void start();
  /// Waits for the end of what was started, and gives the report. Once; else throws UsageError.
  SupervisorReport wait();

  /// Asks it to stop: from any thread, at any time, also before it was started. Does not wait.
  void stop() noexcept;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace weir
