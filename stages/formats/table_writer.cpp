#include "stages/formats/table_writer.hpp"

#include <algorithm>
#include <utility>

#include "stages/records/utf8.hpp"
#include "stages/records/value_text.hpp"

namespace weir {
namespace {

/// Longer text is cut, so that one cell does not push all others off the screen.
constexpr std::size_t kCellWidthMax = 60;
constexpr std::string_view kEllipsis = "…";
constexpr std::string_view kGap = "  ";
constexpr std::string_view kNull = "NULL";

// Text that stays on its line: line ends and other control characters as escapes.
std::string on_one_line(std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n')
      result += "\\n";
    else if (c == '\t')
      result += "\\t";
    else if (byte < 0x20 || byte == 0x7F)
      result += {'\\', 'x', kHex[byte >> 4], kHex[byte & 15]};
    else
      result += c;
  }
  return result;
}

// The first characters of a text.
std::string_view first_code_points(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  for (; count > 0 && at < text.size(); --count)
    at += std::max<std::size_t>(1, utf8_character_length(text.substr(at)));
  return text.substr(0, at);
}

bool is_number(Type type) noexcept { return type == Type::int64 || type == Type::float64; }

}  // namespace

TableWriter::TableWriter(const Schema& schema, std::size_t rows_max) : rows_max_(rows_max) {
  for (const Field& field : schema) {
    is_number_.push_back(is_number(field.type));
    cells_.push_back(make_cell(field.name));
    widths_.push_back(cells_.back().width);
  }
}

TableWriter::Cell TableWriter::make_cell(std::string_view text) {
  Cell cell{on_one_line(text), 0};
  cell.width = count_characters(cell.text);
  if (cell.width > kCellWidthMax) {
    cell.text = std::string(first_code_points(cell.text, kCellWidthMax - 1)) + std::string(kEllipsis);
    cell.width = kCellWidthMax;
  }
  return cell;
}

void TableWriter::add(const RecordBatch& batch) {
  const std::size_t taken = std::min(batch.rows(), rows_max_ - rows_);
  const std::size_t cells_before = cells_.size();
  std::vector<std::size_t> widths = widths_;
  try {
    add_cells(batch, batch.row_set().slice(0, taken), widths);
  } catch (...) {
    cells_.resize(cells_before);
    throw;
  }
  widths_ = std::move(widths);
  rows_ += taken;
  rows_left_out_ += batch.rows() - taken;
}

void TableWriter::add_cells(const RecordBatch& batch, const RowSet& rows, std::vector<std::size_t>& widths) {
  std::string text;
  rows.for_each([&](std::size_t row) {
    for (std::size_t i = 0; i < widths.size(); ++i) {
      text.clear();
      append_value(text, batch.column(i), row);
      cells_.push_back(make_cell(batch.column(i).is_valid(row) ? std::string_view(text) : kNull));
      widths[i] = std::max(widths[i], cells_.back().width);
    }
  });
}

std::string TableWriter::layout() const {
  std::string table;
  append_row(table, cells_.data());
  for (std::size_t i = 0; i < widths_.size(); ++i)
    table.append(i > 0 ? kGap : "").append(widths_[i], '-');
  table += '\n';
  for (std::size_t row = 1; row <= rows_; ++row)
    append_row(table, cells_.data() + row * widths_.size());
  if (rows_left_out_ > 0)
    table.append(kEllipsis)
        .append(" ")
        .append(std::to_string(rows_left_out_))
        .append(rows_left_out_ == 1 ? " more row\n" : " more rows\n");
  return table;
}

void TableWriter::append_row(std::string& to, const Cell* cells) const {
  for (std::size_t i = 0; i < widths_.size(); ++i) {
    const std::size_t padding = widths_[i] - cells[i].width;
    const bool is_last = i + 1 == widths_.size();
    to.append(i > 0 ? kGap : "");
    if (is_number_[i]) to.append(padding, ' ');
    to.append(cells[i].text);
    if (!is_number_[i] && !is_last) to.append(padding, ' ');
  }
  to += '\n';
}

}  // namespace weir
