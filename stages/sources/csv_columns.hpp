// The columns of several CSV files together. Part of a reader's plan; one thread.
#pragma once

#include <vector>

#include "stages/sources/csv_source.hpp"
#include "weir/schema.hpp"

namespace weir {

/// Joins the columns of files, one after another, by their names.
class CsvColumnUnion {
 public:
  /// The columns of the next file. Their names are unique.
  void add(const Schema& sniffed);

  /// All columns, in the order in which they first came. A type fits the values of all files; none is known
  /// to be always NULL unless it is so in each file that has it.
  Schema schema() const;
  /// For each file that was added: where the columns lie in it.
  std::vector<CsvFileColumns> columns_of_files() const;

 private:
  struct Column {
    Field field;
    bool has_values = false;
  };
  std::vector<Column> columns_;
  std::vector<Schema> files_;
};

}  // namespace weir
