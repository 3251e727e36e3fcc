#include "engine/runtime/pass.hpp"

#include <algorithm>
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

/// What a record says of itself may need its input to be read again, and that may fail: then it says nothing.
Origin origin_of(const Batch& batch, std::size_t row) noexcept {
  Origin origin;
  ErrorInfo ignored;
  guarded(ignored, [&] { origin = batch->origin_of(row); });
  return origin;
}

std::string description_of(const Batch& batch, std::size_t row) noexcept {
  std::string text;
  ErrorInfo ignored;
  guarded(ignored, [&] { text = batch->describe(row); });
  return text;
}

/// What becomes of a batch whose call threw. A state that the call may have spoilt must not be used again.
FailureAction action_after_throw(const StageSpec& stage, const ErrorInfo& error) {
  if (const auto* transform = std::get_if<TransformSpec>(&stage.body)) {
    const TransformTraits& traits = transform->traits;
    if (traits.concurrency != Concurrency::stateless && traits.state_after_throw == StateAfterThrow::spoilt)
      return FailureAction::fail;
  }
  return stage.on_error.chain_for(error).last;
}

}  // namespace

Pass::Pass(Segment& segment, TokenPtr token, WorkerIndex worker)
    : segment_(segment),
      context_(segment.context_),
      token_(std::move(token)),
      worker_(worker),
      counters_(context_.counters.worker(worker)),
      scratch_(segment.steps_.size()) {}

void Pass::run_token() {
  const bool decodes = segment_.steps_.front().plan.kind == StepPlan::Kind::decode;
  for (TokenItem& item : token_->items) {
    const Batch batch = std::move(item.batch);
    if (decodes)
      decode(batch);
    else
      enter(0, batch, item.rows, item.port, item.edge);
  }
  token_->items.clear();
}

void Pass::run_output(Emissions& given) {
  static const Batch kNone;
  count(segment_.steps_.front()).made.add(given.rejected.size());
  settle_rejected(0, {.batch = kNone}, given);
  route(0, given);
}

void Pass::decode(const Batch& work) {
  const Step& step = segment_.steps_.front();
  StageCounters& counters = count(step);
  const Part part{.batch = work, .rows = work->rows()};
  Cursor at = 0;
  while (at != kDone && !context_.stopped() && !context_.unneeded(step.plan.stage)) {
    Emissions out(step.wanted, 0);
    std::optional<ErrorInfo> error;
    if (!call(0, part, at, out, error)) {
      counters.failures.add(1);
      return fail(0, 0, std::move(*error));
    }
    counters.batches.add(1);
    std::size_t rows = out.filtered_rows;
    for (const auto& item : out.items)
      rows += item.rows;
    counters.in.add(rows + out.rejected.size());
    settle_rejected(0, part, out);
    counters.processed.add(rows);
    route(0, out);
  }
}

void Pass::enter(std::size_t step_index, const Batch& batch, std::size_t rows, PortIndex port,
                 EdgeIndex edge) {
  const Step& step = segment_.steps_[step_index];
  StageCounters& counters = count(step);
  counters.in.add(rows);
  count_edge(edge).received.add(rows);
  if (context_.stopped()) return counters.abandoned.add(rows);
  if (context_.unneeded(step.plan.stage)) return counters.unneeded.add(rows);
  run_part(step_index, {.batch = batch, .rows = rows, .port = port});
}

void Pass::run_part(std::size_t step_index, const Part& part) {
  const Step& step = segment_.steps_[step_index];
  StageCounters& counters = count(step);
  std::vector<std::size_t> refused;  // rows
  bool to_be_written = false;
  Cursor at = 0;
  do {
    if (context_.stopped()) return counters.abandoned.add(part.rows - refused.size());
    Emissions out(step.wanted, part.rows);
    std::optional<ErrorInfo> error;
    if (!ensure_state(step_index, error) || !call(step_index, part, at, out, error)) {
      counters.failures.add(1);
      return refuse_part(step_index, part, at, refused, std::move(*error));
    }
    counters.batches.add(1);
    for (const auto& rejected : out.rejected)
      refused.push_back(rejected.row);
    settle_rejected(step_index, part, out);
    to_be_written = step.plan.kind == StepPlan::Kind::encode && !out.items.empty();
    route(step_index, out);
  } while (at != kDone);
  // A sink's records are processed when they have been written, which its writer counts.
  if (!to_be_written) counters.processed.add(part.rows - refused.size());
  ++scratch_[step_index].sub;
}

