// What a weir::Supervisor does while it runs: waits for the ends of children, asks the tree what to do about
// them, and does it.
//
// Runs on one thread, the supervising one; children reach it by the mailbox. Owns the children's threads.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/supervision/child_mailbox.hpp"
#include "engine/supervision/child_thread.hpp"
#include "engine/telemetry/event_delivery.hpp"
#include "engine/supervision/supervision_tree.hpp"
#include "weir/supervisor.hpp"

namespace weir {

struct SupervisedChild {
  std::string name;
  std::shared_ptr<const ChildBody> body;
  ChildOptions options;
};

/// What to run. Requires names that are unique, and groups that stand below groups named before them, the
/// topmost, without a name, not among them.
struct SupervisorPlan {
  SupervisorOptions options;
  std::vector<SupervisionGroup> groups;
  std::vector<SupervisedChild> children;
};

class SupervisorLoop {
 public:
  SupervisorLoop(const SupervisorPlan& plan, std::shared_ptr<ChildMailbox> mailbox);

  /// Begins the children and supervises them to the end. Once.
  SupervisorReport run();

 private:
  struct Child {
    ChildThread thread;
    Duration stop_deadline;
    ChildReport report;
    std::optional<TimePoint> due = {};  ///< when it is to be begun, if it is
  };

  SupervisorStatus supervise();
  void begin_those_due();
  /// Whether a thread could be had.
  bool begin(ChildIndex child);
  std::optional<TimePoint> first_due() const;
  bool all_have_ended() const;

  void take_up(const EndedChild& ended);
  /// What the tree says about the end of a child.
  void follow(const Verdict& verdict, ChildIndex child, const ErrorInfo& error);
  void restart(const Restart& restart, ChildIndex child, const ErrorInfo& error);
  void give_up(const GiveUp& verdict, ChildIndex child, const ErrorInfo& error);
  void tell_escalated(const std::vector<GroupIndex>& groups);

  /// Stops those of `children` (in the order of their start) that run, in reverse; none of them is due any
  /// more.
  void stop(const std::vector<ChildIndex>& children);
  void stop_within_deadline(ChildIndex child);
  /// Joins the thread, and notes how it ended.
  void note_end(const EndedChild& ended);

  Event about(EventKind kind, ChildIndex child) const;
  void tell_failed(ChildIndex child, const ErrorInfo& error, std::string detail);
  SupervisorReport report(SupervisorStatus status) const;

  const Clock& clock_;
  const std::shared_ptr<ChildMailbox> mailbox_;
  SupervisionTree tree_;
  std::optional<Surrender> surrender_;
  EventDelivery events_;
  std::deque<Child> children_;  ///< by their index; last, so that threads end first if something throws
};

}  // namespace weir
