// Stages that take items one by one, as the engine calls them: each by itself, and neighbours as one loop.
#pragma once

#include <memory>
#include <span>
#include <tuple>
#include <typeinfo>
#include <utility>

#include "weir/flow/loop.hpp"
#include "weir/graph.hpp"

namespace weir::flow {

/// What a loop of one stage says, told to the engine as a stage's own.
class SoleStageOutput final : public LoopOutput {
 public:
  explicit SoleStageOutput(Emitter& out) : out_(out) {}

  void consumes_input() override {}
  void emit(Batch batch) override {
    emitted_ = batch->rows();
    out_.emit(std::move(batch));
  }
  void given(std::size_t, std::size_t records) override { given_ = records; }
  ItemVerdict failed(std::size_t, std::size_t row, ErrorInfo error) override {
    return out_.failed(row, std::move(error));
  }
  void leave(Batch, std::size_t) override { ++left_; }

  /// For a stage that gives out each record or leaves it out on purpose.
  void tell_filtered() { out_.filtered(given_ - left_ - emitted_); }

 private:
  Emitter& out_;
  std::size_t given_ = 0, left_ = 0, emitted_ = 0;
};

template <class Stage, class T>
class ItemTransform final : public Transform {
 public:
  using Incarnation = typename Stage::CalleeType::Incarnation;

  explicit ItemTransform(const typename Stage::CalleeType& callee) : incarnation_(callee) {}

  void open() override { incarnation_.open(); }
  Cursor process(const Input& input, State*, Emitter& out) override {
    SoleStageOutput told(out);
    std::tuple leases(incarnation_.lease());
    LoopCall<T, decltype(leases), Stage>(input, leases, told).run();
    if constexpr (Stage::kind != ItemKind::flat_map) told.tell_filtered();
    return kDone;
  }

  Incarnation& incarnation() noexcept { return incarnation_; }

 private:
  Incarnation incarnation_;
};

template <class T, class... Stages>
class ItemLoop final : public FusedLoop {
 public:
  std::size_t stages() const noexcept override { return sizeof...(Stages); }
  void run(const Input& input, std::span<Transform* const> incarnations, LoopOutput& out) const override {
    run(input, incarnations, out, std::index_sequence_for<Stages...>());
  }

 private:
  /// A dynamic_cast to a class that nobody derives from, for a tenth of its price.
  template <class Exactly>
  static Exactly& exactly(Transform& transform) {
    if (typeid(transform) != typeid(Exactly)) throw std::bad_cast();
    return static_cast<Exactly&>(transform);
  }

  template <std::size_t... I>
  static void run(const Input& input, std::span<Transform* const> incarnations, LoopOutput& out,
                  std::index_sequence<I...>) {
    // Throws where a stage is not what the loop was compiled for, since somebody has wrapped it (a test that
    // throws faults, say), or where a callable for this worker cannot be made: nothing is touched yet, and
    // the stages are called one by one.
    std::tuple leases(exactly<ItemTransform<Stages, typename ItemAt<I, T, Stages...>::type>>(*incarnations[I])
                          .incarnation()
                          .lease()...);
    if constexpr (!CopyableItem<T>) out.consumes_input();  // they are moved on as they come
    LoopCall<T, decltype(leases), Stages...>(input, leases, out).run();
  }
};

/// The stage of a graph that a description stands for, between items of type T and what it makes of them.
template <class T, class Stage>
StageSpec spec_of(const Stage& stage) {
  constexpr const char* kTypes[] = {"map", "filter", "inspect", "flat_map"};
  StageSpec spec = stage.settings.spec(kTypes[static_cast<std::size_t>(Stage::kind)], chunk_type<T>(),
                                       chunk_type<OutputOf<Stage, T>>());
  spec.body = TransformSpec{
      .make = [callee = stage.callee] { return std::make_unique<ItemTransform<Stage, T>>(callee); },
      .traits = {.splittable = false, .maps_records = Stage::kind != ItemKind::flat_map}};
  return spec;
}

}  // namespace weir::flow
