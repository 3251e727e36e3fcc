// For code that is raw oneTBB: its bodies supervised where they stand, and weir's runs in its arenas.
//
//     weir::SupervisedBodies bodies;
//     tbb::flow::function_node<Order, std::optional<Quote>> quote(
//         graph, tbb::flow::unlimited,
//         weir::supervised(bodies, "quote", [](const Order& order) { return price(order); }, policy));
//     ...
//     graph.wait_for_all();
//     bodies.throw_if_failed();
//
// By itself oneTBB answers an exception by cancelling the whole graph: messages that are queued are dropped,
// and what they point to leaks. No exception leaves a supervised body. What it threw becomes data, an
// ErrorPolicy says what becomes of the input, and after a failure for good the graph runs dry by itself.
//
// The only public header that includes oneTBB, which its user links as well (TBB::tbb).
#pragma once

#include <oneapi/tbb/flow_graph.h>
#include <oneapi/tbb/parallel_pipeline.h>
#include <oneapi/tbb/task_arena.h>

#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "weir/detail/supervised_body.hpp"
#include "weir/flow/job.hpp"
#include "weir/per_worker.hpp"
#include "weir/run.hpp"
#include "weir/supervised_bodies.hpp"

namespace weir {

/// Makes of a callable a body for a node of a flow graph or a filter of a pipeline.
///
/// What it becomes a body for follows from how oneTBB calls it:
/// - `function_node<T, std::optional<R>>`, `continue_node`, `filter<T, std::optional<R>>`, of a callable that
/// takes
///   `const T&` and gives an R (or a `std::optional<R>`). Nothing comes of an input that was left out. A
///   callable that gives `void` or `tbb::flow::continue_msg` stays as it is: its message says that an input
///   is done with.
/// - The next stage then takes a `std::optional<R>`. Where the input is one, an empty one is handed on, and
/// the callable gets what is in it: it never sees an empty input. (Pipelines of oneTBB 2021 take no optional
/// that is as small as a pointer: of an `int`, say.)
/// - `multifunction_node<T, std::tuple<...>>`, of a callable that takes `(const T&, auto& ports)` and uses
///   `std::get<N>(ports).try_put(value)` as ever. What it puts is held until it has returned and dropped if
///   it throws, so `try_put` always answers true; a successor that rejects loses it.
/// - `input_node<std::optional<R>>` and a pipeline's first filter, of a callable that takes
/// `tbb::flow_control&`.
///   A failure for good ends the input.
/// A callable that cannot throw (`noexcept`) is called without a guard, and is given a node's own ports.
///
/// `on_error` decides as it does for stages: retry and restart, then fail, skip or dead_letter. Beside it, in
/// any order:
/// - a RestartPolicy, for a callable made by `per_worker`. A restart makes a new incarnation: instances of
/// the one
///   before are not used again, and those of its calls that fail as well cost no second restart. Where there
///   were more restarts than it lets be, the bodies fail. Without one: a default RestartPolicy that does not
///   wait.
/// - a handler of dead letters: anything that may be called with a `DeadInput<T>`, from any worker. What it
/// throws
///   fails the bodies.
/// A delay (of a retry or a restart) holds the worker that waits. So none may be longer than kBodyWaitMax; a
/// failure for good ends all waits. Longer ones are for `weir::run`, where waiting holds nobody up.
///
/// Copies of the body share one callable. `name` must be new to `bodies`. Threads: the callable is called as
/// the node's concurrency says. Throws UsageError for a policy that cannot be kept: one that restarts a
/// callable without `per_worker`, waits longer than it may, says dead_letter without a handler, or has a
/// threshold by share, as inputs are not counted while all is well.
template <class Body, class... More>
auto supervised(const SupervisedBodies& bodies, std::string name, Body body, ErrorPolicy on_error,
                More... more) {
  return detail::make_supervised<true>(bodies, std::move(name), std::move(body), std::move(on_error),
                                       std::move(more)...);
}

/// The same for the policy that a failure is for good. The callable may then consume its input (`T&&`), where
/// oneTBB lets it: in pipelines.
template <class Body>
auto supervised(const SupervisedBodies& bodies, std::string name, Body body) {
  return detail::make_supervised<false>(bodies, std::move(name), std::move(body),
                                        ErrorPolicy::always(FailureAction::fail));
}

/// Runs a graph as `run` does, but in the caller's arena, on the threads that it has: beside what else is
/// done there. Call it from outside of the arena, or from a task in it, whose thread then works along, on
/// whatever else the arena has to do as well. The arena must outlive the run.
///
/// Throws UsageError as `run` does, and where `options.threads` is not 0 (the arena has its own number) or
/// there is a deadline: a run that is given up might go on using the arena.
RunReport run_in(tbb::task_arena& arena, const Graph& graph, const RunOptions& options = {});
/// The same for a typed flow.
RunReport run_in(tbb::task_arena& arena, Flow& flow, RunOptions options = {});

}  // namespace weir
