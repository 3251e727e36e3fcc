#include "tests/engine/testing/number_stages.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <set>
#include <thread>

namespace weir::testing {
namespace {

class CountUp : public Source {
 public:
  CountUp(std::int64_t count, std::size_t batch_rows)
      : count_(count), rows_(static_cast<std::int64_t>(batch_rows)) {}
  std::optional<Work> next() override {
    if (at_ >= count_ || stopped_.load()) return std::nullopt;
    std::vector<std::int64_t> values;
    for (const std::int64_t end = std::min(count_, at_ + rows_); at_ < end; ++at_)
      values.push_back(at_);
    return Work{numbers(std::move(values)), {}};
  }
  std::string position() const override { return std::to_string(at_); }
  void seek(const std::string& position) override { at_ = std::stoll(position); }
  void stop() noexcept override { stopped_.store(true); }

 private:
  const std::int64_t count_;
  const std::int64_t rows_;
  std::int64_t at_ = 0;
  std::atomic<bool> stopped_{false};
};

class Map : public Transform {
 public:
  explicit Map(std::function<std::int64_t(std::int64_t)> f) : f_(std::move(f)) {}
  Cursor process(const Input& input, State*, Emitter& out) override {
    std::vector<std::int64_t> values;
    for (const std::int64_t value : values_of(input.batch))
      values.push_back(f_(value));
    out.emit(numbers(std::move(values)));
    return kDone;
  }

 private:
  const std::function<std::int64_t(std::int64_t)> f_;
};

class Filter : public Transform {
 public:
  explicit Filter(std::function<bool(std::int64_t)> keep) : keep_(std::move(keep)) {}
  Cursor process(const Input& input, State*, Emitter& out) override {
    std::vector<std::int64_t> kept, rest;
    for (const std::int64_t value : values_of(input.batch))
      (keep_(value) ? kept : rest).push_back(value);
    out.emit(numbers(std::move(kept)));
    out.emit(numbers(std::move(rest)), 1);
    return kDone;
  }

 private:
  const std::function<bool(std::int64_t)> keep_;
};

struct SumState : State {
  std::int64_t sum = 0;
};

class Sum : public Transform {
 public:
  std::unique_ptr<State> make_state() const override { return std::make_unique<SumState>(); }
  Cursor process(const Input& input, State* state, Emitter&) override {
    for (const std::int64_t value : values_of(input.batch))
      static_cast<SumState&>(*state).sum += value;
    return kDone;
  }
  void absorb(State& into, State& other) override {
    static_cast<SumState&>(into).sum += static_cast<SumState&>(other).sum;
  }
  Cursor next_output(State* state, Cursor, Emitter& out) override {
    out.emit(numbers({static_cast<SumState&>(*state).sum}));
    return kDone;
  }
};

struct SortedState : State {
  std::vector<std::int64_t> values;
};

class Sorted : public Transform {
 public:
  explicit Sorted(std::size_t batch_rows) : batch_rows_(batch_rows) {}
  std::unique_ptr<State> make_state() const override { return std::make_unique<SortedState>(); }
  Cursor process(const Input& input, State* state, Emitter&) override {
    auto& values = static_cast<SortedState&>(*state).values;
    values.insert(values.end(), values_of(input.batch).begin(), values_of(input.batch).end());
    return kDone;
  }
  void absorb(State& into, State& other) override {
    auto& values = static_cast<SortedState&>(into).values;
    const auto& more = static_cast<SortedState&>(other).values;
    values.insert(values.end(), more.begin(), more.end());
  }
  Cursor next_output(State* state, Cursor at, Emitter& out) override {
    auto& values = static_cast<SortedState&>(*state).values;
    if (at == 0) std::sort(values.begin(), values.end());
    const std::size_t end = std::min(values.size(), static_cast<std::size_t>(at) + batch_rows_);
    out.emit(numbers({values.begin() + static_cast<std::ptrdiff_t>(at),
                      values.begin() + static_cast<std::ptrdiff_t>(end)}));
    return end < values.size() ? end : kDone;
  }

