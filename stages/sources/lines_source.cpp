#include "stages/sources/lines_source.hpp"

#include <algorithm>
#include <vector>

#include "stages/formats/line_index.hpp"
#include "stages/formats/plain_text.hpp"
#include "stages/records/utf8.hpp"
#include "stages/sources/line_rows.hpp"
#include "stages/sources/refusal_words.hpp"
#include "stages/sources/source_column.hpp"

namespace weir {
namespace {

ColumnPtr column_of(const TextRange& range, const LineIndex& lines) {
  ColumnBuilder builder(Type::string, lines.size());
  auto* slots = builder.values<StringSlot>();
  std::size_t longest = 0;
  for (std::size_t row = 0; row < lines.size(); ++row) {
    const std::size_t size = lines.end(row) - lines.begin(row);
    slots[row].assign_padded(range.text().data() + lines.begin(row), size);
    longest = std::max(longest, size);
  }
  if (longest > StringSlot::kInline) builder.keep(range.block());
  return std::move(builder).finish();
}

// The lines that are no UTF-8.
std::vector<std::size_t> find_invalid(const TextRange& range, const LineIndex& lines) {
  std::vector<std::size_t> invalid;
  if (!lines.has_non_ascii()) return invalid;
  for (std::size_t row = 0; row < lines.size(); ++row)
    if (!is_valid_utf8(range.text().substr(lines.begin(row), lines.end(row) - lines.begin(row))))
      invalid.push_back(row);
  return invalid;
}

}  // namespace

std::size_t LinesSource::end_of_last_record(std::string_view text) const { return end_of_last_line(text); }

Cursor LinesSource::decode(const Batch& work, Cursor at, Emitter& out) const {
  const auto range = std::static_pointer_cast<const TextRange>(work);
  const auto begin = static_cast<std::size_t>(at);
  LineIndex lines(LineIndex::Blanks::text);
  lines.scan(range->text(), begin, reading_->batch_rows);
  const std::vector<std::size_t> invalid = find_invalid(*range, lines);
  for (const std::size_t row : invalid)
    out.reject(range->refused_record(lines.begin(row), lines.end(row)), 0,
               data_error("the line is not UTF-8; convert the file first, as `iconv -t UTF-8` does"));
  const RowSet rows = rows_without(invalid, lines.size(), [](std::size_t row) { return row; });
  if (rows.size() > 0) {
    std::vector<ColumnPtr> columns(reading_->schema->size());
    if (reading_->needs.front() != Need::none) columns.front() = column_of(*range, lines);
    if (columns.size() > 1 && reading_->needs.back() != Need::none)
      columns.back() = source_column(reading_->files[range->file()].path, lines.size());
    out.emit(std::make_shared<RecordBatch>(
        reading_->schema, std::move(columns), rows,
        origins_of_lines(range, LineIndex::Blanks::text, begin, reading_->batch_rows), lines.next() - begin));
  }
  return lines.next() < range->text().size() ? Cursor{lines.next()} : kDone;
}

}  // namespace weir
