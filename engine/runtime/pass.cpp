#include "engine/runtime/pass.hpp"

#include <algorithm>
#include <utility>

#include "engine/graph/topology.hpp"
#include "engine/runtime/guard.hpp"
#include "engine/runtime/recovery.hpp"
#include "engine/runtime/stage_supervisor.hpp"
#include "engine/runtime/stopwatch.hpp"
#include "engine/runtime/watchdog.hpp"

namespace weir::runtime {
Pass::Pass(Segment& segment, TokenPtr token)
    : segment_(&segment),
      context_(&segment.context_),
      token_(std::move(token)),
      scratch_(segment.steps_.size()) {}

void Pass::begin() {
  // The stack's top is its end.
  for (auto item = token_->items.rbegin(); item != token_->items.rend(); ++item)
    push_part(0, std::move(item->batch), item->rows, item->port, item->edge);
  token_->items.clear();
}

void Pass::push_part(std::size_t step, Batch&& batch, std::size_t rows, PortIndex port, EdgeIndex edge) {
  Part& part = todo_.emplace_back();
  part.step = step;
  part.batch = std::move(batch);
  part.rows = rows;
  part.port = port;
  part.edge = edge;
}

void Pass::begin_output(Emissions& given, WorkerIndex worker) {
  static const Batch kNone;
  worker_ = worker;
  counters_ = &context_->counters.worker(worker);
  count(segment_->steps_.front()).made.add(given.rejected.size());
  settle_rejected({.step = 0, .batch = kNone}, given);
  route(0, given);
}

bool Pass::run(WorkerIndex worker) {
  worker_ = worker;
  counters_ = &context_->counters.worker(worker);
  while (!todo_.empty()) {
    if (!advance()) return false;
  }
  return true;
}

bool Pass::advance() {
  Part& part = todo_.back();
  const Step& step = segment_->steps_[part.step];
  if (io_call_) {
    const std::shared_ptr<IoCall> call = std::move(io_call_);
    if (call->was_abandoned()) {  // its thread may be writing what came of it at this moment
      std::optional<ErrorInfo> error = abandoned_call(step.slot->spec());
      Emissions none(step.wanted, 0);
      return settle_call(step, part.at, none, error);
    }
    return settle_call(step, call->next, call->out, call->error);
  }
  if (!part.entered) {
    enter();
    if (step.plan.kind != StepPlan::Kind::decode && !context_->stopped() &&
        context_->unneeded(step.plan.stage)) {
      count(step).unneeded.add(part.rows);
      drop_top();
      return true;
    }
  }
  if (step.plan.kind == StepPlan::Kind::decode &&
      (context_->stopped() || context_->unneeded(step.plan.stage))) {
    drop_top();  // what it would have given was never counted
    return true;
  }
  if (context_->stopped()) {
    abandon_top();
    return true;
  }
  if (step.passes_on) {
    pass_on(step);
    return true;
  }
  if (step.loop && !part.trouble && part.at == 0) {
    if (const auto goes_on = run_loop(step)) return *goes_on;
  }
  return make_call(step, todo_.back());
}

void Pass::enter() {
  Part& part = todo_.back();
  const Step& step = segment_->steps_[part.step];
  part.entered = true;
  part.number = scratch_[part.step].batches++;
  if (step.plan.kind == StepPlan::Kind::decode) return;  // a piece of work, not records
  part.first_row = std::exchange(scratch_[part.step].records, scratch_[part.step].records + part.rows);
  count(step).in.add(part.rows);
  count_edge(part.edge).received.add(part.rows);
}

void Pass::abandon_top() {
  Part& part = todo_.back();
  const Step& step = segment_->steps_[part.step];
  if (step.plan.kind != StepPlan::Kind::decode) count(step).abandoned.add(part.rows - part.rows_refused());
  drop_top();
}

bool Pass::wait(WaitsFor what) {
  waits_for_ = std::make_unique<WaitsFor>(std::move(what));
  return false;
}

bool Pass::may_call(const Step& step, Part& part) {
  if (context_->chaos && !(part.trouble && part.trouble->delayed)) {
    if (const auto delay = context_->chaos->delay(step.plan.stage, records_of(part))) {
      part.troubled().delayed = true;
      return wait(UntilTime{context_->clock().now() + *delay});
    }
  }
  if (!step.limited) {  // those of a sink are its writer's
    if (!step.slot->gate().enter(worker_)) return wait(UntilRebuilt{step.plan.stage});
  } else if (auto what = runtime::enter(*context_, step.plan.stage, worker_, part.rows, part.paid)) {
    return wait(std::move(*what));
  }
  called_incarnation_ = step.slot->incarnation();
  return true;
}

bool Pass::make_call(const Step& step, Part& part) {
  if (!step.always_open) {
    if (step.slot->gone()) {
      abandon_top();
      return true;
    }
    if (!may_call(step, part)) return false;
    if (step.io) return call_elsewhere(step, part);
  }
  const std::size_t rows = step.plan.kind == StepPlan::Kind::decode ? 0 : part.rows;
  Emissions out(step.wanted, rows, &step.slot->spec().on_error);
  if (part.has_failed_item()) out.failed_items = std::move(part.trouble->failed_items);
  std::optional<ErrorInfo> error;
  Cursor at = part.at;
  if (ensure_state(part, error)) call(step, part, at, out, error);
  if (!step.always_open) leave(*context_, step.plan.stage, worker_);
  return settle_call(step, at, out, error);
}

bool Pass::call_elsewhere(const Step& step, Part& part) {
  // Such a call holds its own share of the incarnation, which may so be replaced under it.
  IoCall::Request request{
      .batch = part.batch,
      .rows = part.rows,
      .port = part.port,
      .place = place_at(step, part),
      .at = part.at,
      .failures = part.has_failed_item() ? part.trouble->failed_items->failing.failures : part.failures(),
      .run = context_->signals};
  io_call_ = std::make_shared<IoCall>(step.io->stage(), step.slot->shared_transform(), std::move(request));
  if (part.has_failed_item()) io_call_->out.failed_items = std::move(part.trouble->failed_items);
  if (context_->chaos) {
    io_call_->before = [chaos = context_->chaos, stage = step.plan.stage, records = records_of(part),
                        attempt = part.throws()] { chaos->before_call(stage, records, attempt); };
  }
  leave(*context_, step.plan.stage, worker_);
  return wait(UntilReturned{io_call_, step.io});
}

bool Pass::settle_call(const Step& step, Cursor at, Emissions& out, std::optional<ErrorInfo>& error) {
  if (step.limited) context_->tell_outcome(step.plan.stage, !error);
  return error ? settle_throw(std::move(*error)) : settle_return(at, out);
}

bool Pass::settle_return(Cursor at, Emissions& out) {
  bool goes_on = true;
  if (!out.rejected.empty() && try_rejected_again(out, goes_on)) return goes_on;

  Part& part = todo_.back();
  const std::size_t step_index = part.step;
  const Step& step = segment_->steps_[step_index];
  StageCounters& counters = count(step);
  counters.batches.add(1);
  if (out.failed_items) {
    counters.failures.add(std::exchange(out.failed_items->throws, 0));
    counters.retried.add(std::exchange(out.failed_items->retried, 0));
  }
  const bool decodes = step.plan.kind == StepPlan::Kind::decode;
  if (decodes) {
    std::size_t rows = out.filtered_rows;
    for (const auto& item : out.items)
      rows += item.rows;
    counters.in.add(rows + out.rejected.size());
    counters.processed.add(rows);
  } else {
    for (const auto& rejected : out.rejected)
      part.troubled().refused.push_back(rejected.row);
  }
  if (!out.rejected.empty()) settle_rejected({step_index, part.port, part.first_row, part.batch}, out);

  if (out.failed_items && out.failed_items->later) {
    goes_on = stop_at_failed_item(out);
    route(step_index, out);
    return goes_on;
  }
  if (at != kDone) {
    part.at = at;
  } else {
    // A sink's records are processed when they have been written, which its writer counts.
    const bool to_be_written = step.plan.kind == StepPlan::Kind::encode && !out.items.empty();
    if (!decodes && !to_be_written) counters.processed.add(part.rows - part.rows_refused());
    ++scratch_[step_index].sub;
    drop_top();
  }
  route(step_index, out);
  return true;
}

bool Pass::call(const Step& step, const Part& part, Cursor& at, Emissions& out,
                std::optional<ErrorInfo>& error) {
  const Stopwatch stopwatch(count(step), part.rows);
  const CallWatch watch(*counters_, step.watched ? context_->watchdog.get() : nullptr, worker_,
                        step.plan.stage);
  return guarded(error, [&] {
    if (context_->chaos) context_->chaos->before_call(step.plan.stage, records_of(part), part.throws());
    if (step.plan.kind == StepPlan::Kind::process) {
      at = process(step, part, at, out);
    } else if (step.plan.kind == StepPlan::Kind::decode) {
      at = step.slot->source().decode(part.batch, at, out);
    } else {
      if (Batch encoded = step.slot->sink()->encode(part.batch, out)) {
        const std::size_t rows = encoded->rows();
        out.items.push_back({std::move(encoded), rows, writer_port(step.slot->spec())});
      }
      at = kDone;
    }
  });
}

Cursor Pass::process(const Step& step, const Part& part, Cursor at, Emissions& out) {
  const StepScratch& scratch = scratch_[part.step];
  State* state = scratch.state ? scratch.state.get() : step.slot->shared_state();
  const std::uint32_t failures = out.failed_items ? out.failed_items->failing.failures : part.failures();
  return step.slot->transform().process({.batch = part.batch,
                                         .port = part.port,
                                         .place = place_at(step, part),
                                         .at = at,
                                         .failures = failures,
                                         .run = context_->signals.get()},
                                        state, out);
}

Place Pass::place_at(const Step& step, const Part& part) const {
  return {.source = step.flow_rank[token_->flow()],
          .sub = scratch_[part.step].sub,
          .sequence = token_->sequence()};
}

Chaos::Records Pass::records_of(const Part& part) const {
  const StepPlan::Kind kind = segment_->steps_[part.step].plan.kind;
  const bool decodes = kind == StepPlan::Kind::decode;
  return {.call = decodes                           ? Chaos::Call::decode
                  : kind == StepPlan::Kind::process ? Chaos::Call::process
                                                    : Chaos::Call::encode,
          .flow = token_->flow(),
          .sequence = token_->sequence(),
          .batch = part.number,
          .first = part.first_row,
          .count = decodes ? 1 : part.rows};
}

bool Pass::ensure_state(const Part& part, std::optional<ErrorInfo>& error) {
  const Step& step = segment_->steps_[part.step];
  StepScratch& scratch = scratch_[part.step];
  if (step.slot->stateless() || scratch.has_state) return true;
  scratch.has_state = step.slot->check_out(scratch.state, error);
  return scratch.has_state;
}

void Pass::route(std::size_t step_index, Emissions& out) {
  const Step& step = segment_->steps_[step_index];
  StageCounters& counters = count(step);
  if (out.filtered_rows > 0) counters.filtered.add(out.filtered_rows);
  if (out.said_enough) context_->say_enough(step.plan.stage);
  for (auto& [batch, rows, port] : out.items) {
    if (!goes_to_next(step_index, port)) send_on(step_index, std::move(batch), rows, port);
  }
  for (auto item = out.items.rbegin(); item != out.items.rend(); ++item) {  // the stack's top is its end
    if (goes_to_next(step_index, item->port))
      send_on(step_index, std::move(item->batch), item->rows, item->port);
  }
}

void Pass::pass_on(const Step& step) {
  const std::size_t step_index = todo_.back().step;
  Batch batch = std::move(todo_.back().batch);
  drop_top();
  const std::size_t rows = batch->rows();
  StageCounters& counters = count(step);
  counters.batches.add(1);
  const bool decodes = step.plan.kind == StepPlan::Kind::decode;
  if (decodes) {
    counters.in.add(rows);
    counters.processed.add(rows);
  }
  if (rows > 0)
    send_on(step_index, std::move(batch), rows, decodes ? kMainPort : writer_port(step.slot->spec()));
}

void Pass::send_on(std::size_t step_index, Batch&& batch, std::size_t rows, PortIndex port) {
  const Step& step = segment_->steps_[step_index];
  StageCounters& counters = count(step);
  if (goes_to_next(step_index, port)) {
    const Step& next = segment_->steps_[step_index + 1];
    counters.emitted.add(rows);
    count_edge(next.fused_edge).emitted.add(rows);
    return push_part(step_index + 1, std::move(batch), rows, next.plan.input, next.fused_edge);
  }
  const std::size_t group = step.groups[port];
  if (group == Segment::kNoGroup) {
    counters.filtered.add(rows);  // an optional port that nobody reads
    return;
  }
  if (step.plan.kind != StepPlan::Kind::encode) counters.emitted.add(rows);
  outputs_.push_back({group, std::move(batch), rows});
}

Onward Pass::finish() {
  for (std::size_t i = 0; i < scratch_.size(); ++i) {
    if (scratch_[i].state) segment_->steps_[i].slot->check_in(std::move(scratch_[i].state));
  }
  if (!dead_letters_.empty()) encode_dead_letters();
  const FlowIndex flow = token_->flow();
  const std::uint64_t sequence = token_->sequence();
  Onward onward = send_outputs();
  for (const Step& step : segment_->steps_) {
    if (step.ends) step.ends->processed(segment_->index_, flow, sequence);
  }
  return onward;
}

/// Each exit gets one token, save where nothing comes and none is needed to say so. The last one gets the
/// token that came in, so that a straight way costs no allocation.
Onward Pass::send_outputs() {
  struct Way {
    std::size_t group;
    const Exit* exit;
  };
  boost::container::small_vector<Way, 4> ways;
  for (std::size_t group = 0; group < segment_->groups_.size(); ++group) {
    const bool empty = std::ranges::find(outputs_, group, &Output::group) == outputs_.end();
    for (const Exit& exit : segment_->groups_[group].exits) {
      if (!empty || !exit.receiver->receive_nothing(token_->flow(), token_->sequence(), worker_))
        ways.push_back({group, &exit});
    }
  }
  Onward onward;
  for (std::size_t i = 0; i < ways.size(); ++i) {
    const auto [group, exit] = ways[i];
    if (i + 1 == ways.size()) {
      fill(*token_, *exit, group, true);
      onward.segment = exit->receiver->direct();
      if (onward.segment)
        onward.token = std::move(token_);
      else
        exit->receiver->receive(std::move(token_), worker_);
    } else {
      auto branch = std::make_unique<Token>(token_->flow(), token_->sequence(), token_->admission());
      fill(*branch, *exit, group, ways[i + 1].group != group);
      exit->receiver->receive(std::move(branch), worker_);
    }
  }
  token_.reset();
  return onward;
}

void Pass::fill(Token& branch, const Exit& exit, std::size_t group, bool last_use) {
  for (Output& output : outputs_) {
    if (output.group != group) continue;
    if (exit.edge != Exit::kToWriter) count_edge(exit.edge).emitted.add(output.rows);
    branch.items.push_back({last_use ? std::move(output.batch) : output.batch, output.rows, exit.edge,
                            exit.port, segment_->index_});
  }
  branch.account_items();
}

}  // namespace weir::runtime