 private:
  const std::size_t batch_rows_;
};

class First : public Transform {
 public:
  explicit First(std::int64_t count) : count_(count) {}
  std::unique_ptr<State> make_state() const override { return std::make_unique<SumState>(); }
  Cursor process(const Input& input, State* state, Emitter& out) override {
    std::int64_t& given = static_cast<SumState&>(*state).sum;
    const auto rows = std::min<std::int64_t>(static_cast<std::int64_t>(input.batch->rows()), count_ - given);
    out.emit(input.batch->slice(0, static_cast<std::size_t>(rows)));
    out.filtered(input.batch->rows() - static_cast<std::size_t>(rows));
    given += rows;
    if (given == count_) out.enough();
    return kDone;
  }

 private:
  const std::int64_t count_;
};

struct KnownState : State {
  std::set<std::int64_t> known;
};

class KeepKnown : public Transform {
 public:
  std::unique_ptr<State> make_state() const override { return std::make_unique<KnownState>(); }
  Cursor process(const Input& input, State* state, Emitter& out) override {
    auto& known = static_cast<KnownState&>(*state).known;
    if (input.port == 1) {
      known.insert(values_of(input.batch).begin(), values_of(input.batch).end());
      return kDone;
    }
    std::vector<std::int64_t> kept;
    for (const std::int64_t value : values_of(input.batch)) {
      if (known.contains(value)) kept.push_back(value);
    }
    out.filtered(input.batch->rows() - kept.size());
    out.emit(numbers(std::move(kept)));
    return kDone;
  }
  void absorb(State& into, State& other) override {
    static_cast<KnownState&>(into).known.merge(static_cast<KnownState&>(other).known);
  }
};

class InOrder : public Transform {
 public:
  explicit InOrder(std::atomic<int>& out_of_order) : out_of_order_(out_of_order) {}
  std::unique_ptr<State> make_state() const override { return std::make_unique<SumState>(); }
  Cursor process(const Input& input, State* state, Emitter& out) override {
    std::int64_t& last = static_cast<SumState&>(*state).sum;
    for (const std::int64_t value : values_of(input.batch)) {
      if (value < last) ++out_of_order_;
      last = value;
    }
    out.emit(input.batch);
    return kDone;
  }

 private:
  std::atomic<int>& out_of_order_;
};

class Collect : public Sink {
 public:
  explicit Collect(CollectedPtr into) : into_(std::move(into)) {}
  void write(const Batch& batch, Emitter&) override {
    const std::lock_guard lock(into_->mutex);
    const auto& values = values_of(batch);
    into_->values.insert(into_->values.end(), values.begin(), values.end());
  }
  void prepare() override { ++into_->prepared; }
  void commit() override { ++into_->committed; }
  void abort() noexcept override { ++into_->aborted; }

