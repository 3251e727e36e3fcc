// What a window stage has collected: all records, and, once the input has ended, the results of its
// functions.
//
// While the input is read, each worker collects batches in a state of its own. Once all have been absorbed
// into one, `finish` puts the records of each partition in order and computes; the batches come out as they
// came in, with further columns, in the order of the input. One thread at a time.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "stages/records/row_gather.hpp"
#include "stages/transforms/group_keys.hpp"
#include "stages/transforms/sort_order.hpp"
#include "stages/transforms/window_call.hpp"

namespace weir {

/// A window stage as far as its state knows it.
struct WindowSpec {
  std::vector<WindowCall> calls;
  std::vector<Type> partition_types;
  std::vector<bool> descending;  ///< one a key of the order; none: the order of the input
  /// Of a collected batch: the records' columns, the keys of the order, one a call (null where it takes
  /// none).
  std::shared_ptr<const Schema> schema;

  std::size_t call_begin() const noexcept { return schema->size() - calls.size(); }
  std::size_t key_begin() const noexcept { return call_begin() - descending.size(); }
};

/// A record: its number in the order of the input decides nothing but ties.
struct WindowRow {
  SortEntry entry;
  GroupId peers = 0;  ///< records with the same keys of the order have the same number
};

class WindowState final : public State {
 public:
  explicit WindowState(std::shared_ptr<const WindowSpec> spec) : spec_(std::move(spec)) {}

  /// Takes in a batch that has the spec's schema. `partition`: the columns that the partitions differ in.
  void collect(std::shared_ptr<const RecordBatch> batch, std::vector<ColumnPtr> partition,
               const Place& place);
  void absorb(WindowState& other);

  /// Computes, when called first. When it throws, it may be called again.
  void finish();

  /// After finish: the batches, in the order of the input.
  std::size_t batches() const noexcept { return order_.size(); }
  const RecordBatch& batch(std::size_t number) const noexcept { return *chunks_[order_[number]].batch; }
  /// The columns of the calls for a batch. A sum that its type cannot hold is an error of its row.
  std::vector<ColumnPtr> results(std::size_t number, RowErrors& errors) const;

  std::size_t bytes() const noexcept override;

 private:
  /// What one call gave at the physical rows of one chunk.
  struct Result {
    std::vector<RowRef> values;         ///< of calls that give a value of their argument
    std::vector<std::int64_t> numbers;  ///< of the others, by the type of the result
    std::vector<double> doubles;
    std::vector<bool> nulls;
    std::vector<std::size_t> overflows;
  };
  using Results = std::vector<std::vector<Result>>;  ///< by chunk, then by call

  std::vector<std::vector<WindowRow>> partitions() const;
  void compute(std::span<const WindowRow> rows, std::size_t call, Results& results) const;
  void compute_values(std::span<const WindowRow> rows, std::size_t call, Results& results) const;
  void compute_places(std::span<const WindowRow> rows, std::size_t call, Results& results) const;
  void compute_sums(std::span<const WindowRow> rows, std::size_t call, Results& results) const;
  void compute_sessions(std::span<const WindowRow> rows, std::size_t call, Results& results) const;
  const Column* argument(const SortEntry& entry, std::size_t call) const noexcept;
  bool has_value(const SortEntry& entry, std::size_t call) const noexcept;

  std::shared_ptr<const WindowSpec> spec_;
  std::vector<SortChunk> chunks_;
  std::vector<std::vector<ColumnPtr>> partition_keys_;  ///< of each chunk
  std::size_t held_bytes_ = 0;
  bool finished_ = false;
  std::vector<std::size_t> order_;  ///< the chunks in the order of the input
  Results results_;
  std::unique_ptr<const RowGatherer> gatherer_;
};

}  // namespace weir