bool Pass::call(std::size_t step_index, const Part& part, Cursor& at, Emissions& out,
                std::optional<ErrorInfo>& error) {
  const Step& step = segment_.steps_[step_index];
  const Stopwatch stopwatch(count(step), part.rows);
  return guarded(error, [&] {
    if (step.plan.kind == StepPlan::Kind::process) {
      at = process(step_index, part, at, out);
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

Cursor Pass::process(std::size_t step_index, const Part& part, Cursor at, Emissions& out) {
  const Step& step = segment_.steps_[step_index];
  const StepScratch& scratch = scratch_[step_index];
  State* state = scratch.state ? scratch.state.get() : step.slot->shared_state();
  const Place place{
      .source = step.flow_rank[token_->flow()], .sub = scratch.sub, .sequence = token_->sequence()};
  return step.slot->transform().process({.batch = part.batch, .port = part.port, .place = place, .at = at},
                                        state, out);
}

bool Pass::ensure_state(std::size_t step_index, std::optional<ErrorInfo>& error) {
  const Step& step = segment_.steps_[step_index];
  StepScratch& scratch = scratch_[step_index];
  if (step.slot->stateless() || scratch.has_state) return true;
  scratch.has_state = step.slot->check_out(scratch.state, error);
  return scratch.has_state;
}

void Pass::refuse_part(std::size_t step_index, const Part& part, Cursor at,
                       const std::vector<std::size_t>& refused, ErrorInfo error) {
  const Step& step = segment_.steps_[step_index];
  const std::size_t rows = part.rows;
  if (action_after_throw(step.slot->spec(), error) == FailureAction::fail) {
    count(step).abandoned.add(rows - refused.size());
    return fail(step_index, part.first_row, std::move(error), rows == 1 ? &part.batch : nullptr);
  }
  if (rows > 1 && at == 0 && may_be_split(*step.slot, step.plan.kind)) return bisect(step_index, part);
  for (std::size_t row = 0; row < rows; ++row) {
    if (std::ranges::find(refused, row) == refused.end())
      refuse_row(step_index, part.first_row, part.batch, row, error);
  }
}

void Pass::bisect(std::size_t step_index, const Part& part) {
  const std::size_t half = part.rows / 2;
  Batch first, second;
  ErrorInfo error;
  const bool sliced = guarded(error, [&] {
    first = part.batch->slice(0, half);
    second = part.batch->slice(half, part.rows - half);
  });
  const Step& step = segment_.steps_[step_index];
  if (!sliced) {
    count(step).abandoned.add(part.rows);
    return fail(step_index, part.first_row, std::move(error));
  }
  count(step).bisect_calls.add(2);
  run_part(step_index, {.batch = first, .rows = half, .port = part.port, .first_row = part.first_row});
  run_part(
      step_index,
      {.batch = second, .rows = part.rows - half, .port = part.port, .first_row = part.first_row + half});
}

void Pass::settle_rejected(std::size_t step_index, const Part& part, Emissions& out) {
  for (auto& rejected : out.rejected) {
    if (rejected.batch)
      refuse_row(step_index, 0, rejected.batch, rejected.row, std::move(rejected.error));
    else
      refuse_row(step_index, part.first_row, part.batch, rejected.row, std::move(rejected.error));
  }
}

void Pass::refuse_row(std::size_t step_index, std::uint64_t first_row, const Batch& batch, std::size_t row,
                      ErrorInfo error) {
  const Step& step = segment_.steps_[step_index];
  switch (step.slot->spec().on_error.chain_for(error).last) {
    case FailureAction::fail:
      count(step).abandoned.add(1);
      return fail(step_index, first_row + row, std::move(error), &batch, row);
    case FailureAction::skip:
      return count(step).skipped.add(1);
    case FailureAction::dead_letter:
      break;
  }
  DeadLetter letter{.stage = step.slot->spec().name,
                    .incarnation = step.slot->incarnation(),
                    .attempts = 1,
                    .error = std::move(error),
                    .origin = origin_of(batch, row),
                    .ordinal = first_row + row,
                    .record = nullptr};
  ErrorInfo slicing;
  if (!guarded(slicing, [&] { letter.record = batch->slice(row, 1); })) {
    count(step).abandoned.add(1);
    return fail(step_index, first_row + row, std::move(slicing));
  }
  count(step).dead.add(1);
  dead_letters_.emplace_back(step_index, std::move(letter));
}

void Pass::fail(std::size_t step_index, std::uint64_t place_row, ErrorInfo error, const Batch* batch,
                std::size_t row) {
  const Step& step = segment_.steps_[step_index];
  Failure failure{.stage = step.slot->spec().name,
                  .during = doing(step.plan.kind),
                  .error = std::move(error),
                  .origin = token_->admission()->origin()};
  if (batch) {
    failure.record = description_of(*batch, row);
    if (Origin origin = origin_of(*batch, row); origin.input) failure.origin = std::move(origin);
  }
  const std::uint64_t sub = scratch_[step_index].sub;
  context_.fail({.phase = 1,
                 .flow = token_->flow(),
                 .sequence = token_->sequence(),
                 .stage = step.plan.stage,
                 .row = (sub << 32) + place_row},
                std::move(failure));
}

void Pass::route(std::size_t step_index, Emissions& out) {
  const Step& step = segment_.steps_[step_index];
  StageCounters& counters = count(step);
  if (out.filtered_rows > 0) counters.filtered.add(out.filtered_rows);
  if (out.said_enough) context_.say_enough(step.plan.stage);
  const bool has_next = step_index + 1 < segment_.steps_.size();
  for (auto& [batch, rows, port] : out.items) {
    const std::size_t group = step.groups[port];
    if (has_next && port == kMainPort) {
      const EdgeIndex edge = segment_.steps_[step_index + 1].fused_edge;
      counters.emitted.add(rows);
      count_edge(edge).emitted.add(rows);
      enter(step_index + 1, batch, rows, segment_.steps_[step_index + 1].plan.input, edge);
      batch.reset();
    } else if (group == Segment::kNoGroup) {
      counters.filtered.add(rows);  // an optional port that nobody reads
    } else {
      if (step.plan.kind != StepPlan::Kind::encode) counters.emitted.add(rows);
      outputs_.push_back({group, std::move(batch), rows});
    }
  }
}

void Pass::encode_dead_letters() {
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
    const bool written = guarded(error, [&] {
      encoded = slot.spec().encode_dead_letters(std::move(letters));
      if (!encoded) throw UsageError("`encode_dead_letters` gave nothing; it must keep what it is given");
    });
    if (!written) return fail(step_index, 0, std::move(error));
    const std::size_t rows = encoded->rows();
    outputs_.push_back({group, std::move(encoded), rows});
  }
}

Onward Pass::finish() {
  for (std::size_t i = 0; i < scratch_.size(); ++i) {
    if (scratch_[i].state) segment_.steps_[i].slot->check_in(std::move(scratch_[i].state));
  }
  if (!dead_letters_.empty()) encode_dead_letters();
  const FlowIndex flow = token_->flow();
  const std::uint64_t sequence = token_->sequence();
  Onward onward = send_outputs();
  for (const Step& step : segment_.steps_) {
    if (step.ends) step.ends->processed(segment_.index_, flow, sequence);
  }
  return onward;
}

/// Each exit gets one token. The last one gets the token that came in, so that a straight way costs no
/// allocation.
Onward Pass::send_outputs() {
  Onward onward;
  const auto& groups = segment_.groups_;
  for (std::size_t group = 0; group < groups.size(); ++group) {
    const auto& exits = groups[group].exits;
    for (std::size_t i = 0; i < exits.size(); ++i) {
      const bool last_use = i + 1 == exits.size();
      const bool last_of_all = last_use && group + 1 == groups.size();
      TokenPtr branch =
          last_of_all ? std::move(token_)
                      : std::make_unique<Token>(token_->flow(), token_->sequence(), token_->admission());
      fill(*branch, exits[i], group, last_use);
      Segment* next = last_of_all ? exits[i].receiver->direct() : nullptr;
      if (next)
        onward = {next, std::move(branch)};
      else
        exits[i].receiver->receive(std::move(branch), worker_);
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
                            exit.port, segment_.index_});
  }
  branch.account_items();
}

}  // namespace weir::runtime
