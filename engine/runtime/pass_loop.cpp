// How a pass runs neighbouring stages as one loop, and what it does about the records that the loop could not
// take through.
#include <utility>

#include "engine/runtime/guard.hpp"
#include "engine/runtime/loop_emissions.hpp"
#include "engine/runtime/pass.hpp"
#include "engine/runtime/recovery.hpp"
#include "engine/runtime/stopwatch.hpp"
#include "engine/runtime/watchdog.hpp"

namespace weir::runtime {

std::optional<bool> Pass::run_loop(const Step& step) {
  const std::size_t first = todo_.back().step, stages = step.loop->stages();
  if (!enter_loop(first, stages)) return std::nullopt;
  boost::container::small_vector<Transform*, 8> incarnations;
  LoopEmissions done;
  for (std::size_t i = first; i < first + stages; ++i) {
    const Slot& slot = *segment_->steps_[i].slot;
    incarnations.push_back(&slot.transform());
    done.add_stage(slot.spec().on_error);
  }
  const Part& part = todo_.back();
  std::optional<ErrorInfo> error;
  {
    const Stopwatch stopwatch(count(step), part.rows);
    const CallWatch watch(*counters_, nullptr, worker_, step.plan.stage);
    guarded(error, [&] {
      step.loop->run({.batch = part.batch,
                      .port = part.port,
                      .place = place_at(step, part),
                      .run = context_->signals.get()},
                     {incarnations.data(), incarnations.size()}, done);
    });
  }
  if (done.later) called_incarnation_ = segment_->steps_[first + done.later->stage].slot->incarnation();
  leave_loop(first, stages);
  if (error && !done.input_consumed) {  // of no stage: each of them shall say what it has to say
    todo_.back().troubled();
    return true;
  }
  if (error) {
    count(step).abandoned.add(part.rows);
    fail(first, part.first_row, 1, std::move(*error));
    drop_top();
    return true;
  }
  return settle_loop(first, stages, done);
}

bool Pass::enter_loop(std::size_t first, std::size_t stages) {
  for (std::size_t i = 0; i < stages; ++i) {
    const Step& step = segment_->steps_[first + i];
    if (!step.slot->gone() && step.slot->gate().enter(worker_)) continue;
    leave_loop(first, i);
    return false;
  }
  return true;
}

void Pass::leave_loop(std::size_t first, std::size_t stages) {
  for (std::size_t i = first; i < first + stages; ++i)
    leave(*context_, segment_->steps_[i].plan.stage, worker_);
}

bool Pass::settle_loop(std::size_t first, std::size_t stages, LoopEmissions& done) {
  count_loop(first, stages, done);
  for (LoopEmissions::Left& left : done.refused) {
    const Rows rows{
        .step = first + left.stage, .first_row = place_in_stage(first, done, left), .batch = left.record};
    refuse_row(rows, 0, left.failures, std::move(left.error));
  }
  bool goes_on = true;
  if (done.later)
    goes_on = stop_loop(first, done);
  else
    drop_top();
  const std::size_t last = first + stages - 1;
  if (const std::size_t rows = done.out ? done.out->rows() : 0; rows > 0)
    send_on(last, std::move(done.out), rows, kMainPort);
  return goes_on;
}

std::uint64_t Pass::place_in_stage(std::size_t first, const LoopEmissions& done,
                                   const LoopEmissions::Left& left) const {
  if (left.stage == 0) return todo_.back().first_row + left.place;
  return scratch_[first + left.stage].records - done.stages()[left.stage].given + left.place;
}

void Pass::count_loop(std::size_t first, std::size_t stages, const LoopEmissions& done) {
  for (std::size_t i = 0; i < stages; ++i) {
    const Step& step = segment_->steps_[first + i];
    const LoopEmissions::Stage& its = done.stages()[i];
    const bool is_last = i + 1 == stages;
    const std::uint64_t processed = its.given - its.left;
    const std::uint64_t went_on = is_last ? (done.out ? done.out->rows() : 0) : done.stages()[i + 1].given;
    StageCounters& counters = count(step);
    ++scratch_[first + i].sub;
    if (i > 0) scratch_[first + i].records += its.given;  // the first's were counted as they came
    counters.batches.add(1);
    counters.processed.add(processed);
    if (its.failures > 0) counters.failures.add(its.failures);
    if (its.retried > 0) counters.retried.add(its.retried);
    const auto& transform = std::get<TransformSpec>(step.slot->spec().body);
    if (transform.traits.maps_records) counters.filtered.add(processed - went_on);
    if (is_last) continue;  // what comes out of it is counted where it goes
    counters.emitted.add(went_on);
    const Step& next = segment_->steps_[first + i + 1];
    count(next).in.add(went_on);
    count_edge(next.fused_edge).emitted.add(went_on);
    count_edge(next.fused_edge).received.add(went_on);
  }
}

bool Pass::stop_loop(std::size_t first, LoopEmissions& done) {
  LoopEmissions::Left& later = *done.later;
  Part& part = todo_.back();
  const Step& step = segment_->steps_[first + later.stage];
  Part failing{.step = first + later.stage,
               .batch = std::move(later.record),
               .rows = 1,
               .port = step.plan.input,
               .edge = later.stage == 0 ? part.edge : step.fused_edge,
               .number = part.number,
               .entered = true,
               .first_row = place_in_stage(first, done, later)};
  Trouble& trouble = failing.troubled();
  trouble.throws = later.failures;
  // Its stage counts on from there.
  trouble.failed_items = std::make_unique<Emissions::Items>();
  trouble.failed_items->failing = {.row = 0, .failures = later.failures, .error = later.error};

  const std::size_t done_rows = later.row + 1;
  if (done_rows == part.rows) {
    drop_top();
  } else {
    Batch rest;
    ErrorInfo slicing;
    if (guarded(slicing, [&] { rest = part.batch->slice(done_rows, part.rows - done_rows); })) {
      part.batch = std::move(rest);
      part.rows -= done_rows;
      part.first_row += done_rows;
    } else {
      count(segment_->steps_[first]).abandoned.add(part.rows - done_rows);
      fail(first, part.first_row + done_rows, 1, std::move(slicing));
      drop_top();
    }
  }
  todo_.push_back(std::move(failing));
  return recover(done.decision, later.failures, std::move(later.error));
}

}  // namespace weir::runtime
