// A transform planned from YAML, as a config would have it, and run without an engine. One thread.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "stages/config/diagnostic_text.hpp"
#include "stages/config/yaml_reader.hpp"
#include "stages/memory/spill_file.hpp"
#include "tests/stages/testing/collecting_emitter.hpp"
#include "tests/stages/testing/record_table.hpp"
#include "weir/record_stage.hpp"

namespace weir::testing {

class PlannedStage {
 public:
  /// `needs`: of each output; by default everything as values. `memory`: of its states; null: all there is.
  PlannedStage(StageDescription description, const std::string& yaml, std::vector<Schema> inputs,
               std::vector<Needs> needs = {}, std::shared_ptr<MemoryBudget> memory = nullptr)
      : description_(std::move(description)), map_(read_yaml(yaml, "stage.yaml", ".", problems_)) {
    const Options options(description_.type, map_, problems_, {}, std::move(memory));
    plan_ = description_.plan(options);
    outputs_ = plan_->bind(inputs, problems_);
    if (!problems_.empty()) return;
    if (needs.empty())
      for (const Schema& output : outputs_)
        needs.emplace_back(output.size(), Need::value);
    needs_ = plan_->needs(needs);
    const StageSpec made = plan_->make();
    spec_ = std::get<TransformSpec>(made.body);
  }

  std::string problems() const { return to_text(problems_.all(), Colour::never); }
  const std::vector<Schema>& outputs() const noexcept { return outputs_; }
  const std::vector<Needs>& needs() const noexcept { return needs_; }
  const TransformTraits& traits() const noexcept { return spec_.traits; }
  std::unique_ptr<Transform> make() const {
    if (!problems_.empty()) throw std::runtime_error(problems());
    return spec_.make();
  }
  bool is_retained(PortIndex port) const { return description_.inputs[port].retained; }
  std::optional<PortIndex> retained_port() const {
    for (PortIndex port = 0; port < description_.inputs.size(); ++port)
      if (is_retained(port)) return port;
    return std::nullopt;
  }

 private:
  StageDescription description_;
  Problems problems_;
  ConfigValue map_;
  std::unique_ptr<StagePlan> plan_;
  std::vector<Schema> outputs_;
  std::vector<Needs> needs_;
  TransformSpec spec_;
};

/// So little memory that states of a few batches go to disk.
inline std::shared_ptr<MemoryBudget> little_memory(std::size_t bytes) {
  return std::make_shared<MemoryBudget>(bytes, default_spill_folder());
}

/// A batch on its way to a port.
struct Delivery {
  PortIndex port = 0;
  Batch batch;
  Place place = {};
};

/// One after another, from one source.
inline std::vector<Delivery> deliveries(const std::vector<Batch>& batches, PortIndex port = 0) {
  std::vector<Delivery> all;
  for (const Batch& batch : batches)
    all.push_back({port, batch, {0, 0, all.size()}});
  return all;
}

/// Runs a transform to its end, as several workers might: batches go to the workers' states in an order and a
/// distribution that follow from the seed; to a serial one in their own order. What it gave out comes in the
/// order of the places.
class WorkersAtRandom {
 public:
  WorkersAtRandom(std::size_t workers, std::uint64_t seed) : workers_(workers), random_(seed) {}

  void run(const PlannedStage& stage, std::vector<Delivery> input, CollectingEmitter& out) {
    const auto transform = stage.make();
    const auto middle = std::stable_partition(
        input.begin(), input.end(), [&](const Delivery& each) { return stage.is_retained(each.port); });
    const std::span<Delivery> retained(input.begin(), middle);
    const std::span<Delivery> streamed(middle, input.end());
    std::unique_ptr<State> state;
    if (stage.traits().concurrency == Concurrency::serial) {
      state = transform->make_state();
      for (const Delivery& each : input)
        process(*transform, each, state.get(), out);
    } else if (stage.traits().concurrency == Concurrency::stateless) {
      process_shared(*transform, input, nullptr, out);
    } else if (const auto port = stage.retained_port()) {
      state = process_spread(*transform, retained, out);
      transform->end_of_input(*port, state.get());
      process_shared(*transform, streamed, state.get(), out);
    } else {
      state = process_spread(*transform, streamed, out);
    }
    if (!stage.traits().breaker) return;
    for (Cursor at = 0; at != kDone;)
      at = transform->next_output(state.get(), at, out);
  }

 private:
  static void process(Transform& transform, const Delivery& each, State* state, CollectingEmitter& out) {
    for (Cursor at = 0; at != kDone;)
      at = transform.process({each.batch, each.port, each.place, at}, state, out);
  }

  std::unique_ptr<State> process_spread(Transform& transform, std::span<Delivery> input,
                                        CollectingEmitter& out) {
    std::vector<std::unique_ptr<State>> states;
    for (std::size_t worker = 0; worker < workers_; ++worker)
      states.push_back(transform.make_state());
    std::shuffle(input.begin(), input.end(), random_);
    for (const Delivery& each : input)
      process(transform, each, states[random_() % workers_].get(), out);
    std::shuffle(states.begin(), states.end(), random_);
    for (std::size_t worker = 1; worker < workers_; ++worker)
      if (states[0]) transform.absorb(*states[0], *states[worker]);
    return std::move(states[0]);
  }

  void process_shared(Transform& transform, std::span<Delivery> input, State* state, CollectingEmitter& out) {
    std::vector<CollectingEmitter> emitters(input.size());
    std::vector<std::size_t> order(input.size());
    for (std::size_t i = 0; i < order.size(); ++i)
      order[i] = i;
    std::shuffle(order.begin(), order.end(), random_);
    for (const std::size_t i : order)
      process(transform, input[i], state, emitters[i]);
    for (CollectingEmitter& emitter : emitters) {
      emitter.hand_on(out);
      out.rejections.insert(out.rejections.end(), emitter.rejections.begin(), emitter.rejections.end());
      out.filtered_rows += emitter.filtered_rows;
    }
  }

  std::size_t workers_;
  std::mt19937_64 random_;
};

/// What one worker gives out for batches that come in order.
inline std::vector<std::string> run_lines(const PlannedStage& stage, const std::vector<Batch>& batches) {
  CollectingEmitter out;
  WorkersAtRandom(1, 0).run(stage, deliveries(batches), out);
  return lines_of(out.batches());
}

}  // namespace weir::testing
