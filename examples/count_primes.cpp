// Stages of one's own, on the engine alone: a source of numbers, a transform that keeps the primes among them
// on all threads at once, and a sink that counts what arrives.
#include <algorithm>
#include <cstdint>
#include <iostream>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "weir/graph.hpp"
#include "weir/run.hpp"

namespace {

/// What moves between the stages. Immutable once emitted, so that any number of threads may share one.
class Numbers final : public weir::Payload {
 public:
  explicit Numbers(std::vector<std::int64_t> values) : values_(std::move(values)) {}
  const std::vector<std::int64_t>& values() const { return values_; }

  std::size_t rows() const noexcept override { return values_.size(); }
  std::size_t bytes() const noexcept override { return values_.capacity() * sizeof(std::int64_t); }
  weir::Batch slice(std::size_t offset, std::size_t count) const override {
    const auto begin = values_.begin() + static_cast<std::ptrdiff_t>(offset);
    return std::make_shared<Numbers>(std::vector(begin, begin + static_cast<std::ptrdiff_t>(count)));
  }
  std::shared_ptr<Payload> clone() const override { return std::make_shared<Numbers>(values_); }
  std::string describe(std::size_t row) const override { return std::to_string(values_[row]); }

 private:
  std::vector<std::int64_t> values_;
};

const std::vector<std::int64_t>& values_of(const weir::Batch& batch) {
  return static_cast<const Numbers&>(*batch).values();
}

class CountingUp final : public weir::Source {
 public:
  std::optional<weir::Work> next() override {
    if (next_ >= kEnd) return std::nullopt;
    std::vector<std::int64_t> values(static_cast<std::size_t>(std::min(kNumbersPerBatch, kEnd - next_)));
    std::iota(values.begin(), values.end(), next_);
    next_ += kNumbersPerBatch;
    return weir::Work{std::make_shared<Numbers>(std::move(values)), {}};
  }
  std::string position() const override { return std::to_string(next_); }
  void seek(const std::string& position) override { next_ = std::stoll(position); }

 private:
  static constexpr std::int64_t kEnd = 1'000'000;
  static constexpr std::int64_t kNumbersPerBatch = 4096;
  std::int64_t next_ = 1;
};

bool is_prime(std::int64_t number) {
  if (number < 2) return false;
  for (std::int64_t divisor = 2; divisor * divisor <= number; ++divisor) {
    if (number % divisor == 0) return false;
  }
  return true;
}

class KeepPrimes final : public weir::Transform {
 public:
  weir::Cursor process(const weir::Input& input, weir::State*, weir::Emitter& out) override {
    const std::vector<std::int64_t>& numbers = values_of(input.batch);
    std::vector<std::int64_t> primes;
    std::copy_if(numbers.begin(), numbers.end(), std::back_inserter(primes), is_prime);
    out.filtered(numbers.size() - primes.size());
    out.emit(std::make_shared<Numbers>(std::move(primes)));
    return weir::kDone;
  }
};

/// Writes are one at a time and in the order of the input, so that nothing here needs a lock.
class Count final : public weir::Sink {
 public:
  void write(const weir::Batch& encoded, weir::Emitter&) override {
    if (encoded->rows() == 0) return;
    count_ += encoded->rows();
    last_ = values_of(encoded).back();
  }
  void commit() override { std::cout << count_ << " primes, the last is " << last_ << '\n'; }

 private:
  std::size_t count_ = 0;
  std::int64_t last_ = 0;
};

weir::StageSpec stage(std::string name,
                      std::variant<weir::SourceSpec, weir::TransformSpec, weir::SinkSpec> body) {
  const weir::PayloadType numbers{"numbers"};
  weir::StageSpec spec;
  spec.type = name;
  spec.name = std::move(name);
  spec.body = std::move(body);
  if (!spec.is_source()) spec.inputs = {{"in", numbers}};
  if (!spec.is_sink()) spec.outputs = {{"out", numbers}};
  return spec;
}

}  // namespace

int main() {
  weir::Graph graph;
  const auto source =
      graph.add(stage("count_up", weir::SourceSpec{[] { return std::make_unique<CountingUp>(); }, {}}));
  const auto primes = graph.add(stage(
      "primes", weir::TransformSpec{[] { return std::make_unique<KeepPrimes>(); }, {.maps_records = true}}));
  const auto count = graph.add(stage("count", weir::SinkSpec{[] { return std::make_unique<Count>(); }, {}}));
  graph.connect(source, primes);
  graph.connect(primes, count);

  const weir::RunReport report = weir::run(graph);
  if (report.failure) std::cerr << report.failure->stage << ": " << report.failure->error.message << '\n';
  return report.succeeded() ? 0 : 1;
}
