#include "engine/runtime/pass.hpp"

#include <utility>

#include "engine/graph/topology.hpp"
#include "engine/runtime/guard.hpp"
#include "engine/runtime/stopwatch.hpp"

namespace weir::runtime {
namespace {

const char* doing(StepPlan::Kind kind) noexcept {
  switch (kind) {
    case StepPlan::Kind::decode:
      return "decode";
    case StepPlan::Kind::process:
      return "process";
    case StepPlan::Kind::output:
      return "next_output";
    case StepPlan::Kind::encode:
      break;
  }
  return "encode";
}

bool may_be_split(const Slot& slot, StepPlan::Kind kind) noexcept {
  if (kind == StepPlan::Kind::encode) return true;
  const auto* transform = std::get_if<TransformSpec>(&slot.spec().body);
  return kind == StepPlan::Kind::process && transform && transform->traits.splittable;
}

}  // namespace

Pass::Pass(Segment& segment, TokenPtr token, WorkerIndex worker)
    : segment_(segment),
      context_(segment.context_),
      token_(std::move(token)),
      worker_(worker),
      scratch_(segment.steps_.size()),
      outputs_(segment.groups_.size()) {}

void Pass::run_token() {
  auto items = std::move(token_->items);
  token_->items.clear();
  for (TokenItem& item : items) {
    if (segment_.steps_.front().plan.kind == StepPlan::Kind::decode) {
      decode(0, item.batch);
    } else {
      enter(0, std::move(item.batch), item.port, item.edge);
    }
  }
}

void Pass::run_output(Emissions& given) {
  count(segment_.steps_.front()).made.add(settle_rejected(0, {}, given));
  route(0, given);
}

void Pass::decode(std::size_t step_index, const Batch& work) {
  const Step& step = segment_.steps_[step_index];
  StageCounters& counters = count(step);
  const Part part{.batch = work};
  Cursor at = 0;
  while (at != kDone && !context_.stopped() && !context_.unneeded(step.plan.stage)) {
    Emissions out(step.slot->wanted());
    ErrorInfo error;
    if (!call(step, part, at, out, error)) {
      counters.failures.add(1);
      return fail(step_index, 0, std::move(error), nullptr);
    }
    counters.batches.add(1);
    std::size_t rows = out.filtered_rows;
    for (const auto& item : out.items)
      rows += item.batch->rows();
    const std::size_t rejected = settle_rejected(step_index, part, out);
    counters.in.add(rows + rejected);
    counters.processed.add(rows);
    route(step_index, out);
  }
}

void Pass::enter(std::size_t step_index, Batch batch, PortIndex port, EdgeIndex edge) {
  const Step& step = segment_.steps_[step_index];
  const std::size_t rows = batch->rows();
  StageCounters& counters = count(step);
  counters.in.add(rows);
  count_edge(edge).received.add(rows);
  if (context_.stopped()) return counters.abandoned.add(rows);
  if (context_.unneeded(step.plan.stage)) return counters.unneeded.add(rows);
  run_part(step_index, {.batch = std::move(batch), .port = port});
}

void Pass::run_part(std::size_t step_index, const Part& given) {
  const Step& step = segment_.steps_[step_index];
  StageCounters& counters = count(step);
  Part part = given;
  part.sub = scratch_[step_index].sub++;
  std::size_t rejected = 0;
  Cursor at = 0;
  do {
    Emissions out(step.slot->wanted());
    ErrorInfo error;
    if (!ensure_state(step_index, error) || !call(step, part, at, out, error)) {
      counters.failures.add(1);
      return refuse_part(step_index, part, at, std::move(error));
    }
    counters.batches.add(1);
    rejected += settle_rejected(step_index, part, out);
    route(step_index, out);
  } while (at != kDone);
  // A sink's records are processed when they have been written, which its writer counts.
  if (step.plan.kind != StepPlan::Kind::encode) counters.processed.add(part.batch->rows() - rejected);
}

bool Pass::call(const Step& step, const Part& part, Cursor& at, Emissions& out, ErrorInfo& error) {
  const Stopwatch stopwatch(count(step), part.batch->bytes());
  return guarded(error, [&] {
    switch (step.plan.kind) {
      case StepPlan::Kind::decode:
        at = step.slot->source().decode(part.batch, at, out);
        break;
      case StepPlan::Kind::encode:
        if (Batch encoded = step.slot->sink()->encode(part.batch, out))
          out.items.push_back({std::move(encoded), writer_port(step.slot->spec())});
        at = kDone;
        break;
      case StepPlan::Kind::process:
      case StepPlan::Kind::output: {
        StepScratch& scratch = scratch_[static_cast<std::size_t>(&step - segment_.steps_.data())];
        State* state = scratch.state ? scratch.state.get() : step.slot->shared_state();
        const Place place{
            .source = step.flow_rank[token_->flow()], .sub = part.sub, .sequence = token_->sequence()};
        at = step.slot->transform().process(
            {.batch = part.batch, .port = part.port, .place = place, .at = at}, state, out);
        break;
      }
    }
  });
}

bool Pass::ensure_state(std::size_t step_index, ErrorInfo& error) {
  const Step& step = segment_.steps_[step_index];
  StepScratch& scratch = scratch_[step_index];
  if (step.plan.kind != StepPlan::Kind::process || scratch.has_state) return true;
  scratch.has_state = step.slot->check_out(scratch.state, error);
  return scratch.has_state;
}

void Pass::refuse_part(std::size_t step_index, const Part& part, Cursor at, ErrorInfo error) {
  const Step& step = segment_.steps_[step_index];
  const std::size_t rows = part.batch->rows();
  const FailureAction action = step.slot->spec().on_error.decide(error.error_class);
  if (action != FailureAction::fail && rows > 1 && at == 0 && may_be_split(*step.slot, step.plan.kind)) {
    count(step).bisect_calls.add(2);
    const std::size_t half = rows / 2;
    run_part(step_index, {part.batch->slice(0, half), part.port, 0, part.first_row});
    run_part(step_index, {part.batch->slice(half, rows - half), part.port, 0, part.first_row + half});
    return;
  }
  if (action == FailureAction::fail) {
    count(step).abandoned.add(rows);
    return fail(step_index, part.first_row, std::move(error), rows == 1 ? &part.batch : nullptr);
  }
  for (std::size_t row = 0; row < rows; ++row)
    refuse_row(step_index, part, part.batch, row, error);
}

std::size_t Pass::settle_rejected(std::size_t step_index, const Part& part, Emissions& out) {
  for (auto& rejected : out.rejected) {
    const Batch& batch = rejected.batch ? rejected.batch : part.batch;
    refuse_row(step_index, part, batch, rejected.row, std::move(rejected.error));
  }
  return out.rejected.size();
}

void Pass::refuse_row(std::size_t step_index, const Part& part, const Batch& batch, std::size_t row,
                      ErrorInfo error) {
  const Step& step = segment_.steps_[step_index];
  switch (step.slot->spec().on_error.decide(error.error_class)) {
    case FailureAction::fail:
      count(step).abandoned.add(1);
      fail_row(step_index, part, batch, row, std::move(error));
      return;
    case FailureAction::skip:
      return count(step).skipped.add(1);
    case FailureAction::dead_letter:
      break;
  }
  count(step).dead.add(1);
  dead_letters_.emplace_back(step_index, DeadLetter{.stage = step.slot->spec().name,
                                                    .incarnation = step.slot->incarnation(),
                                                    .attempts = 1,
                                                    .error = std::move(error),
                                                    .origin = batch->origin_of(row),
                                                    .ordinal = part.first_row + row,
                                                    .record = batch->slice(row, 1)});
}

void Pass::fail_row(std::size_t step_index, const Part& part, const Batch& batch, std::size_t row,
                    ErrorInfo error) {
  const Batch record = batch->slice(row, 1);
  fail(step_index, part.first_row + row, std::move(error), &record);
}

void Pass::fail(std::size_t step_index, std::uint64_t row, ErrorInfo error, const Batch* record) {
  const Step& step = segment_.steps_[step_index];
  Failure failure{.stage = step.slot->spec().name,
                  .during = doing(step.plan.kind),
                  .error = std::move(error),
                  .origin = token_->admission()->origin()};
  if (record) {
    failure.record = (*record)->describe(0);
    if (Origin origin = (*record)->origin_of(0); origin.input) failure.origin = std::move(origin);
  }
  const std::uint64_t sub = scratch_[step_index].sub;
  context_.fail({.phase = 1,
                 .flow = token_->flow(),
                 .sequence = token_->sequence(),
                 .stage = step.plan.stage,
                 .row = (sub << 32) + row},
                std::move(failure));
}

void Pass::route(std::size_t step_index, Emissions& out) {
  const Step& step = segment_.steps_[step_index];
  StageCounters& counters = count(step);
  if (out.filtered_rows > 0) counters.filtered.add(out.filtered_rows);
  if (out.said_enough) context_.say_enough(step.plan.stage);
  const bool has_next = step_index + 1 < segment_.steps_.size();
  for (auto& [batch, port] : out.items) {
    const std::size_t rows = batch->rows();
    const std::size_t group = step.groups[port];
    if (has_next && port == kMainPort) {
      const EdgeIndex edge = segment_.steps_[step_index + 1].fused_edge;
      counters.emitted.add(rows);
      count_edge(edge).emitted.add(rows);
      enter(step_index + 1, std::move(batch), segment_.steps_[step_index + 1].plan.input, edge);
    } else if (group == Segment::kNoGroup) {
      counters.filtered.add(rows);  // an optional port that nobody reads
    } else {
      if (step.plan.kind != StepPlan::Kind::encode) counters.emitted.add(rows);
      outputs_[group].push_back(std::move(batch));
    }
  }
}

void Pass::send_dead_letters() {
  for (std::size_t step_index = 0; step_index < segment_.steps_.size(); ++step_index) {
    std::vector<DeadLetter> letters;
    for (auto& [its_step, letter] : dead_letters_) {
      if (its_step == step_index) letters.push_back(std::move(letter));
    }
    if (letters.empty()) continue;
    const Slot& slot = *segment_.steps_[step_index].slot;
    const std::size_t group = segment_.steps_[step_index].groups[errors_port(slot.spec())];
    Batch encoded;
    ErrorInfo error;
    if (!guarded(error, [&] { encoded = slot.spec().encode_dead_letters(std::move(letters)); }))
      return fail(step_index, 0, std::move(error), nullptr);
    outputs_[group].push_back(std::move(encoded));
  }
}

void Pass::finish() {
  for (std::size_t i = 0; i < scratch_.size(); ++i) {
    if (scratch_[i].state) segment_.steps_[i].slot->check_in(std::move(scratch_[i].state));
  }
  if (!dead_letters_.empty()) send_dead_letters();

  for (std::size_t group = 0; group < outputs_.size(); ++group) {
    for (const Exit& exit : segment_.groups_[group].exits) {
      auto branch = std::make_unique<Token>(token_->flow(), token_->sequence(), token_->admission());
      for (const Batch& batch : outputs_[group]) {
        if (exit.edge != Exit::kToWriter) count_edge(exit.edge).emitted.add(batch->rows());
        branch->items.push_back({batch, exit.edge, exit.port, segment_.index_});
      }
      branch->account_items();
      exit.receiver->receive(std::move(branch));
    }
  }
  for (const Step& step : segment_.steps_) {
    if (step.ends) step.ends->processed(step.plan.input, token_->flow(), token_->sequence());
  }
}

}  // namespace weir::runtime
