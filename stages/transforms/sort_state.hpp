// What a sort has collected: records, and sorted runs of them.
//
// Each batch becomes a run; runs of similar size are merged as they come, so that workers share the sorting.
// With a limit only the best records are kept, copied out of their batches, so that memory stays within a few
// times the limit. A batch is taken in whole or, when something throws, not at all. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "stages/transforms/sort_order.hpp"
#include "weir/transform.hpp"

namespace weir {

/// How a sort was configured.
struct SortSpec {
  std::vector<bool> descending;          ///< one a key
  std::optional<std::size_t> limit;      ///< how many records come out at most
  std::shared_ptr<const Schema> schema;  ///< of a chunk: the records' columns, then the keys
};

class SortState final : public State {
 public:
  explicit SortState(std::shared_ptr<const SortSpec> spec) : spec_(std::move(spec)) {}

  /// Takes in `rows` of a batch that has the spec's schema.
  void take(std::shared_ptr<const RecordBatch> batch, const RowSet& rows, const Place& place);
  void absorb(SortState& other);

  /// All records in order. Merges what is not merged yet; valid until more is taken in.
  std::span<const SortEntry> in_order();
  /// The records' columns (without the keys) of some entries.
  std::vector<ColumnPtr> gather(std::span<const SortEntry> entries);

  std::size_t bytes() const noexcept override;

 private:
  using Run = std::vector<SortEntry>;

  SortOrder order() const noexcept { return SortOrder(chunks_, spec_->descending); }
  std::size_t key_begin() const noexcept { return spec_->schema->size() - spec_->descending.size(); }
  SortChunk make_chunk(std::shared_ptr<const RecordBatch> batch, const Place& place) const;

  void take_all(const RowSet& rows);
  void take_best(const RowSet& rows);
  Run merged(const Run& a, const Run& b) const;
  Run best_of(Run entries) const;
  SortChunk copied(std::span<const SortEntry> entries, std::uint32_t first_chunk) const;
  void compact();
  void recount() noexcept;

  std::shared_ptr<const SortSpec> spec_;
  std::vector<SortChunk> chunks_;
  std::vector<Run> runs_;  ///< each sorted; with a limit one at most
  std::size_t chunk_bytes_ = 0;
  std::size_t chunk_rows_ = 0;                   ///< kept where there is a limit
  std::unique_ptr<const RowGatherer> gatherer_;  ///< once the output has begun
};

}  // namespace weir
