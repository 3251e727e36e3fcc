// What a pass does about calls that throw and records that are refused.
#include <algorithm>
#include <utility>

#include "engine/graph/topology.hpp"
#include "engine/runtime/guard.hpp"
#include "engine/runtime/pass.hpp"
#include "engine/runtime/recovery.hpp"

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

bool can_be_tried_again(const Decision& decision) noexcept {
  return decision.kind == Decision::Kind::retry || decision.kind == Decision::Kind::restart;
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

}  // namespace

bool Pass::try_rejected_again(Emissions& out, bool& goes_on) {
  Part& part = todo_.back();
  const Step& step = segment_->steps_[part.step];
  if (step.plan.kind == StepPlan::Kind::decode) return false;
  const ErrorPolicy& policy = step.slot->spec().on_error;
  const auto again = std::ranges::find_if(out.rejected, [&](const Emissions::Rejected& rejected) {
    return can_be_tried_again(policy.decide(rejected.error, part.failures() + rejected.attempts));
  });
  if (again == out.rejected.end()) return false;
  if (part.rows == 1) {
    const Decision decision = policy.decide(again->error, part.failures() + 1);
    goes_on = recover(decision, ++part.troubled().failures, again->error);
    return true;
  }
  // A stage that keeps nothing may take the batch again in parts, so that what comes out keeps its order. Of
  // others the rest of the batch has been taken in: there a refusal is final.
  if (!step.slot->stateless() || part.at != 0 || !may_be_split(*step.slot, step.plan.kind)) return false;
  bisect_top();
  return true;
}

bool Pass::settle_throw(ErrorInfo error) {
  Part& part = todo_.back();
  const Step& step = segment_->steps_[part.step];
  const StageSpec& spec = step.slot->spec();
  StageCounters& counters = count(step);
  counters.failures.add(1);
  const bool decodes = step.plan.kind == StepPlan::Kind::decode;
  const std::uint32_t failures = part.failures() + 1;
  ++part.troubled().throws;

  bool spoilt = false;  // a state that the call may have spoilt must not be used again
  if (const auto* transform = std::get_if<TransformSpec>(&spec.body); transform && !step.slot->stateless()) {
    const StateAfterThrow after = transform->traits.state_after_throw;
    StepScratch& scratch = scratch_[part.step];
    spoilt = after == StateAfterThrow::spoilt || (after == StateAfterThrow::cache && !scratch.state);
    if (after == StateAfterThrow::cache && scratch.state) {
      scratch.state.reset();
      scratch.has_state = false;
    }
  }
  const Decision decision = spoilt ? Decision{} : spec.on_error.decide(error, failures);
  const bool tries_again = can_be_tried_again(decision);
  // A piece of work that cannot be decoded is no record that could be left out.
  if (decision.kind == Decision::Kind::fail || (decodes && !tries_again)) {
    if (!decodes) counters.abandoned.add(part.rows - part.rows_refused());
    fail(part.step, part.first_row, failures, std::move(error),
         part.rows == 1 && !decodes ? &part.batch : nullptr);
    drop_top();
    return true;
  }
  if (part.rows > 1 && part.at == 0 && part.rows_refused() == 0 && may_be_split(*step.slot, step.plan.kind)) {
    bisect_top();
    return true;
  }
  if (tries_again) {
    part.trouble->failures = failures;
    return recover(decision, failures, error);
  }
  const Part whole = std::move(part);
  drop_top();
  for (std::size_t row = 0; row < whole.rows; ++row) {
    if (std::ranges::find(whole.trouble->refused, row) == whole.trouble->refused.end())
      refuse_row({whole.step, whole.port, whole.first_row, whole.batch}, row, failures, error);
  }
  return true;
}

bool Pass::recover(const Decision& decision, std::uint32_t failures, ErrorInfo error) {
  Part& part = todo_.back();
  const Step& step = segment_->steps_[part.step];
  const auto due = runtime::recover(*context_,
                                    {.stage = step.plan.stage,
                                     .worker = worker_,
                                     .incarnation = called_incarnation_,
                                     .failures = failures,
                                     .sequence = token_->sequence(),
                                     .origin = token_->admission()->origin()},
                                    decision, error);
  if (due) return *due <= context_->clock().now() || wait(UntilTime{*due});
  if (step.plan.kind != StepPlan::Kind::decode) count(step).abandoned.add(part.rows - part.rows_refused());
  fail(part.step, part.first_row, failures, std::move(error), part.rows == 1 ? &part.batch : nullptr);
  drop_top();
  return true;
}

bool Pass::stop_at_failed_item(Emissions& out) {
  Part& part = todo_.back();
  const Step& step = segment_->steps_[part.step];
  Emissions::FailedItem& item = out.failed_items->failing;
  const std::size_t done = item.row;
  const bool to_be_written = step.plan.kind == StepPlan::Kind::encode && !out.items.empty();
  if (!to_be_written) count(step).processed.add(done - part.rows_refused());
  ++scratch_[part.step].sub;
  part.troubled().refused.clear();
  Batch rest;
  ErrorInfo slicing;
  if (!guarded(slicing, [&] { rest = part.batch->slice(done, part.rows - done); })) {
    count(step).abandoned.add(part.rows - done);
    fail(part.step, part.first_row + done, item.failures, std::move(slicing));
    drop_top();
    return true;
  }
  part.batch = std::move(rest);
  part.rows -= done;
  part.first_row += done;
  part.at = 0;
  item.row = 0;
  const Decision decision = *std::exchange(out.failed_items->later, std::nullopt);
  part.trouble->failed_items = std::move(out.failed_items);
  const ErrorInfo error = part.trouble->failed_items->failing.error;
  return recover(decision, part.trouble->failed_items->failing.failures, error);
}

