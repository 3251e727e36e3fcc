// The order of a sort: records by their keys, NULLs last, and those with equal keys as the input had them.
//
// Each record is represented by an entry of 24 bytes, whose prefix decides most comparisons. Only where two
// are equal, the keys themselves are looked at. Read by any thread.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "stages/records/row_gather.hpp"
#include "stages/transforms/record_place.hpp"
#include "stages/transforms/sort_prefix.hpp"

namespace weir {

/// How a sort was configured.
struct SortSpec {
  std::vector<bool> descending;          ///< one a key; no key: the order of the input
  std::optional<std::size_t> limit;      ///< how many records come out at most
  std::shared_ptr<const Schema> schema;  ///< of a chunk: the records' columns, then the keys

  /// Which column of a chunk is the first key.
  std::size_t key_begin() const noexcept { return schema->size() - descending.size(); }
};

/// Retained records with their keys. They lie in the batch's last columns.
struct SortChunk {
  std::shared_ptr<const RecordBatch> batch;
  std::vector<const Column*> keys;
  Place place;
  std::vector<RecordPlace> places;  ///< of each row; empty: `place` and the row itself

  RecordPlace place_of(std::uint32_t row) const noexcept {
    return places.empty() ? RecordPlace{place, row} : places[row];
  }
};

/// A chunk of a batch whose keys are its columns from `key_begin` on, up to `key_end`.
SortChunk make_chunk(std::shared_ptr<const RecordBatch> batch, std::size_t key_begin, std::size_t key_end,
                     const Place& place);

/// A record: which chunk, and which physical row of it.
struct SortEntry {
  SortPrefix prefix;
  RowRef ref;
};

class SortOrder {
 public:
  /// One direction a key.
  SortOrder(std::span<const SortChunk> chunks, const std::vector<bool>& descending) noexcept
      : chunks_(chunks), descending_(descending) {}

  bool operator()(const SortEntry& a, const SortEntry& b) const noexcept {
    return a.prefix != b.prefix ? a.prefix < b.prefix : before(a, b);
  }

 private:
  bool before(const SortEntry& a, const SortEntry& b) const noexcept;

  std::span<const SortChunk> chunks_;
  const std::vector<bool>& descending_;
};

/// Entries for rows of a chunk, whose number that is; one direction a key.
std::vector<SortEntry> make_entries(const SortChunk& chunk, std::uint32_t number, const RowSet& rows,
                                    const std::vector<bool>& descending);

}  // namespace weir
