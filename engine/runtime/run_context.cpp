#include "engine/runtime/run_context.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include "engine/runtime/stage_supervisor.hpp"
#include "engine/supervision/supervision_plan.hpp"

namespace weir::runtime {
namespace {

std::vector<WorkerIndex> workers_of_threads(const Graph& graph, std::size_t first) {
  std::vector<WorkerIndex> workers(graph.stages.size());
  for (WorkerIndex& worker : workers)
    worker = first++;
  return workers;
}

const Clock& clock_of(const RunOptions& options) { return options.clock ? *options.clock : Clock::steady(); }

std::vector<std::unique_ptr<Slot>> slots_of(const Graph& graph, std::size_t workers, const RunSignals& run) {
  const std::vector<bool> rebuilt = may_be_rebuilt(graph);
  std::vector<std::unique_ptr<Slot>> slots;
  for (StageIndex i = 0; i < graph.stages.size(); ++i)
    slots.push_back(std::make_unique<Slot>(graph, i, rebuilt[i] ? workers : 0, &run));
  return slots;
}

RunOptions resolved(RunOptions options, tbb::task_arena* arena) {
  if (arena) options.threads = static_cast<std::size_t>(arena->max_concurrency());
  if (options.threads == 0) options.threads = std::max(1u, std::thread::hardware_concurrency());
  if (options.credit_tokens == 0) options.credit_tokens = options.threads * kCreditsPerThread;
  return options;
}

}  // namespace

RunContext::RunContext(const Graph& its_graph, const RunOptions& its_options, tbb::task_arena* arena)
    : graph(its_graph),
      plan(plan_execution(graph, its_options.fuse)),
      options(resolved(its_options, arena)),
      scheduler(arena ? Scheduler(*arena) : Scheduler(options.threads)),
      thread_workers(workers_of_threads(graph, scheduler.worker_slots())),
      counters(scheduler.worker_slots() + graph.stages.size(), graph),
      signals(std::make_shared<RunSignals>()),
      slots(slots_of(graph, counters.workers(), *signals)),
      chaos(options.chaos ? std::make_shared<Chaos>(*options.chaos, graph) : nullptr),
      events(graph, options.observers, clock_of(options)),
      watchdog(Watchdog::is_needed_for(graph)
                   ? std::make_unique<Watchdog>(graph, counters.workers(), events, clock_of(options))
                   : nullptr),
      supervisor(std::make_unique<StageSupervisor>(*this)),
      timers(clock_of(options)),
      unneeded_(graph.stages.size()) {
  signals->stop = stop_source_.get_token();
  io.resize(graph.stages.size());
  for (StageIndex i = 0; i < graph.stages.size(); ++i) {
    if (graph.stages[i].io_threads > 0)
      io[i] = std::make_unique<IoThreads>(graph.stages[i], slots[i]->wanted(), i, watchdog.get());
  }
}

RunContext::~RunContext() = default;

// `what` is a copy: whoever goes on may change what the caller waits for before we are through.
void RunContext::wait(WaitsFor what, std::function<void()> go_on) {
  scheduler.hold();
  auto then = [this, go_on = std::move(go_on)] {
    go_on();
    scheduler.let_go();
  };
  if (const auto* time = std::get_if<UntilTime>(&what)) {
    timers.at_or_when_hurried(time->due, std::move(then));
  } else if (const auto* closed = std::get_if<UntilClosed>(&what)) {
    auto once = [called = std::make_shared<std::atomic<bool>>(false), then = std::move(then)] {
      if (!called->exchange(true)) then();
    };
    timers.at_or_when_hurried(closed->due, once);
    slots[closed->stage]->limits().when_closed(once);
  } else if (const auto* rebuilt = std::get_if<UntilRebuilt>(&what)) {
    if (!supervisor->wait_at_gate(rebuilt->stage, then)) then();
  } else {
    const auto& [call, threads] = std::get<UntilReturned>(what);
    call->on_end = std::move(then);
    threads->submit(call);
  }
}

void RunContext::wait_on_worker(WaitsFor what, std::function<void()> go_on) {
  wait(std::move(what), [this, go_on = std::move(go_on)] { scheduler.defer(go_on); });
}

void RunContext::tell_outcome(StageIndex stage, bool succeeded) {
  Slot& slot = *slots[stage];
  const auto became = slot.limits().record(succeeded, clock().now());
  if (!became || *became == CircuitBreaker::State::half_open) return;
  const bool opened = *became == CircuitBreaker::State::open;
  events.tell({.kind = opened ? EventKind::breaker_opened : EventKind::breaker_closed,
               .stage = slot.spec().name,
               .incarnation = slot.incarnation(),
               .delay = opened ? slot.spec().circuit_breaker->open_for : Duration::zero()});
}

void RunContext::count_bad_record(StageIndex stage) {
  const std::uint64_t bad = slots[stage]->count_bad();
  const auto& limit = graph.stages[stage].on_error.threshold.count;
  if (limit && bad == *limit + 1)
    fail_threshold(stage, "more than " + std::to_string(*limit) + " records were refused, the `threshold`");
}

void RunContext::fail_threshold(StageIndex stage, std::string message) {
  const std::string& name = graph.stages[stage].name;
  events.tell({.kind = EventKind::threshold_exceeded, .stage = name, .detail = message});
  // After all that a record is to blame for, so that such a failure is told first.
  fail({.phase = 1, .flow = SIZE_MAX, .stage = stage},
       {.stage = name,
        .during = "threshold",
        .error = {.error_class = ErrorClass::data, .message = std::move(message)}});
}

void RunContext::fail(const FailurePlace& place, Failure failure) {
  {
    const std::lock_guard lock(mutex_);
    if (!failure_ || place < failure_->first) failure_.emplace(place, std::move(failure));
  }
  drain();
}

std::optional<Failure> RunContext::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_ ? std::optional(failure_->second) : std::nullopt;
}

void RunContext::drain() noexcept {
  if (draining_.exchange(true)) return;
  events.tell({.kind = EventKind::draining});
  timers.hurry();
  if (wake_sources) wake_sources(std::nullopt);
}

void RunContext::request_stop() noexcept {
  stop_requested_.store(true);
  drain();
}

void RunContext::stop_now() noexcept {
  stopped_.store(true);
  stop_source_.request_stop();
  request_stop();
  supervisor->release_all();
}

void RunContext::say_enough(StageIndex stage) {
  if (unneeded_[stage].exchange(true)) return;
  if (graph.stages[stage].is_source()) {
    if (wake_sources) wake_sources(stage);
    return;
  }
  for (const Edge& edge : graph.edges) {
    if (edge.to == stage && edge.from_port != kErrorsPort && output_unneeded(edge.from))
      say_enough(edge.from);
  }
}

bool RunContext::output_unneeded(StageIndex stage) const noexcept {
  // Of two readers that say so at once, one at least must see the other: hence no relaxed loads.
  return std::ranges::all_of(graph.edges, [&](const Edge& edge) {
    return edge.from != stage || edge.from_port == kErrorsPort || unneeded_[edge.to].load();
  });
}

}  // namespace weir::runtime