 private:
  const CollectedPtr into_;
};

StageSpec transform(std::string name, std::string type, std::function<std::unique_ptr<Transform>()> make,
                    TransformTraits traits) {
  StageSpec spec;
  spec.name = std::move(name);
  spec.type = std::move(type);
  spec.body = TransformSpec{std::move(make), traits};
  spec.inputs = {{.name = "in", .type = number_type()}};
  spec.outputs = {{.name = "out", .type = number_type()}};
  spec.errors_type = number_type();
  spec.encode_dead_letters = dead_numbers();
  return spec;
}

StageSpec source(std::string name, std::int64_t count, std::size_t batch_rows, bool blocking) {
  StageSpec spec;
  spec.name = std::move(name);
  spec.type = "count_up";
  spec.body =
      SourceSpec{[=] { return std::make_unique<CountUp>(count, batch_rows); }, {.blocking = blocking}};
  spec.outputs = {{.name = "out", .type = number_type()}};
  spec.errors_type = number_type();
  spec.encode_dead_letters = dead_numbers();
  return spec;
}

}  // namespace

Batch Numbers::slice(std::size_t offset, std::size_t count) const {
  const auto begin = values_.begin() + static_cast<std::ptrdiff_t>(offset);
  return numbers({begin, begin + static_cast<std::ptrdiff_t>(count)});
}

Origin Numbers::origin_of(std::size_t row) const {
  static const auto kInput = std::make_shared<const std::string>("numbers");
  return {kInput, 0, static_cast<std::uint64_t>(values_[row]) + 1};
}

Batch numbers(std::vector<std::int64_t> values) { return std::make_shared<Numbers>(std::move(values)); }
const std::vector<std::int64_t>& values_of(const Batch& batch) {
  return static_cast<const Numbers&>(*batch).values();
}
PayloadType number_type() { return {"numbers"}; }

StageSpec count_up(std::string name, std::int64_t count, std::size_t batch_rows) {
  return source(std::move(name), count, batch_rows, false);
}
StageSpec count_up_threaded(std::string name, std::int64_t count, std::size_t batch_rows) {
  return source(std::move(name), count, batch_rows, true);
}

StageSpec map(std::string name, std::function<std::int64_t(std::int64_t)> f) {
  return transform(std::move(name), "map", [f] { return std::make_unique<Map>(f); }, {.maps_records = true});
}

StageSpec filter(std::string name, std::function<bool(std::int64_t)> keep) {
  StageSpec spec = transform(std::move(name), "filter", [keep] { return std::make_unique<Filter>(keep); },
                             {.maps_records = true});
  spec.outputs.push_back({.name = "rest", .type = number_type(), .optional = true});
  return spec;
}

StageSpec sum(std::string name) {
  return transform(std::move(name), "sum", [] { return std::make_unique<Sum>(); },
                   {.concurrency = Concurrency::replicated, .breaker = true});
}

StageSpec sorted(std::string name, std::size_t batch_rows) {
  return transform(std::move(name), "sorted", [=] { return std::make_unique<Sorted>(batch_rows); },
                   {.concurrency = Concurrency::replicated, .breaker = true});
}

StageSpec first(std::string name, std::int64_t count) {
  return transform(std::move(name), "first", [=] { return std::make_unique<First>(count); },
                   {.concurrency = Concurrency::serial, .maps_records = true});
}

StageSpec keep_known(std::string name) {
  StageSpec spec = transform(std::move(name), "keep_known", [] { return std::make_unique<KeepKnown>(); },
                             {.concurrency = Concurrency::replicated});
  spec.inputs = {{.name = "left", .type = number_type()},
                 {.name = "right", .type = number_type(), .retained = true}};
  return spec;
}

StageSpec in_order(std::string name, std::atomic<int>& out_of_order) {
  return transform(std::move(name), "in_order",
                   [&out_of_order] { return std::make_unique<InOrder>(out_of_order); },
                   {.concurrency = Concurrency::serial, .maps_records = true});
}

StageSpec collect(std::string name, CollectedPtr into, SinkTraits traits) {
  StageSpec spec;
  spec.name = std::move(name);
  spec.type = "collect";
  spec.body = SinkSpec{[into] { return std::make_unique<Collect>(into); }, traits};
  spec.inputs = {{.name = "in", .type = number_type()}};
  spec.errors_type = number_type();
  spec.encode_dead_letters = dead_numbers();
  return spec;
}

Graph chain(std::vector<StageSpec> stages) {
  Graph graph;
  for (StageSpec& stage : stages)
    graph.add(std::move(stage));
  for (StageIndex i = 1; i < graph.stages.size(); ++i)
    graph.connect(i - 1, i);
  return graph;
}

std::vector<std::int64_t> zero_to(std::int64_t count) {
  std::vector<std::int64_t> values(static_cast<std::size_t>(count));
  std::iota(values.begin(), values.end(), 0);
  return values;
}

DeadLetterEncoder dead_numbers() {
  return [](std::vector<DeadLetter<Batch>>&& letters) {
    std::vector<std::int64_t> values;
    for (const DeadLetter<Batch>& letter : letters)
      values.push_back(values_of(letter.record).front());
    return numbers(std::move(values));
  };
}

bool wait_until(const std::function<bool()>& holds) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace weir::testing
