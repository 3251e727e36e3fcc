// Dense batches built from rows that lie scattered over retained batches: what a sort or a join gives out.
//
// A gatherer is made once over all batches and then only read, by any number of threads. What it gathers
// keeps the batches alive where strings are shared with them.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "weir/record_batch.hpp"

namespace weir {

/// A record: which of the batches, and which physical row of it.
struct RowRef {
  std::uint32_t batch = 0;
  std::uint32_t row = 0;
  friend bool operator==(const RowRef&, const RowRef&) = default;
};
/// Stands for a record that does not exist: NULL in every column.
inline constexpr RowRef kNoRow{std::numeric_limits<std::uint32_t>::max(), 0};

/// What becomes of strings too long to lie in their slots.
enum class GatheredStrings : unsigned char {
  shared,  ///< they stay where they are, and all batches with them
  copied,  ///< the gathered column owns them, and the batches may go
};

class RowGatherer {
 public:
  using Batches = std::vector<std::shared_ptr<const RecordBatch>>;

  /// All batches have this schema.
  RowGatherer(std::shared_ptr<const Schema> schema, Batches batches);

  const Batches& batches() const noexcept { return *batches_; }
  const std::shared_ptr<const Schema>& schema() const noexcept { return schema_; }

  /// One column at the given rows; null where nobody needs it. A column that came as text from some batches
  /// and as values from others is text.
  ColumnPtr gather(std::size_t column, std::span<const RowRef> rows, GatheredStrings strings) const;

  /// All columns at the given rows. Where it was read is no longer known.
  std::shared_ptr<const RecordBatch> gather(std::span<const RowRef> rows, GatheredStrings strings) const;

 private:
  /// One column of all batches, side by side.
  struct Sources {
    std::vector<const Column*> columns;
    Encoding encoding = Encoding::values;
    bool needed = true;
    bool mixed = false;  ///< some as text, some as values
    bool has_nulls = false;
  };

  Sources sources_of(std::size_t column) const;
  void gather_slots(const Sources& sources, std::span<const RowRef> rows, GatheredStrings strings,
                    ColumnBuilder& to) const;

  std::shared_ptr<const Schema> schema_;
  std::shared_ptr<const Batches> batches_;  ///< shared: gathered columns keep the batches alive by it
  std::vector<Sources> columns_;
};

/// The records of a batch in memory of their own, so that all that the batch kept alive may go.
std::shared_ptr<const RecordBatch> copy_of(std::shared_ptr<const RecordBatch> batch);

/// Where the records of a batch were read that is gathered from physical rows of one other. Null where that
/// does not know.
std::shared_ptr<const OriginFinder> gathered_origins(const RecordBatch& from,
                                                     std::vector<std::uint32_t> rows);

}  // namespace weir
