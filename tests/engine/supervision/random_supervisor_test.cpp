// Any groups, any failures: the threads of a supervisor do what a tree, told the same, answers.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "engine/supervision/supervision_tree.hpp"
#include "tests/engine/supervision/puppets.hpp"
#include "weir/testing/manual_clock.hpp"
#include "weir/supervisor.hpp"

namespace weir {
namespace {

using testing::Puppets;

std::string name_of(std::size_t index) { return std::string(1, static_cast<char>('a' + index)); }

RestartPolicy any_policy() {
  return {.strategy = *rc::gen::element(Strategy::one_for_one, Strategy::rest_for_one, Strategy::one_for_all),
          .max_restarts = *rc::gen::inRange(0U, 5U),
          .backoff = {}};
}

/// The same supervision twice: for threads, and for a tree.
struct Twins {
  SupervisorOptions options;
  std::vector<SupervisionGroup> groups;
  TreePlan plan;
};

Twins any_twins(std::size_t children) {
  Twins twins;
  twins.options.policy = any_policy();
  twins.plan.groups[kRootGroup].policy = twins.options.policy;
  const auto groups = *rc::gen::inRange<std::size_t>(0, 4);
  for (std::size_t group = 0; group < groups; ++group) {
    const auto parent = *rc::gen::inRange<GroupIndex>(0, group + 1);
    const RestartPolicy policy = any_policy();
    twins.groups.push_back({"g" + std::to_string(group), twins.plan.groups[parent].name, policy});
    twins.plan.groups.push_back({twins.groups.back().name, parent, policy});
  }
  for (ChildIndex child = 0; child < children; ++child) {
    TreeChild one;
    one.group = *rc::gen::inRange<GroupIndex>(0, groups + 1);
    one.restart = *rc::gen::element(RestartType::transient, RestartType::permanent);
    for (ChildIndex later = child + 1; later < children; ++later)
      one.after.push_back(later);
    twins.plan.children.push_back(one);
  }
  return twins;
}

RC_GTEST_PROP(RandomSupervisor, DoesWhatTheTreeSays, ()) {
  const auto children = *rc::gen::inRange<std::size_t>(1, 6);
  const Twins twins = any_twins(children);
  const auto failures = *rc::gen::container<std::vector<ChildIndex>>(
      *rc::gen::inRange<std::size_t>(0, 12), rc::gen::inRange<ChildIndex>(0, children));

  testing::ManualClock clock;
  Puppets puppets;
  SupervisorOptions options = twins.options;
  options.clock = &clock;
  Supervisor supervisor(options);
  for (const SupervisionGroup& group : twins.groups)
    supervisor.add_group(group);
  for (ChildIndex child = 0; child < children; ++child) {
    const TreeChild& one = twins.plan.children[child];
    supervisor.add(name_of(child), puppets.body(name_of(child)),
                   {.restart = one.restart, .group = twins.plan.groups[one.group].name});
  }

  SupervisionTree tree(twins.plan);
  std::vector<std::uint64_t> starts(children, 1), stops(children, 0);
  bool gave_up = false;
  supervisor.start();
  const auto await_starts = [&] {
    for (ChildIndex child = 0; child < children; ++child)
      puppets.await(name_of(child) + " begins", starts[child]);
  };
  await_starts();
  for (const ChildIndex failing : failures) {
    const Verdict verdict = tree.child_failed(failing, clock.now());
    puppets.let_fail(name_of(failing));
    if (std::holds_alternative<GiveUp>(verdict)) {
      gave_up = true;
      break;
    }
    for (const ChildIndex concerned : std::get<Restart>(verdict).children) {
      ++starts[concerned];
      stops[concerned] += concerned != failing;
    }
    await_starts();
  }
  if (!gave_up) supervisor.stop();
  const SupervisorReport report = supervisor.wait();

  RC_ASSERT(report.status == (gave_up ? SupervisorStatus::gave_up : SupervisorStatus::stopped));
  RC_ASSERT(report.restarts == tree.restarts());
  const std::vector<std::string> lines = puppets.protocol().lines();
  for (ChildIndex child = 0; child < children; ++child) {
    const bool threw_last = report.children[child].end == ChildEnd::threw;
    RC_ASSERT(report.children[child].starts == starts[child]);
    RC_ASSERT(threw_last == (gave_up && report.surrender->child == name_of(child)));
    RC_ASSERT(static_cast<std::uint64_t>(std::ranges::count(lines, name_of(child) + " stops")) ==
              stops[child] + !threw_last);
  }
}

}  // namespace
}  // namespace weir
