#include "engine/runtime/sink_writer.hpp"

#include <utility>

#include "engine/runtime/guard.hpp"
#include "engine/runtime/stopwatch.hpp"

namespace weir::runtime {

SinkWriter::SinkWriter(RunContext& context, StageIndex stage)
    : context_(context),
      stage_(stage),
      traits_(std::get<SinkSpec>(context.graph.stages[stage].body).traits),
      line_([this](TokenPtr token, WorkerIndex worker) { write(*token, worker); }) {
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

void SinkWriter::flow_ended(FlowIndex flow, std::uint64_t end, WorkerIndex worker) {
  if (order_) order_->end(flow, end);
  line_.advance(worker);
}

void SinkWriter::pass_on(TokenPtr token) {
  if (finishing_) {
    write(*token, context_.thread_workers[stage_]);
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
      write(*token, context_.thread_workers[stage_]);
    }
    context_.scheduler.let_go();
  }
}

void SinkWriter::write(const Token& token, WorkerIndex worker) {
  StageCounters& counters = context_.counters.stage(worker, stage_);
  for (const TokenItem& item : token.items) {
    const std::size_t rows = item.rows;
    if (context_.stopped() || broken_)
      counters.abandoned.add(rows);
    else if (context_.unneeded(stage_))
      counters.unneeded.add(rows);
    else
      write_batch(token, item, counters);
  }
}

void SinkWriter::write_batch(const Token& token, const TokenItem& item, StageCounters& counters) {
  static const std::vector<bool> kNoPorts;
  Emissions out(kNoPorts, item.rows);
  ErrorInfo error;
  bool written = false;
  {
    const Stopwatch stopwatch(counters, item.rows);
    written = guarded(error, [&] { context_.slots[stage_]->sink()->write(item.batch, out); });
  }
  if (written &&
      !out.rejected.empty()) {  // too late for anything but to fail: encode is where rows are refused
    written = false;
    error = std::move(out.rejected.front().error);
  }
  if (written) {
    counters.processed.add(item.rows);
    counters.batches.add(1);
    if (out.said_enough) context_.say_enough(stage_);
  } else {
    counters.abandoned.add(item.rows);
    counters.failures.add(1);
    broken_ = true;  // what comes behind a hole must not be written
    fail("write", 1, &token, std::move(error));
  }
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
