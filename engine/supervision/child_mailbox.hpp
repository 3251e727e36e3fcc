// Where the threads of children tell the one that supervises them that they have ended.
//
// Self-synchronised. Shared by the supervisor and every thread that it began, as a thread that was left
// behind may tell of its end when nobody is there any more.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>

#include "engine/supervision/supervision_tree.hpp"
#include "weir/clock.hpp"
#include "weir/supervisor.hpp"

namespace weir {

/// The end of one incarnation of a child.
struct EndedChild {
  ChildIndex child = 0;
  std::uint64_t incarnation = 0;
  ChildEnd end = ChildEnd::returned;
  ErrorInfo error = {};
};

class ChildMailbox {
 public:
  using Letter = std::list<EndedChild>;  ///< of one element

  /// Written before the thread is begun, so that posting it needs no memory and cannot fail.
  void post(Letter letter) noexcept;
  void request_stop() noexcept;
  bool stop_requested() const;

  /// Waits for a child's end. Nothing when a stop was asked for, or `until` has come, first.
  std::optional<EndedChild> next(const Clock& clock, std::optional<TimePoint> until);
  /// Waits for the end of this incarnation, out of turn and whether or not a stop was asked for. Nothing when
  /// `until` has come first.
  std::optional<EndedChild> end_of(ChildIndex child, std::uint64_t incarnation, const Clock& clock,
                                   TimePoint until);

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;  ///< one thread waits: the supervising one
  std::list<EndedChild> ended_;      ///< guarded by mutex_, as is the next
  bool stop_requested_ = false;
};

}  // namespace weir
