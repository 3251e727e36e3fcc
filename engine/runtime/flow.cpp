#include "engine/runtime/flow.hpp"

#include <utility>

#include "engine/runtime/guard.hpp"

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
      turns_(context.scheduler.graph(), concurrency_of(segment), [this](Flow*) {
        const Scheduler::Body body(context_.scheduler);
        turn(body.worker());
        return tbb::flow::continue_msg{};
      }) {}

void Flow::begin() {
  if (begins_at_once_) start();
}

void Flow::one_wait_less() {
  if (waits_.fetch_sub(1) == 1) start();
}

void Flow::take_next_turn() {
  if (context_.scheduler.on_worker()) {
    turns_.try_put(this);
  } else {
    context_.scheduler.post([this] { turns_.try_put(this); });
  }
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

TokenPtr SourceFlow::next_token(bool& failed) {
  std::optional<Work> work;
  ErrorInfo error;
  failed = !guarded(error, [&] {
    work = context_.slots[stage_]->source().next();
    if (work && !work->payload)
      throw UsageError("next() gave work without a payload; give nothing where the input has ended");
  });
  if (failed) fail("next", std::move(error));
  if (failed || !work) {
    give_back_unused_credit();
    return nullptr;
  }
  TokenPtr token = make_token(std::move(work->origin));
  token->items.push_back({.batch = std::move(work->payload)});  // its rows are counted once it is decoded
  token->account_items();
  return token;
}

void SourceFlow::pull(WorkerIndex worker) {
  bool failed = false;
  TokenPtr token = next_token(failed);
  if (!token) return finish(!failed);
  take_next_turn();
  segment_.run(std::move(token), worker);
}

ThreadedSourceFlow::ThreadedSourceFlow(RunContext& context, FlowIndex index, Segment& segment,
                                       std::size_t waits)
    : SourceFlow(context, index, segment, waits),
      tokens_(context.scheduler.graph(), concurrency_of(segment), [this](Token* token) {
        const Scheduler::Body body(context_.scheduler);
        segment_.run(TokenPtr(token), body.worker());
        return tbb::flow::continue_msg{};
      }) {}

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
    bool failed = false;
    TokenPtr token = next_token(failed);
    if (!token) return !failed && !context_.draining();
    context_.scheduler.post([this, token = token.release()] { tokens_.try_put(token); });
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

void ThreadedSourceFlow::credit_came_back() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  credit_or_end_.notify_one();
}

void ThreadedSourceFlow::wake() {
  context_.slots[stage_]->source().stop();
  credit_came_back();
}

bool BreakerFlow::must_end() const noexcept {
  return context_.draining() || context_.output_unneeded(stage_);
}

void BreakerFlow::pull(WorkerIndex worker) {
  Slot& slot = *context_.slots[stage_];
  Emissions given(slot.wanted(), 0);
  ErrorInfo error;
  Cursor next = kDone;
  if (!guarded(error, [&] { next = slot.transform().next_output(slot.shared_state(), at_, given); })) {
    give_back_unused_credit();
    fail("next_output", std::move(error));
    return finish(false);
  }
  at_ = next;
  TokenPtr token = make_token({});
  // The last piece is run before the end is told, so that nobody downstream finishes under it.
  if (next != kDone) take_next_turn();
  segment_.run_output(std::move(token), given, worker);
  if (next == kDone) finish(true);
}

}  // namespace weir::runtime
