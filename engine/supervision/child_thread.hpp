// One supervised child: its incarnations, one after another, each on a thread of its own.
//
// Used by the supervising thread alone. Owns the present incarnation's thread; destroying it asks that to
// stop and waits.
#pragma once

#include <cstdint>
#include <memory>
#include <thread>

#include "engine/supervision/child_mailbox.hpp"
#include "weir/supervisor.hpp"

namespace weir {

class ChildThread {
 public:
  ChildThread(ChildIndex index, std::shared_ptr<const ChildBody> body, std::shared_ptr<ChildMailbox> mailbox);

  /// Begins a new incarnation, whose end is posted. Requires that none is running. Throws where no thread can
  /// be had.
  void begin();
  /// Whether there is an incarnation whose end was not seen yet.
  bool is_running() const noexcept { return thread_.joinable(); }
  /// The present or last one, from 1; 0 before the first.
  std::uint64_t incarnation() const noexcept { return incarnation_; }

  void request_stop() noexcept { thread_.request_stop(); }
  /// Once its end was taken from the mailbox.
  void join() { thread_.join(); }
  /// Lets its thread go on by itself. What it posts later is of an incarnation that is past.
  void leave_behind() { thread_.detach(); }

 private:
  const ChildIndex index_;
  const std::shared_ptr<const ChildBody> body_;  ///< shared with threads that were left behind
  const std::shared_ptr<ChildMailbox> mailbox_;
  std::uint64_t incarnation_ = 0;
  std::jthread thread_;
};

/// Whether the calling thread runs a child that reports to this mailbox.
bool is_child_of(const ChildMailbox& mailbox) noexcept;

}  // namespace weir
