#include "engine/runtime/flow.hpp"

#include <utility>

#include "engine/runtime/guard.hpp"
#include "engine/runtime/recovery.hpp"
#include "engine/runtime/stage_supervisor.hpp"

namespace weir::runtime {
namespace {

/// Pieces of work are run where they are pulled, so the first segment's limit is the turns' as well.
std::size_t concurrency_of(const Segment& segment) {
  const std::size_t limit = segment.plan().concurrency;
  return limit == 0 ? static_cast<std::size_t>(tbb::flow::unlimited) : limit;
}

}  // namespace

Flow::Flow(RunContext& context, FlowIndex index, Segment& segment, std::size_t waits)
    : context_(context),
      index_(index),
      stage_(context.plan.flows[index].stage),
      segment_(segment),
      credits_(context.options.credit_tokens, context.options.credit_bytes, [this] { credit_came_back(); }),
      begins_at_once_(waits == 0),
      waits_(waits),
      node_(context.scheduler.graph(), concurrency_of(segment), [this](Token* token) {
        const Scheduler::Body body(context_.scheduler);
        if (token)
          segment_.run(TokenPtr(token), body.worker());
        else
          turn(body.worker());
        return tbb::flow::continue_msg{};
      }) {
  segment.on_resume([this](TokenPtr token) { put(std::move(token)); });
}

void Flow::begin() {
  if (begins_at_once_) start();
}

void Flow::one_wait_less() {
  if (waits_.fetch_sub(1) == 1) start();
}

void Flow::put(TokenPtr token) {
  Token* const raw = token.release();
  if (context_.scheduler.on_worker())
    node_.try_put(raw);
  else
    context_.scheduler.post([this, raw] { node_.try_put(raw); });
}

void Flow::turn(WorkerIndex worker) {
  do {
    if (must_end()) return finish(!context_.draining());
    if (credits_.try_acquire()) return pull(worker);
  } while (!credits_.sleep());
}

TokenPtr Flow::make_token(Origin origin) {
  return std::make_unique<Token>(index_, next_sequence_++,
                                 AdmissionRef(new Admission(credits_, std::move(origin))));
}

void Flow::finish(bool complete) {
  if (std::exchange(finished_, true)) return;
  complete_.store(complete);
  for (const auto& told : on_end)
    told(next_sequence_);
}

void Flow::fail(const char* during, ErrorInfo error) {
  context_.fail({.phase = 1, .flow = index_, .sequence = next_sequence_, .stage = stage_},
                {.stage = context_.graph.stages[stage_].name, .during = during, .error = std::move(error)});
}

template <class Call>
Flow::Called Flow::call_stage(WorkerIndex worker, Chaos::Call kind, const char* during, const Call& call) {
  Slot& slot = *context_.slots[stage_];
  if (slot.gone()) return Called::failed;
  if (!slot.gate().enter(worker)) {
    waits_for_ = UntilRebuilt{stage_};
    return Called::waits;
  }
  const std::uint64_t incarnation = slot.incarnation();
  ErrorInfo error;
  bool returned = false;
  {
    const bool watched = slot.spec().timeout.after > Duration::zero();
    const CallWatch watch(context_.counters.worker(worker), watched ? context_.watchdog.get() : nullptr,
                          worker, stage_);
    returned = guarded(error, [&] {
      if (context_.chaos)
        context_.chaos->before_call(stage_, {.call = kind, .flow = index_, .sequence = next_sequence_},
                                    failures_);
      call();
    });
  }
  leave(context_, stage_, worker);
  if (!returned) return recover(worker, during, incarnation, std::move(error));
  failures_ = 0;
  return Called::returned;
}

Flow::Called Flow::recover(WorkerIndex worker, const char* during, std::uint64_t incarnation,
                           ErrorInfo error) {
  context_.counters.stage(worker, stage_).failures.add(1);
  const Decision decision = context_.graph.stages[stage_].on_error.decide(error, ++failures_);
  const auto due = runtime::recover(context_,
                                    {.stage = stage_,
                                     .worker = worker,
                                     .incarnation = incarnation,
                                     .failures = failures_,
                                     .sequence = next_sequence_},
                                    decision, error);
  if (due) {
    waits_for_ = until(stage_, *due, context_.clock().now());
    return Called::waits;
  }
  fail(during, std::move(error));  // what gives out records is no record that could be left out
  return Called::failed;
}

Flow::Called SourceFlow::next_token(WorkerIndex worker, TokenPtr& token) {
  std::optional<Work> work;
  const Slot& slot = *context_.slots[stage_];
  const std::uint64_t incarnation = slot.incarnation();
  Called called = call_stage(worker, Chaos::Call::next, "next", [&] {
    work = slot.source().next();
    if (work && !work->payload)
      throw UsageError("next() gave work without a payload; give nothing where the input has ended");
  });
  if (called == Called::returned && !work && slot.spec().restart == RestartType::permanent && !must_end()) {
    ErrorInfo ended;
    ended.message = "the source came to its end, though it is permanent";
    if (context_.supervisor->restart(stage_, incarnation, ended)) {
      waits_for_ = UntilRebuilt{stage_};
      called = Called::waits;
    } else {
      fail("next", context_.supervisor->gave_up(std::move(ended)));
      called = Called::failed;
    }
  }
  if (called != Called::returned || !work) {
    give_back_unused_credit();
    return called;
  }
  token = make_token(std::move(work->origin));
  token->items.push_back({.batch = std::move(work->payload)});  // its rows are counted once it is decoded
  token->account_items();
  return called;
}

void SourceFlow::pull(WorkerIndex worker) {
  TokenPtr token;
  const Called called = next_token(worker, token);
  if (called == Called::waits) return context_.wait_on_worker(waits_for_, [this] { take_next_turn(); });
  if (!token) return finish(called == Called::returned);
  take_next_turn();
  segment_.run(std::move(token), worker);
}

ThreadedSourceFlow::~ThreadedSourceFlow() {
  if (thread_.joinable()) thread_.join();
}

void ThreadedSourceFlow::start() {
  context_.scheduler.hold();
  ErrorInfo error;
  const bool started = guarded(error, [this] {
    thread_ = std::thread([this] {
      const bool complete = read();
      context_.scheduler.post([this, complete] { finish(complete); });
      context_.scheduler.let_go();
    });
  });
  if (started) return;
  fail("start", std::move(error));
  finish(false);
  context_.scheduler.let_go();
}

bool ThreadedSourceFlow::read() {
  while (wait_for_credit()) {
    TokenPtr token;
    const Called called = next_token(context_.thread_workers[stage_], token);
    if (called == Called::waits) {
      wait_here(waits_for_);
      continue;
    }
    if (!token) return called == Called::returned && !context_.draining();
    put(std::move(token));
  }
  return !context_.draining();
}

bool ThreadedSourceFlow::wait_for_credit() {
  while (!must_end()) {
    if (credits_.try_acquire()) return true;
    if (!credits_.sleep()) continue;
    std::unique_lock lock(mutex_);
    credit_or_end_.wait(lock, [this] { return std::exchange(woken_, false) || must_end(); });
  }
  return false;
}

void ThreadedSourceFlow::wait_here(const WaitsFor& what) {
  bool over = false;
  context_.wait(what, [this, &over] {
    const std::lock_guard lock(mutex_);
    over = true;
    credit_or_end_.notify_one();
  });
  std::unique_lock lock(mutex_);
  credit_or_end_.wait(lock, [&over] { return over; });
}

void ThreadedSourceFlow::credit_came_back() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  credit_or_end_.notify_one();
}

void ThreadedSourceFlow::wake() {
  if (const auto source = context_.slots[stage_]->source_if_any()) source->stop();
  credit_came_back();
}

bool BreakerFlow::must_end() const noexcept {
  return context_.draining() || context_.output_unneeded(stage_);
}

void BreakerFlow::pull(WorkerIndex worker) {
  const Slot& slot = *context_.slots[stage_];
  std::optional<Emissions> given;
  Cursor next = kDone;
  const Called called = call_stage(worker, Chaos::Call::finish, "next_output", [&] {
    given.emplace(slot.wanted(), 0);
    next = slot.transform().next_output(slot.shared_state(), at_, *given);
  });
  if (called != Called::returned) {
    give_back_unused_credit();
    if (called == Called::waits) return context_.wait_on_worker(waits_for_, [this] { take_next_turn(); });
    return finish(false);
  }
  at_ = next;
  TokenPtr token = make_token({});
  // The last piece is run before the end is told, so that nobody downstream finishes under it.
  if (next != kDone) take_next_turn();
  segment_.run_output(std::move(token), *given, worker);
  if (next == kDone) finish(true);
}

}  // namespace weir::runtime
