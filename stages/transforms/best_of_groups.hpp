// The best few records of each group: by an order, or by what came first or last.
//
// A worker fills one with the batches it gets, in any order; absorbing merges two. The result depends on
// neither: records with equal keys are told apart by their places. Records that are not among the best are
// let go now and then, so that no more than twice what is kept (and kSpareRows) is held. A batch is taken in
// in whole or, when something throws, not at all. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "stages/transforms/group_keys.hpp"
#include "stages/transforms/sort_order.hpp"
#include "weir/transform.hpp"

namespace weir {

/// What is kept, and of which columns it consists.
struct BestSpec {
  std::shared_ptr<const Schema> schema;  ///< of a chunk: the records' columns, then the order's keys
  std::vector<bool> descending;          ///< one a key of the order; none: the order of the input
  std::vector<Type> group_types;         ///< none: all records are one group
  std::size_t limit = 1;                 ///< how many of each group
  bool last = false;                     ///< the last ones of the order instead of the first
  enum class Output : unsigned char {
    by_order,  ///< in the order of the keys
    by_place,  ///< in the order of the input
  };
  Output output = Output::by_place;
};

class BestOfGroups final : public State {
 public:
  static constexpr std::size_t kSpareRows = 16384;

  explicit BestOfGroups(std::shared_ptr<const BestSpec> spec);

  /// Takes in `rows` of a batch that has the spec's schema; `groups`: the columns that the groups differ in.
  void take(const std::shared_ptr<const RecordBatch>& batch, std::span<const ColumnPtr> groups,
            const RowSet& rows, const Place& place);
  void absorb(BestOfGroups& other);

  /// The records that are kept, as the spec orders them; valid until more is taken in.
  std::span<const SortEntry> in_order();
  /// The records' columns (without the keys) of some entries.
  std::vector<ColumnPtr> gather(std::span<const SortEntry> entries);

  std::size_t bytes() const noexcept override;

 private:
  struct Candidate {
    SortEntry entry;
    GroupId group = 0;
  };
  using Candidates = std::vector<Candidate>;

  bool earlier(const SortEntry& a, const SortEntry& b) const noexcept;
  bool better(const SortEntry& a, const SortEntry& b) const noexcept;
  SortChunk chunk_of(std::shared_ptr<const RecordBatch> batch, const Place& place) const;
  void add_candidates(std::span<const GroupId> groups, const RowSet& rows);
  /// The best of each group, by group and in order.
  Candidates trimmed() const;
  void compact();
  RowGatherer gatherer() const;

  std::shared_ptr<const BestSpec> spec_;
  std::unique_ptr<GroupKeys> keys_;
  std::vector<SortChunk> chunks_;
  Candidates candidates_;
  /// By group: the last of its records in chunk 0, where that has all that are kept of the group; later ones
  /// must be better. Groups that came after the chunk was made are not in it.
  std::vector<std::optional<SortEntry>> to_beat_;
  std::size_t kept_rows_ = 0;  ///< of chunk 0, when it was made
  std::size_t held_rows_ = 0;  ///< of all chunks
  std::size_t held_bytes_ = 0;
  std::vector<SortEntry> ordered_;               ///< once the output has begun
  std::unique_ptr<const RowGatherer> gatherer_;  ///< the same
};

}  // namespace weir
