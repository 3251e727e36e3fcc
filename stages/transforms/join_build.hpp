// The build side of a join: the right input, retained, and where each key's records lie in it.
//
// While the right input is read, each worker collects batches in one of its own. Once all have been
// absorbed into one, `finish` puts them into the order of the input and builds the table; after that it is
// only read, by any number of threads.
#pragma once

#include <atomic>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "stages/records/row_gather.hpp"
#include "stages/transforms/group_keys.hpp"
#include "weir/transform.hpp"

namespace weir {

class JoinBuild {
 public:
  /// Whether it is to know which records nobody has matched.
  enum class Unmatched : unsigned char { dropped, kept };

  JoinBuild(std::shared_ptr<const Schema> schema, std::vector<Type> key_types, Unmatched unmatched);

  /// Collects a batch, of which `rows` count, with its keys.
  void collect(std::shared_ptr<const RecordBatch> batch, const RowSet& rows, std::vector<ColumnPtr> keys,
               const Place& place);
  void absorb(JoinBuild& other);
  void finish();

  /// After finish: writes the number of the records with the same key, in the order of `rows`; kNoGroup for
  /// none. NULL is equal to nothing.
  void find(std::span<const ColumnPtr> keys, const RowSet& rows, GroupId* groups) const {
    keys_->find(keys, rows, groups);
  }
  /// The records of a key, in the order of the input; none for kNoGroup.
  std::span<const RowRef> matches(GroupId group) const noexcept {
    if (group == kNoGroup) return {};
    return std::span(refs_).subspan(offsets_[group], offsets_[group + 1] - offsets_[group]);
  }
  const RowGatherer& records() const noexcept { return *gatherer_; }

  /// After finish, where the unmatched are kept. From any thread: notes that the keys have been found.
  void mark_matched(std::span<const GroupId> groups) const noexcept {
    for (const GroupId group : groups)
      if (group != kNoGroup && !matched_[group].load(std::memory_order_relaxed))
        matched_[group].store(true, std::memory_order_relaxed);
  }
  /// How many records there are, where the unmatched are kept.
  std::size_t size() const noexcept { return rows_.size(); }
  /// Once all marks are made: appends up to `count` unmatched records, from record number `begin` on in the
  /// order of the input; answers where to go on.
  std::size_t collect_unmatched(std::size_t begin, std::size_t count, std::vector<RowRef>& to) const;

  std::size_t bytes() const noexcept;

  /// A batch as it was collected.
  struct Collected {
    std::pair<Place, std::size_t> begin;  ///< with the first physical row: parts of a batch have its place
    std::shared_ptr<const RecordBatch> batch;
    RowSet rows;      ///< those without NULL in a key
    RowSet all_rows;  ///< with these
    std::vector<ColumnPtr> keys;
  };
  /// Before finish.
  std::span<const Collected> collected() const noexcept { return collected_; }
  void forget() noexcept;

 private:
  /// A record, and the number of its key; kNoGroup: there is a NULL in it.
  struct NumberedRow {
    RowRef ref;
    GroupId group = kNoGroup;
  };

  std::vector<std::vector<GroupId>> number_rows();
  void place_refs(const std::vector<std::vector<GroupId>>& groups);
  void note_rows(const std::vector<std::vector<GroupId>>& groups);

  std::shared_ptr<const Schema> schema_;
  std::unique_ptr<GroupKeys> keys_;
  std::vector<Collected> collected_;  ///< until finish
  std::size_t collected_bytes_ = 0;
  std::unique_ptr<const RowGatherer> gatherer_;
  std::vector<std::size_t> offsets_;  ///< where each key's records begin in refs_, and the end
  std::vector<RowRef> refs_;
  const Unmatched unmatched_;
  std::vector<NumberedRow> rows_;  ///< all in the order of the input, where the unmatched are kept
  std::unique_ptr<std::atomic<bool>[]> matched_;  ///< by key; set by any thread, read when all have done so
};

}  // namespace weir
