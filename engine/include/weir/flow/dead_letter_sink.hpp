// How a stage's handling of errors becomes part of the graph, and where its dead letters end.
#pragma once

#include <concepts>
#include <functional>
#include <memory>
#include <mutex>
#include <type_traits>
#include <utility>
#include <vector>

#include "weir/chunk.hpp"
#include "weir/flow/error_handling.hpp"
#include "weir/flow/flow_builder.hpp"

namespace weir::flow {

template <class T>
DeadLetter<T> typed_letter(DeadLetter<Batch>&& letter) {
  const auto record = [&]() -> T {
    if constexpr (CopyableItem<T>)
      return chunk_of<T>(letter.record).items()[0];
    else
      return std::move(chunk_of<T>(letter.record).item_to_take(0));
  };
  return {.stage = std::move(letter.stage),
          .incarnation = letter.incarnation,
          .attempts = letter.attempts,
          .error = std::move(letter.error),
          .origin = std::move(letter.origin),
          .ordinal = letter.ordinal,
          .record = record(),
          .port = std::move(letter.port)};
}

template <class T>
Batch encode_letters(std::vector<DeadLetter<Batch>>&& letters) {
  ItemBuffer<DeadLetter<T>> typed(letters.size());
  for (DeadLetter<Batch>& letter : letters)
    typed.emplace_unchecked(typed_letter<T>(std::move(letter)));
  return make_chunk<DeadLetter<T>>(std::move(typed));
}

template <class T, class Target>
class DeadLetterSink final : public Sink {
 public:
  explicit DeadLetterSink(std::shared_ptr<Target> target) : target_(std::move(target)) {}
  void write(const Batch& batch, Emitter&) override {
    const auto& letters = chunk_of<DeadLetter<T>>(batch);
    for (std::size_t row = 0; row < letters.rows(); ++row) {
      if constexpr (std::invocable<Target&, DeadLetter<T>>)
        std::invoke(*target_, std::move(letters.item_to_take(row)));
      else
        target_->push_back(std::move(letters.item_to_take(row)));
    }
  }

 private:
  const std::shared_ptr<Target> target_;
};

template <class T, bool Retries, bool Restarts, class End>
void handle_errors(FlowBuilder& builder, Node& node, const ErrorHandling<Retries, Restarts, End>& handling,
                   const ErrorThreshold& threshold) {
  node.spec.on_error = handling.policy();
  node.spec.on_error.threshold = threshold;
  if constexpr (End::action == FailureAction::dead_letter) {
    using Target = typename decltype(handling.end.target)::element_type;
    static_assert(LetterTarget<Target, T>,
                  "dead_letter needs a callable that takes weir::DeadLetter<T>, where T is what the stage is "
                  "given, or a "
                  "container of them");
    StageSpec sink;
    sink.name = node.spec.name + ".dead_letters";
    sink.type = "dead_letters";
    sink.group = node.spec.group;
    sink.inputs = {{.name = "in", .type = chunk_type<DeadLetter<T>>()}};
    sink.body = SinkSpec{
        .make = [target =
                     handling.end.target] { return std::make_unique<DeadLetterSink<T, Target>>(target); },
        .traits = {.always_commits = true, .encodes = false}};
    node.spec.errors_type = chunk_type<DeadLetter<T>>();
    node.spec.encode_dead_letters = encode_letters<T>;
    builder.add(std::move(sink), {{.node = &node, .port = std::string(kErrorsPort)}});
  }
}

}  // namespace weir::flow
