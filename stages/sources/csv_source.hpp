// Reads CSV files: where records begin and end in one, and batches of columns of them.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

#include "stages/formats/csv_dialect.hpp"
#include "stages/sources/range_source.hpp"
#include "weir/record_batch.hpp"
#include "weir/record_stage.hpp"

namespace weir {

/// Rows a batch, fewer where there are many columns: a batch's index should stay in the second-level cache.
inline constexpr std::size_t kCsvBatchRows = 4096;
inline constexpr std::size_t kCsvBatchFieldsMax = std::size_t{1} << 17;

/// What a reader was configured to do. Immutable once running; shared by incarnations, ranges and batches.
struct CsvReading : RangeReading {
  csv::Dialect dialect;
  bool header = true;
  std::shared_ptr<const Schema> schema;
  bool schema_is_given = false;  ///< by `schema:`, which a mend of a type then names instead of `types:`
  Needs needs;
  bool check_all = false;  ///< refuse values that do not fit also in columns that nobody computes with
  std::size_t batch_rows = kCsvBatchRows;
};

class CsvSource final : public RangeSource {
 public:
  explicit CsvSource(std::shared_ptr<const CsvReading> reading)
      : RangeSource(reading), reading_(std::move(reading)) {}

  Cursor decode(const Batch& work, Cursor at, Emitter& out) const override;

 private:
  std::size_t records_begin(std::string_view text) const override;
  std::size_t end_of_last_record(std::string_view text) const override;
  std::string_view why_endless() const override;

  const std::shared_ptr<const CsvReading> reading_;
};

}  // namespace weir
