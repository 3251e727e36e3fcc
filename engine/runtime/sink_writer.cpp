#include "engine/runtime/sink_writer.hpp"

#include <semaphore>
#include <utility>

#include "engine/runtime/guard.hpp"
#include "engine/runtime/recovery.hpp"
#include "engine/runtime/stopwatch.hpp"

namespace weir::runtime {

SinkWriter::SinkWriter(RunContext& context, StageIndex stage)
    : context_(context),
      stage_(stage),
      traits_(std::get<SinkSpec>(context.graph.stages[stage].body).traits),
      line_([this](TokenPtr token, WorkerIndex worker) {
        if (write(*token, worker)) return true;
        context_.wait_on_worker(waits_for_, [this, waiting = token.release()] {
          line_.resume(TokenPtr(waiting), Scheduler::worker());
        });
        return false;
      }) {
  const StagePlacement& placement = context.plan.stages[stage];
  if (traits_.ordered) {
    order_.emplace(placement.flows, placement.across_flows, placement.keeps_early,
                   [this](TokenPtr token) { pass_on(std::move(token)); });
  }
  if (traits_.blocking) thread_ = std::thread([this] { write_queued(); });
}

SinkWriter::~SinkWriter() { finish(); }

void SinkWriter::receive(TokenPtr token, WorkerIndex worker) {
  if (order_)
    order_->arrive(std::move(token));
  else
    pass_on(std::move(token));
  line_.advance(worker);
}

bool SinkWriter::receive_nothing(FlowIndex flow, std::uint64_t sequence, WorkerIndex worker) {
  if (!order_) return true;
  order_->pass_over(flow, sequence);
  line_.advance(worker);
  return true;
}

void SinkWriter::flow_ended(FlowIndex flow, std::uint64_t end, WorkerIndex worker) {
  if (order_) order_->end(flow, end);
  line_.advance(worker);
}

void SinkWriter::pass_on(TokenPtr token) {
  if (finishing_) {
    write_waiting(*token, context_.thread_workers[stage_]);
  } else if (traits_.blocking) {
    context_.scheduler.hold();
    queue_.push(token.release());
  } else {
    line_.join(std::move(token));
  }
}

void SinkWriter::write_queued() {
  Token* raw = nullptr;
  while (queue_.pop(raw), raw != nullptr) {
    {
      const TokenPtr token(raw);
      write_waiting(*token, context_.thread_workers[stage_]);
    }
    context_.scheduler.let_go();
  }
}

void SinkWriter::write_waiting(const Token& token, WorkerIndex worker) {
  while (!write(token, worker)) {
    std::binary_semaphore over{0};
    context_.wait(waits_for_, [&over] { over.release(); });
    over.acquire();
  }
}

bool SinkWriter::write(const Token& token, WorkerIndex worker) {
  StageCounters& counters = context_.counters.stage(worker, stage_);
  for (; next_item_ < token.items.size(); ++next_item_) {
    const TokenItem& item = token.items[next_item_];
    if (context_.stopped() || broken_ || context_.slots[stage_]->gone())
      counters.abandoned.add(item.rows);
    else if (context_.unneeded(stage_))
      counters.unneeded.add(item.rows);
    else if (!write_batch(token, item, worker))
      return false;
    failures_ = 0;
  }
  next_item_ = 0;
  return true;
}

bool SinkWriter::write_batch(const Token& token, const TokenItem& item, WorkerIndex worker) {
  if (auto what = enter(context_, stage_, worker, item.rows, paid_)) {
    waits_for_ = std::move(*what);
    return false;
  }
  static const std::vector<bool> kNoPorts;
  Slot& slot = *context_.slots[stage_];
  StageCounters& counters = context_.counters.stage(worker, stage_);
  Emissions out(kNoPorts, item.rows);
  ErrorInfo error;
  bool written = false;
  const std::uint64_t incarnation = slot.incarnation();
  {
    const Stopwatch stopwatch(counters, item.rows);
    const bool watched = slot.spec().timeout.after > Duration::zero();
    const CallWatch watch(context_.counters.worker(worker), watched ? context_.watchdog.get() : nullptr,
                          worker, stage_);
    written = guarded(error, [&] {
      if (context_.chaos) {
        context_.chaos->before_call(stage_,
                                    {.call = Chaos::Call::write,
                                     .flow = token.flow(),
                                     .sequence = token.sequence(),
                                     .batch = next_item_},
                                    failures_);
      }
      slot.sink()->write(item.batch, out);
    });
  }
  leave(context_, stage_, worker);
  if (slot.limits().exist()) context_.tell_outcome(stage_, written);
  if (written && out.rejected.empty()) {
    counters.processed.add(item.rows);
    counters.batches.add(1);
    if (out.said_enough) context_.say_enough(stage_);
    return true;
  }
  counters.failures.add(1);
  if (written) {  // too late for anything but to fail: encode is where rows are refused
    error = std::move(out.rejected.front().error);
  } else {
    const Decision decision = slot.spec().on_error.decide(error, ++failures_);
    const auto due = recover(context_,
                             {.stage = stage_,
                              .worker = worker,
                              .incarnation = incarnation,
                              .failures = failures_,
                              .sequence = token.sequence(),
                              .origin = token.admission()->origin()},
                             decision, error);
    if (due) {
      waits_for_ = until(stage_, *due, context_.clock().now());
      return false;
    }
  }
  counters.abandoned.add(item.rows);
  broken_ = true;  // what comes behind a hole must not be written
  fail("write", 1, &token, std::move(error));
  return true;
}

void SinkWriter::fail(const char* during, std::uint64_t phase, const Token* token, ErrorInfo error) {
  Failure failure{.stage = context_.graph.stages[stage_].name, .during = during, .error = std::move(error)};
  FailurePlace place{.phase = phase, .stage = stage_};
  if (token) {
    failure.origin = token->admission()->origin();
    place.flow = token->flow();
    place.sequence = token->sequence();
  }
  context_.fail(place, std::move(failure));
}

void SinkWriter::finish() {
  if (thread_.joinable()) {
    queue_.push(nullptr);
    thread_.join();
  }
  finishing_ = true;
  if (order_) order_->flush();
}

bool SinkWriter::prepare() {
  ErrorInfo error;
  if (guarded(error, [&] { context_.slots[stage_]->sink()->prepare(); })) return true;
  fail("prepare", 2, nullptr, std::move(error));
  return false;
}

bool SinkWriter::commit() {
  ErrorInfo error;
  if (guarded(error, [&] { context_.slots[stage_]->sink()->commit(); })) return true;
  fail("commit", 2, nullptr, std::move(error));
  return false;
}

void SinkWriter::abort() noexcept {
  if (Sink* sink = context_.slots[stage_]->sink()) sink->abort();
}

}  // namespace weir::runtime
