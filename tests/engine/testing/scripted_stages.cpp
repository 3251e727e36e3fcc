#include "tests/engine/testing/scripted_stages.hpp"

#include <utility>

namespace weir::testing {
namespace {

class ScriptedSource : public Source {
 public:
  explicit ScriptedSource(SourceScript script) : script_(std::move(script)) {}
  void open() override {
    if (script_.open) script_.open();
  }
  std::optional<Work> next() override { return script_.next ? script_.next() : std::nullopt; }
  Cursor decode(const Batch& work, Cursor at, Emitter& out) const override {
    return script_.decode ? script_.decode(work, at, out) : Source::decode(work, at, out);
  }
  std::string position() const override { return script_.position ? script_.position() : std::string(); }
  void seek(const std::string& position) override {
    if (script_.seek) script_.seek(position);
  }
  void stop() noexcept override {
    if (script_.stop) script_.stop();
  }

 private:
  const SourceScript script_;
};

class ScriptedTransform : public Transform {
 public:
  explicit ScriptedTransform(TransformScript script) : script_(std::move(script)) {}
  void open() override {
    if (script_.open) script_.open();
  }
  std::unique_ptr<State> make_state() const override {
    return script_.make_state ? script_.make_state() : std::make_unique<NumberState>();
  }
  Cursor process(const Input& input, State* state, Emitter& out) override {
    if (script_.process) return script_.process(input, state, out);
    out.emit(input.batch);
    return kDone;
  }
  void absorb(State& into, State& other) override {
    if (script_.absorb) script_.absorb(into, other);
  }
  void end_of_input(PortIndex port, State* state) override {
    if (script_.end_of_input) script_.end_of_input(port, state);
  }
  Cursor next_output(State* state, Cursor at, Emitter& out) override {
    return script_.next_output ? script_.next_output(state, at, out) : kDone;
  }

 private:
  const TransformScript script_;
};

class ScriptedSink : public Sink {
 public:
  explicit ScriptedSink(SinkScript script) : script_(std::move(script)) {}
  void open() override {
    if (script_.open) script_.open();
  }
  void adopt(Sink& failed) override { script_.adopt ? script_.adopt() : Sink::adopt(failed); }
  Batch encode(const Batch& batch, Emitter& out) const override {
    return script_.encode ? script_.encode(batch, out) : batch;
  }
  void write(const Batch& encoded, Emitter& out) override {
    if (script_.write) script_.write(encoded, out);
  }
  void prepare() override {
    if (script_.prepare) script_.prepare();
  }
  void commit() override {
    if (script_.commit) script_.commit();
  }
  void abort() noexcept override {
    if (script_.abort) script_.abort();
  }

 private:
  const SinkScript script_;
};

StageSpec spec_of(std::string name) {
  StageSpec spec;
  spec.name = std::move(name);
  spec.type = "scripted";
  spec.errors_type = number_type();
  spec.encode_dead_letters = dead_numbers();
  return spec;
}

}  // namespace

StageSpec scripted(std::string name, SourceScript script, SourceTraits traits) {
  StageSpec spec = spec_of(std::move(name));
  spec.body = SourceSpec{[script] { return std::make_unique<ScriptedSource>(script); }, traits};
  spec.outputs = {{.name = "out", .type = number_type()}};
  return spec;
}

StageSpec scripted(std::string name, TransformScript script, TransformTraits traits) {
  StageSpec spec = spec_of(std::move(name));
  spec.body = TransformSpec{[script] { return std::make_unique<ScriptedTransform>(script); }, traits};
  spec.inputs = {{.name = "in", .type = number_type()}};
  spec.outputs = {{.name = "out", .type = number_type()}};
  return spec;
}

StageSpec scripted(std::string name, SinkScript script, SinkTraits traits) {
  StageSpec spec = spec_of(std::move(name));
  spec.body = SinkSpec{[script] { return std::make_unique<ScriptedSink>(script); }, traits};
  spec.inputs = {{.name = "in", .type = number_type()}};
  return spec;
}

Work work(std::vector<std::int64_t> values) { return {numbers(std::move(values)), {}}; }

}  // namespace weir::testing
