// Reads CSV files: where records begin and end in one, and batches of columns of them.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "stages/formats/csv_dialect.hpp"
#include "stages/sources/range_source.hpp"
#include "weir/record_batch.hpp"
#include "weir/record_stage.hpp"

namespace weir {

/// Rows a batch, fewer where there are many columns: a batch's index should stay in the second-level cache.
inline constexpr std::size_t kCsvBatchRows = 4096;
inline constexpr std::size_t kCsvBatchFieldsMax = std::size_t{1} << 17;

/// Where the columns lie in a file that has others than the first, or in another order.
struct CsvFileColumns {
  std::size_t fields = 0;  ///< of its records
  /// Of each column of the schema that is read from files: which field it is; nothing: all NULL.
  std::vector<std::optional<std::size_t>> field_of_column;
};

/// What a reader was configured to do. Immutable once running; shared by incarnations, ranges and batches.
struct CsvReading : RangeReading {
  csv::Dialect dialect;
  bool header = true;
  std::shared_ptr<const Schema> schema;
  bool has_source_column = false;  ///< the schema's last column is the file's path
  /// One a file; empty: in all files the fields are the columns, in order.
  std::vector<CsvFileColumns> columns_of_files;
  bool schema_is_given = false;  ///< by `schema:`, which a mend of a type then names instead of `types:`
  Needs needs;
  bool check_all = false;  ///< refuse values that do not fit also in columns that nobody computes with
  std::size_t batch_rows = kCsvBatchRows;

  /// Columns that are read from the files.
  std::size_t read_columns() const noexcept { return schema->size() - (has_source_column ? 1 : 0); }
  /// Fields of each record of a file.
  std::size_t fields_of(std::size_t file) const noexcept {
    return columns_of_files.empty() ? read_columns() : columns_of_files[file].fields;
  }
  /// Which field of a file's records a column is; nothing: the file has no such column.
  std::optional<std::size_t> field_of(std::size_t file, std::size_t column) const noexcept {
    return columns_of_files.empty() ? column : columns_of_files[file].field_of_column[column];
  }
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
