// Sorted runs of records on disk, and the merge of them: what a sort does with more than memory holds.
//
// Runs are merged all at once; where there are more than kRunsMax, the smallest are first made into one, so
// that the merge never holds more than so many blocks. One thread at a time.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "stages/memory/spilled_batches.hpp"
#include "stages/transforms/sort_order.hpp"

namespace weir {

/// The records of several runs, in order.
class RunMerger {
 public:
  RunMerger(std::shared_ptr<const SortSpec> spec, std::shared_ptr<const Schema> spilled,
            std::vector<SpilledBatches> runs);

  /// The next records, with their keys and places: `rows`, fewer only at the end. When it throws, the merge
  /// cannot go on.
  SortChunk next(std::size_t rows);

 private:
  /// A run as far as it has been read. Its present batch is one of chunks_.
  struct Run {
    SpillReader reader;
    std::vector<SortEntry> entries;
    std::size_t at = 0;  ///< which of the entries is next

    const SortEntry& head() const noexcept { return entries[at]; }
  };

  bool read(Run& run);
  void advance(std::size_t run);
  SortChunk gathered(std::span<const SortEntry> entries) const;
  void forget_read_chunks();

  std::shared_ptr<const SortSpec> spec_;
  std::shared_ptr<const Schema> spilled_;
  std::vector<Run> runs_;
  std::vector<SortChunk> chunks_;
  std::vector<std::size_t> heap_;  ///< runs that have not ended, the one whose head is first on top
};

class SpilledRuns {
 public:
  static constexpr std::size_t kRunsMax = 64;

  explicit SpilledRuns(std::shared_ptr<const SortSpec> spec);

  bool empty() const noexcept { return runs_.empty(); }
  /// How many records there are.
  std::size_t rows() const noexcept { return rows_; }
  /// How much memory a merge takes.
  std::size_t merge_bytes() const noexcept;

  /// Writes records of `chunks`, which are in order, as a run. Throws as SpillFile does, and then has not
  /// changed.
  void add(const MemoryBudget& budget, std::span<const SortEntry> entries, std::span<const SortChunk> chunks);
  /// Takes over the other's runs.
  void absorb(SpilledRuns& other);
  /// All records in order. The runs stay.
  RunMerger merge(const MemoryBudget& budget);

 private:
  void merge_smallest(const MemoryBudget& budget, std::size_t count);
  std::shared_ptr<SpillFile> file(const MemoryBudget& budget);

  std::shared_ptr<const SortSpec> spec_;
  std::shared_ptr<const Schema> spilled_;  ///< of a chunk, and then the places
  std::vector<SpilledBatches> runs_;
  std::size_t rows_ = 0;
  std::shared_ptr<SpillFile> file_;  ///< once something was written
};

}  // namespace weir
