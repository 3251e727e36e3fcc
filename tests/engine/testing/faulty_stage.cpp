#include "tests/engine/testing/faulty_stage.hpp"

#include <atomic>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/runtime/emissions.hpp"
#include "tests/engine/testing/number_stages.hpp"

namespace weir::testing {
namespace {

/// What of an incarnation fails.
class Weakness {
 public:
  explicit Weakness(FaultsPtr faults) : faults_(std::move(faults)) {}

  void open() const {
    const std::lock_guard lock(faults_->mutex);
    if (++faults_->opened > 1 && faults_->failed_opens-- > 0) throw std::runtime_error("does not open");
  }
  void finish() const {
    const std::lock_guard lock(faults_->mutex);
    fail_if_broken();
    if (faults_->failed_finishes > 0) fail(faults_->failed_finishes, "cannot finish");
  }
  void strike(std::int64_t number) const {
    const std::lock_guard lock(faults_->mutex);
    fail_if_broken();
    const auto left = faults_->throws.find(number);
    if (left != faults_->throws.end() && left->second > 0)
      fail(left->second, "cannot do " + std::to_string(number));
  }
  void strike(const Batch& batch) const {
    for (const std::int64_t value : values_of(batch))
      strike(value);
  }
  Faults& faults() const noexcept { return *faults_; }

 private:
  void fail_if_broken() const {
    if (broken_) throw std::runtime_error("broken");
  }
  [[noreturn]] void fail(int& left, const std::string& message) const {
    --left;
    broken_ = faults_->breaks;
    throw std::runtime_error(message);
  }

  const FaultsPtr faults_;
  mutable bool broken_ = false;  ///< guarded by the mutex of the faults
};

class FaultySource final : public Source {
 public:
  FaultySource(std::unique_ptr<Source> source, FaultsPtr faults)
      : source_(std::move(source)), weakness_(std::move(faults)) {}
  void open() override {
    weakness_.open();
    source_->open();
  }
  std::optional<Work> next() override {
    weakness_.strike(weakness_.faults().pieces);  // touched by `next` alone
    std::optional<Work> work = source_->next();
    if (work) ++weakness_.faults().pieces;
    return work;
  }
  Cursor decode(const Batch& work, Cursor at, Emitter& out) const override {
    if (at == 0) weakness_.strike(work);
    return source_->decode(work, at, out);
  }
  std::string position() const override { return source_->position(); }
  void seek(const std::string& position) override { source_->seek(position); }
  void stop() noexcept override { source_->stop(); }

 private:
  const std::unique_ptr<Source> source_;
  const Weakness weakness_;
};

class FaultyTransform : public Transform {
 public:
  FaultyTransform(std::unique_ptr<Transform> transform, FaultsPtr faults)
      : transform_(std::move(transform)), weakness_(std::move(faults)) {}
  void open() override {
    weakness_.open();
    transform_->open();
  }
  std::unique_ptr<State> make_state() const override { return transform_->make_state(); }
  Cursor process(const Input& input, State* state, Emitter& out) override {
    weakness_.strike(input.batch);
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

 protected:
  Transform& transform() const noexcept { return *transform_; }
  const Weakness& weakness() const noexcept { return weakness_; }

 private:
  const std::unique_ptr<Transform> transform_;
  const Weakness weakness_;
};

class FaultyByRecord final : public FaultyTransform {
 public:
  using FaultyTransform::FaultyTransform;
  Cursor process(const Input& input, State*, Emitter& out) override {
    std::vector<std::int64_t> done;
    for (std::size_t row = 0; row < input.batch->rows(); ++row) {
      switch (tried(input, row, done, out)) {
        case ItemVerdict::later:
          out.emit(numbers(std::move(done)));
          return kDone;
        case ItemVerdict::again:
          --row;
          break;
        case ItemVerdict::left_out:
          break;
      }
    }
    out.emit(numbers(std::move(done)));
    return kDone;
  }

 private:
  /// `left_out`: or it went through.
  ItemVerdict tried(const Input& input, std::size_t row, std::vector<std::int64_t>& done, Emitter& out) {
    static const std::vector<bool> kPorts{true};
    const Batch record = input.batch->slice(row, 1);
    ErrorInfo error;
    try {
      weakness().strike(record);
      runtime::Emissions made(kPorts, 1);
      transform().process({.batch = record, .port = input.port, .place = input.place}, nullptr, made);
      for (const auto& item : made.items)
        done.insert(done.end(), values_of(item.batch).begin(), values_of(item.batch).end());
      return ItemVerdict::left_out;
    } catch (...) {
      error = describe_current_exception();
    }
    return out.failed(row, std::move(error));
  }
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
    weakness_.strike(batch);
    return sink_->encode(batch, out);
  }
  void write(const Batch& encoded, Emitter& out) override {
    weakness_.strike(encoded);
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

StageSpec faulty(StageSpec spec, FaultsPtr faults) {
  if (auto* source = std::get_if<SourceSpec>(&spec.body)) {
    wrap<FaultySource>(*source, std::move(faults));
  } else if (auto* transform = std::get_if<TransformSpec>(&spec.body)) {
    transform->traits.finish_can_be_repeated = true;
    wrap<FaultyTransform>(*transform, std::move(faults));
  } else {
    wrap<FaultySink>(std::get<SinkSpec>(spec.body), std::move(faults));
  }
  return spec;
}

StageSpec faulty_by_record(StageSpec spec, FaultsPtr faults) {
  wrap<FaultyByRecord>(std::get<TransformSpec>(spec.body), std::move(faults));
  return spec;
}

}  // namespace weir::testing
