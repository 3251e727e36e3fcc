// Records as a table for people: columns aligned, numbers to the right, text to the left. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "weir/record_batch.hpp"
#include "weir/schema.hpp"

namespace weir {

/// Collects the first rows of a stream as text, counts the others, and lays all out once every width is
/// known.
class TableWriter {
 public:
  TableWriter(const Schema& schema, std::size_t rows_max);

  /// Takes a batch of the schema; its columns come as values. Takes all or, when it throws, nothing.
  void add(const RecordBatch& batch);
  /// The table, with a line for the rows that were not taken.
  std::string layout() const;

 private:
  struct Cell {
    std::string text;
    std::size_t width = 0;  ///< in code points
  };
  static Cell make_cell(std::string_view text);
  void add_cells(const RecordBatch& batch, const RowSet& rows, std::vector<std::size_t>& widths);
  void append_row(std::string& to, const Cell* cells) const;

  std::vector<bool> is_number_;
  std::size_t rows_max_;
  std::size_t rows_ = 0;  ///< taken
  std::uint64_t rows_left_out_ = 0;
  std::vector<Cell> cells_;  ///< the header, then row after row
  std::vector<std::size_t> widths_;
};

}  // namespace weir
