// A table of text, its columns aligned with blanks.
#pragma once

#include <string>
#include <vector>

namespace weir {

enum class Align : unsigned char { left, right };

class TextTable {
 public:
  /// One alignment a column.
  explicit TextTable(std::vector<Align> columns) : columns_(std::move(columns)) {}
  /// As many cells as columns.
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  /// One line a row, each after `indent`; no blanks at the ends of lines.
  std::string text(const std::string& indent = {}) const;

 private:
  std::vector<Align> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace weir
