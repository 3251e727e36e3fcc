#include "engine/supervision/supervisor_loop.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "engine/supervision/later.hpp"

namespace weir {
namespace {

/// The topmost group first, and then those of the plan.
GroupIndex index_of(const std::string& group, const std::vector<SupervisionGroup>& groups) {
  if (group.empty()) return kRootGroup;
  const auto found = std::ranges::find(groups, group, &SupervisionGroup::name);
  return static_cast<GroupIndex>(found - groups.begin()) + 1;
}

TreePlan tree_plan(const SupervisorPlan& plan) {
  TreePlan tree;
  tree.seed = plan.options.seed;
  tree.groups[kRootGroup].policy = plan.options.policy;
  for (const SupervisionGroup& group : plan.groups)
    tree.groups.push_back({group.name, index_of(group.parent, plan.groups), group.policy});
  for (const SupervisedChild& child : plan.children) {
    std::vector<ChildIndex> after(plan.children.size() - tree.children.size() - 1);
    std::iota(after.begin(), after.end(), tree.children.size() + 1);
    tree.children.push_back(
        {index_of(child.options.group, plan.groups), child.options.restart, std::move(after)});
  }
  return tree;
}

/// What is said of a child that is begun again though it did not fail.
ErrorInfo it_returned() { return {ErrorClass::other, "it returned, and is permanent", {}, {}}; }

}  // namespace

SupervisorLoop::SupervisorLoop(const SupervisorPlan& plan, std::shared_ptr<ChildMailbox> mailbox)
    : clock_(plan.options.clock ? *plan.options.clock : Clock::steady()),
      mailbox_(std::move(mailbox)),
      tree_(tree_plan(plan)),
      events_(plan.options.name, plan.options.observers, clock_) {
  for (const SupervisedChild& child : plan.children) {
    children_.push_back({ChildThread(children_.size(), child.body, mailbox_), child.options.stop_deadline,
                         ChildReport{.name = child.name, .group = child.options.group}});
  }
}

SupervisorReport SupervisorLoop::run() {
  events_.tell({.kind = EventKind::run_started});
  const SupervisorStatus status = supervise();
  if (status == SupervisorStatus::stopped) events_.tell({.kind = EventKind::draining});
  std::vector<ChildIndex> all(children_.size());
  std::iota(all.begin(), all.end(), ChildIndex{0});
  stop(all);
  events_.tell({.kind = EventKind::run_ended, .detail = std::string(to_string(status))});
  return report(status);
}

SupervisorStatus SupervisorLoop::supervise() {
  for (Child& child : children_)
    child.due = clock_.now();
  while (!mailbox_->stop_requested()) {
    begin_those_due();
    if (surrender_) return SupervisorStatus::gave_up;
    if (all_have_ended()) return SupervisorStatus::ended;
    if (const auto ended = mailbox_->next(clock_, first_due())) take_up(*ended);
    if (surrender_) return SupervisorStatus::gave_up;
  }
  return SupervisorStatus::stopped;
}

void SupervisorLoop::begin_those_due() {
  const TimePoint now = clock_.now();
  for (ChildIndex child = 0; child < children_.size(); ++child) {
    if (!children_[child].due || *children_[child].due > now) continue;
    // Where one cannot be begun, others may have to be begun anew before those that come after it.
    if (!begin(child)) return;
  }
}

bool SupervisorLoop::begin(ChildIndex index) {
  Child& child = children_[index];
  child.due.reset();
  try {
    child.thread.begin();
  } catch (...) {
    child.report.end = ChildEnd::threw;
    child.report.error = describe_current_exception();
    Event event = about(EventKind::restart_failed, index);
    event.error = child.report.error;
    events_.tell(std::move(event));
    follow(tree_.child_failed(index, clock_.now()), index, child.report.error);
    return false;
  }
  ++child.report.starts;
  events_.tell(about(child.report.starts == 1 ? EventKind::stage_started : EventKind::restarted, index));
  return true;
}

std::optional<TimePoint> SupervisorLoop::first_due() const {
  std::optional<TimePoint> first;
  for (const Child& child : children_) {
    if (child.due && (!first || *child.due < *first)) first = child.due;
  }
  return first;
}

bool SupervisorLoop::all_have_ended() const {
  return std::ranges::none_of(children_,
                              [](const Child& child) { return child.due || child.thread.is_running(); });
}

void SupervisorLoop::take_up(const EndedChild& ended) {
  const ChildThread& thread = children_[ended.child].thread;
  if (!thread.is_running() || thread.incarnation() != ended.incarnation) return;  // it was left behind
  note_end(ended);
  const TimePoint now = clock_.now();
  if (ended.end == ChildEnd::threw) {
    follow(tree_.child_failed(ended.child, now), ended.child, ended.error);
  } else {
    follow(tree_.child_ended(ended.child, now), ended.child, it_returned());
  }
}

void SupervisorLoop::follow(const Verdict& verdict, ChildIndex child, const ErrorInfo& error) {
  if (const auto* again = std::get_if<Restart>(&verdict)) {
    restart(*again, child, error);
  } else if (const auto* end = std::get_if<GiveUp>(&verdict)) {
    give_up(*end, child, error);
  } else if (children_[child].report.end == ChildEnd::threw) {
    tell_failed(child, error, "it is not begun again");
  }
}

void SupervisorLoop::restart(const Restart& restart, ChildIndex child, const ErrorInfo& error) {
  tell_escalated(restart.escalated);
  Event event = about(EventKind::restarting, child);
  event.error = error;
  event.delay = restart.delay;
  event.group = tree_.plan().groups[restart.group].name;
  // If one of them already waits for a later time, all do: they are begun together, in order.
  TimePoint due = later(clock_.now(), restart.delay);
  for (const ChildIndex concerned : restart.children) {
    due = std::max(due, children_[concerned].due.value_or(due));
    event.stages.push_back(children_[concerned].report.name);
  }
  events_.tell(std::move(event));
  stop(restart.children);
  for (const ChildIndex concerned : restart.children)
    children_[concerned].due = due;
}

void SupervisorLoop::give_up(const GiveUp& verdict, ChildIndex child, const ErrorInfo& error) {
  surrender_ = Surrender{.child = children_[child].report.name, .error = error};
  for (const GroupIndex group : verdict.escalated)
    surrender_->groups.push_back(tree_.plan().groups[group].name);
  tell_escalated({verdict.escalated.begin(), verdict.escalated.end() - 1});
  Event event = about(EventKind::gave_up, child);
  event.error = error;
  event.group = tree_.plan().groups[kRootGroup].name;
  events_.tell(std::move(event));
}

void SupervisorLoop::tell_escalated(const std::vector<GroupIndex>& groups) {
  for (const GroupIndex group : groups)
    events_.tell({.kind = EventKind::escalated, .group = tree_.plan().groups[group].name});
}

void SupervisorLoop::stop(const std::vector<ChildIndex>& children) {
  for (auto child = children.rbegin(); child != children.rend(); ++child) {
    children_[*child].due.reset();
    if (children_[*child].thread.is_running()) stop_within_deadline(*child);
  }
}

void SupervisorLoop::stop_within_deadline(ChildIndex index) {
  Child& child = children_[index];
  const TimePoint deadline = later(clock_.now(), child.stop_deadline);
  child.thread.request_stop();
  if (const auto ended = mailbox_->end_of(index, child.thread.incarnation(), clock_, deadline)) {
    note_end(*ended);
    if (ended->end == ChildEnd::threw) tell_failed(index, ended->error, "it was asked to stop");
    return;
  }
  child.thread.leave_behind();
  child.report.end = ChildEnd::did_not_stop;
  ++child.report.left_behind;
  Event event = about(EventKind::abandoned, index);
  event.detail = "it did not stop";
  events_.tell(std::move(event));
}

void SupervisorLoop::note_end(const EndedChild& ended) {
  Child& child = children_[ended.child];
  child.thread.join();
  child.report.end = ended.end;
  if (ended.end != ChildEnd::threw) return;
  ++child.report.failures;
  child.report.error = ended.error;
}

Event SupervisorLoop::about(EventKind kind, ChildIndex child) const {
  Event event;
  event.kind = kind;
  event.stage = children_[child].report.name;
  event.incarnation = children_[child].thread.incarnation();
  event.group = children_[child].report.group;
  return event;
}

void SupervisorLoop::tell_failed(ChildIndex child, const ErrorInfo& error, std::string detail) {
  Event event = about(EventKind::failed, child);
  event.error = error;
  event.detail = std::move(detail);
  events_.tell(std::move(event));
}

SupervisorReport SupervisorLoop::report(SupervisorStatus status) const {
  SupervisorReport report{.status = status, .surrender = surrender_, .restarts = tree_.restarts()};
  for (const Child& child : children_)
    report.children.push_back(child.report);
  return report;
}

}  // namespace weir
