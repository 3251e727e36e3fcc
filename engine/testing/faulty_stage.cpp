// Stages of every kind that hand their calls on, save where a fault strikes.
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "engine/testing/weakness.hpp"
#include "weir/testing/faults.hpp"

namespace weir::testing {
namespace {

class FaultySource final : public Source {
 public:
  FaultySource(std::unique_ptr<Source> source, FaultsPtr faults)
      : source_(std::move(source)), weakness_(std::move(faults)) {}
  void set_run(const RunSignals& run) override { source_->set_run(run); }
  void open() override {
    weakness_.open();
    source_->open();
  }
  std::optional<Work> next() override {
    weakness_.next();
    std::optional<Work> work = source_->next();
    if (work) weakness_.gave_piece();
    return work;
  }
  Cursor decode(const Batch& work, Cursor at, Emitter& out) const override {
    if (at == 0) weakness_.strike(*work);
    return source_->decode(work, at, out);
  }
  std::string position() const override { return source_->position(); }
  void seek(const std::string& position) override { source_->seek(position); }
  void stop() noexcept override { source_->stop(); }
  SourceProgress progress() const noexcept override { return source_->progress(); }

 private:
  const std::unique_ptr<Source> source_;
  const Weakness weakness_;
};

class FaultyTransform final : public Transform {
 public:
  FaultyTransform(std::unique_ptr<Transform> transform, FaultsPtr faults)
      : transform_(std::move(transform)), weakness_(std::move(faults)) {}
  void open() override {
    weakness_.open();
    transform_->open();
  }
  std::unique_ptr<State> make_state() const override { return transform_->make_state(); }
  Cursor process(const Input& input, State* state, Emitter& out) override {
    weakness_.strike(*input.batch);
    return transform_->process(input, state, out);
  }
  void absorb(State& into, State& other) override {
    weakness_.finish();
    transform_->absorb(into, other);
  }
  void end_of_input(PortIndex port, State* state) override {
    weakness_.finish();
    transform_->end_of_input(port, state);
  }
  Cursor next_output(State* state, Cursor at, Emitter& out) override {
    weakness_.finish();
    return transform_->next_output(state, at, out);
  }

 private:
  const std::unique_ptr<Transform> transform_;
  const Weakness weakness_;
};

class FaultySink final : public Sink {
 public:
  FaultySink(std::unique_ptr<Sink> sink, FaultsPtr faults)
      : sink_(std::move(sink)), weakness_(std::move(faults)) {}
  void open() override {
    weakness_.open();
    sink_->open();
  }
  void adopt(Sink& failed) override {
    weakness_.open();
    sink_->adopt(*static_cast<FaultySink&>(failed).sink_);
  }
  Batch encode(const Batch& batch, Emitter& out) const override {
    weakness_.strike(*batch);
    return sink_->encode(batch, out);
  }
  void write(const Batch& encoded, Emitter& out) override {
    weakness_.strike(*encoded);
    sink_->write(encoded, out);
  }
  void prepare() override { sink_->prepare(); }
  void commit() override { sink_->commit(); }
  void abort() noexcept override { sink_->abort(); }

 private:
  const std::unique_ptr<Sink> sink_;
  const Weakness weakness_;
};

template <class Faulty, class Body>
void wrap(Body& body, FaultsPtr faults) {
  body.make = [make = body.make, faults = std::move(faults)] {
    return std::make_unique<Faulty>(make(), faults);
  };
}

}  // namespace

StageSpec faulty(StageSpec stage, FaultsPtr faults) {
  if (auto* source = std::get_if<SourceSpec>(&stage.body)) {
    source->traits.decodes = true;  // so that it can throw there
    wrap<FaultySource>(*source, std::move(faults));
  } else if (auto* transform = std::get_if<TransformSpec>(&stage.body)) {
    if (faults->in_finish_ > 0) transform->traits.finish_can_be_repeated = true;
    wrap<FaultyTransform>(*transform, std::move(faults));
  } else {
    auto& sink = std::get<SinkSpec>(stage.body);
    sink.traits.encodes = true;
    wrap<FaultySink>(sink, std::move(faults));
  }
  return stage;
}

}  // namespace weir::testing