void Pass::bisect_top() {
  Part& part = todo_.back();
  const Step& step = segment_->steps_[part.step];
  const std::size_t half = part.rows / 2;
  Batch first, second;
  ErrorInfo error;
  const bool sliced = guarded(error, [&] {
    first = part.batch->slice(0, half);
    second = part.batch->slice(half, part.rows - half);
  });
  if (!sliced) {
    count(step).abandoned.add(part.rows);
    fail(part.step, part.first_row, part.failures() + 1, std::move(error));
    return drop_top();
  }
  count(step).bisect_calls.add(2);
  const auto piece = [&part](Batch batch, std::size_t offset, std::size_t rows) {
    Part piece{.step = part.step,
               .batch = std::move(batch),
               .rows = rows,
               .port = part.port,
               .edge = part.edge,
               .number = part.number,
               .entered = true,
               .first_row = part.first_row + offset};
    if (part.trouble) piece.troubled().throws = part.trouble->throws;
    return piece;
  };
  Part later = piece(std::move(second), half, part.rows - half);
  Part next = piece(std::move(first), 0, half);
  part = std::move(later);
  todo_.push_back(std::move(next));
}

void Pass::settle_rejected(const Rows& input, Emissions& out) {
  for (auto& rejected : out.rejected) {
    if (rejected.batch)
      refuse_row({.step = input.step, .batch = rejected.batch}, rejected.row, rejected.attempts,
                 std::move(rejected.error));
    else
      refuse_row(input, rejected.row, rejected.attempts, std::move(rejected.error));
  }
}

/// Records that say nothing of themselves come from where their piece of work does.
Origin Pass::origin_of_row(const Batch& batch, std::size_t row) const {
  Origin origin = origin_of(batch, row);
  return origin.input ? origin : token_->admission()->origin();
}

void Pass::refuse_row(const Rows& rows, std::size_t row, std::uint32_t attempts, ErrorInfo error) {
  const Step& step = segment_->steps_[rows.step];
  const StageSpec& spec = step.slot->spec();
  const FailureAction action = spec.on_error.chain_for(error).last;
  if (action == FailureAction::fail) {
    count(step).abandoned.add(1);
    return fail(rows.step, rows.first_row + row, attempts, std::move(error), &rows.batch, row);
  }
  const auto describe = [&] {
    return Event{.stage = spec.name,
                 .incarnation = step.slot->incarnation(),
                 .attempts = attempts,
                 .error = error,
                 .origin = origin_of_row(rows.batch, row)};
  };
  if (action == FailureAction::skip) {
    count(step).skipped.add(1);
    context_->events.tell_of_record(EventKind::skipped, step.plan.stage, describe);
    return context_->count_bad_record(step.plan.stage);
  }
  context_->events.tell_of_record(EventKind::dead_lettered, step.plan.stage, describe);
  DeadLetter<Batch> letter{.stage = spec.name,
                           .incarnation = step.slot->incarnation(),
                           .attempts = attempts,
                           .error = std::move(error),
                           .origin = origin_of_row(rows.batch, row),
                           .ordinal = rows.first_row + row,
                           .record = nullptr,
                           .port = spec.inputs.size() > 1 ? spec.inputs[rows.port].name : std::string()};
  ErrorInfo slicing;
  if (!guarded(slicing, [&] { letter.record = rows.batch->slice(row, 1); })) {
    count(step).abandoned.add(1);
    return fail(rows.step, rows.first_row + row, attempts, std::move(slicing));
  }
  count(step).dead.add(1);
  dead_letters_.emplace_back(rows.step, std::move(letter));
  context_->count_bad_record(step.plan.stage);
}

void Pass::fail(std::size_t step_index, std::uint64_t place_row, std::uint32_t attempts, ErrorInfo error,
                const Batch* batch, std::size_t row) {
  const Step& step = segment_->steps_[step_index];
  Failure failure{.stage = step.slot->spec().name,
                  .during = doing(step.plan.kind),
                  .error = std::move(error),
                  .origin = batch ? origin_of_row(*batch, row) : token_->admission()->origin(),
                  .attempts = attempts};
  if (batch) failure.record = description_of(*batch, row);
  const std::uint64_t sub = scratch_[step_index].sub;
  context_->fail({.phase = 1,
                  .flow = token_->flow(),
                  .sequence = token_->sequence(),
                  .stage = step.plan.stage,
                  .row = (sub << 32) + place_row},
                 std::move(failure));
}

void Pass::encode_dead_letters() {
  for (std::size_t step_index = 0; step_index < segment_->steps_.size(); ++step_index) {
    std::vector<DeadLetter<Batch>> letters;
    for (auto& [its_step, letter] : dead_letters_) {
      if (its_step == step_index) letters.push_back(std::move(letter));
    }
    if (letters.empty()) continue;
    const Slot& slot = *segment_->steps_[step_index].slot;
    const std::size_t group = segment_->steps_[step_index].groups[errors_port(slot.spec())];
    Batch encoded;
    ErrorInfo error;
    const bool written = guarded(error, [&] {
      encoded = slot.spec().encode_dead_letters(std::move(letters));
      if (!encoded) throw UsageError("`encode_dead_letters` gave nothing; it must keep what it is given");
    });
    if (!written) return fail(step_index, 0, 1, std::move(error));
    const std::size_t rows = encoded->rows();
    outputs_.push_back({group, std::move(encoded), rows});
  }
}

}  // namespace weir::runtime
