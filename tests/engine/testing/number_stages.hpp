// Stages over batches of numbers, for tests of the engine: the smallest things that obey the contracts.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "weir/graph.hpp"

namespace weir::testing {

/// A batch of numbers.
class Numbers final : public Payload {
 public:
  explicit Numbers(std::vector<std::int64_t> values) : values_(std::move(values)) { ++alive; }
  ~Numbers() override { --alive; }

  const std::vector<std::int64_t>& values() const noexcept { return values_; }
  std::size_t rows() const noexcept override { return values_.size(); }
  std::size_t bytes() const noexcept override { return values_.size() * sizeof(std::int64_t); }
  Batch slice(std::size_t offset, std::size_t count) const override;
  std::shared_ptr<Payload> clone() const override { return std::make_shared<Numbers>(values_); }
  Origin origin_of(std::size_t row) const override;
  std::string describe(std::size_t row) const override { return std::to_string(values_[row]); }

  static inline std::atomic<std::int64_t> alive{0};  ///< how many batches exist: for tests of leaks

 private:
  std::vector<std::int64_t> values_;
};

Batch numbers(std::vector<std::int64_t> values);
const std::vector<std::int64_t>& values_of(const Batch& batch);
PayloadType number_type();

/// Numbers 0 .. count-1 in batches of `batch_rows`.
StageSpec count_up(std::string name, std::int64_t count, std::size_t batch_rows = 1);
/// The same from a thread of its own, as a source that may wait.
StageSpec count_up_threaded(std::string name, std::int64_t count, std::size_t batch_rows = 1);

/// Applies `f` to each number; it may throw.
StageSpec map(std::string name, std::function<std::int64_t(std::int64_t)> f);
/// Lets through what `keep` accepts; ports `out` and, optional, `rest`.
StageSpec filter(std::string name, std::function<bool(std::int64_t)> keep);
/// Adds all numbers of its input and gives out the sum when it has ended: a breaker with replicated state.
StageSpec sum(std::string name);
/// Gives out its input in ascending order, `batch_rows` numbers a batch, when it has ended: a breaker with
/// much output.
StageSpec sorted(std::string name, std::size_t batch_rows = 1);
/// Lets the first `count` numbers through, in order, and then says enough.
StageSpec first(std::string name, std::int64_t count);
/// Joins: for each number of port `left`, emits it if it was among those of the retained port `right`.
StageSpec keep_known(std::string name);
/// A serial stage that passes its input on and fails the test when it does not come in ascending order.
StageSpec in_order(std::string name, std::atomic<int>& out_of_order);

/// What a sink was given, in the order of its writes.
struct Collected {
  std::mutex mutex;
  std::vector<std::int64_t> values;
  int prepared = 0, committed = 0, aborted = 0;
};
using CollectedPtr = std::shared_ptr<Collected>;
StageSpec collect(std::string name, CollectedPtr into, SinkTraits traits = {});

/// Stages one after another, each reading from the one before.
Graph chain(std::vector<StageSpec> stages);
/// 0 .. count-1.
std::vector<std::int64_t> zero_to(std::int64_t count);

/// Says which numbers are in dead letters: for `encode_dead_letters`.
DeadLetterEncoder dead_numbers();

/// Waits for something that another thread brings about, for at most ten seconds: false when it did not come.
bool wait_until(const std::function<bool()>& holds);

}  // namespace weir::testing
