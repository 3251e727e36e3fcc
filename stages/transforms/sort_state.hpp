// What a sort has collected: records, and sorted runs of them.
//
// Each batch becomes a run; runs of similar size are merged as they come, so that workers share the sorting.
// With a limit only the best records are kept, copied out of their batches, so that memory stays within a few
// times the limit. When memory becomes scarce, what there is goes to disk as a sorted run, and the output is
// a merge of such runs. A batch is taken in whole or, when something throws, not at all. One thread at a
// time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "stages/transforms/spilled_runs.hpp"
#include "weir/memory_budget.hpp"
#include "weir/transform.hpp"

namespace weir {

class SortState final : public State {
 public:
  explicit SortState(std::shared_ptr<const SortSpec> spec, MemoryClaim claim = MemoryClaim())
      : spec_(std::move(spec)), claim_(std::move(claim)), spilled_(spec_) {}

  /// Takes in `rows` of a batch that has the spec's schema.
  void take(std::shared_ptr<const RecordBatch> batch, const RowSet& rows, const Place& place);
  /// Takes in all rows of a batch that is dense, each with a place of its own.
  void take(std::shared_ptr<const RecordBatch> batch, std::vector<RecordPlace> places);
  void absorb(SortState& other);

  const SortSpec& spec() const noexcept { return *spec_; }
  /// How many records come out.
  std::size_t size() const noexcept;
  /// The records' columns (without the keys) from record number `at` on, in order; `rows` of them, fewer only
  /// at the end. What was asked for last may be asked for again; else `at` only goes on. Nothing is taken in
  /// any more after the first call.
  std::vector<ColumnPtr> output(std::size_t at, std::size_t rows);

  std::size_t bytes() const noexcept override;

 private:
  using Run = std::vector<SortEntry>;

  SortOrder order() const noexcept { return SortOrder(chunks_, spec_->descending); }
  SortChunk chunk_of(std::shared_ptr<const RecordBatch> batch, const Place& place) const;

  void take(SortChunk chunk, const RowSet& rows);
  void take_all(const RowSet& rows);
  void take_best(const RowSet& rows);
  Run merged(const Run& a, const Run& b) const;
  RowSet candidates_among(const RowSet& rows) const;
  Run best_of(Run entries) const;
  SortChunk copied(std::span<const SortEntry> entries, std::uint32_t first_chunk) const;
  void compact();
  void recount() noexcept;
  void spill();
  std::span<const SortEntry> in_order();
  std::vector<ColumnPtr> gather(std::span<const SortEntry> entries);
  std::vector<ColumnPtr> merged_output(std::size_t at, std::size_t rows);

  std::shared_ptr<const SortSpec> spec_;
  MemoryClaim claim_;  ///< for what bytes() says
  std::vector<SortChunk> chunks_;
  std::vector<Run> runs_;  ///< each sorted; with a limit one at most
  std::size_t chunk_bytes_ = 0;
  std::size_t chunk_rows_ = 0;                   ///< kept where there is a limit
  std::unique_ptr<const RowGatherer> gatherer_;  ///< once the output has begun
  SpilledRuns spilled_;
  std::unique_ptr<RunMerger> merger_;     ///< of them, once the output has begun
  std::vector<ColumnPtr> merged_;         ///< what it gave last
  std::optional<std::size_t> merged_at_;  ///< from which record on
};

}  // namespace weir
