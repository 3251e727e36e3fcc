// What the readers of formats that have a record a line make of an index of the lines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "stages/formats/line_index.hpp"
#include "stages/sources/text_range.hpp"
#include "weir/record_batch.hpp"

namespace weir {

/// Says where the lines that a scan of the range found were read. Keeps the range rather than a place for
/// each line, and scans again for the one that is asked for.
inline std::shared_ptr<const OriginFinder> origins_of_lines(std::shared_ptr<const TextRange> range,
                                                            LineIndex::Blanks blanks, std::size_t at,
                                                            std::size_t lines_max) {
  return std::make_shared<const OriginFinder>(
      [range = std::move(range), blanks, at, lines_max](std::size_t physical_row) {
        LineIndex lines(blanks);
        lines.scan(range->text(), at, lines_max);
        return range->origin_at(lines.begin(physical_row));
      });
}

/// All rows but those refused, of which `row_of` gives the ascending rows.
template <class Refusal, class RowOf>
RowSet rows_without(const std::vector<Refusal>& refusals, std::size_t rows, RowOf&& row_of) {
  if (refusals.empty()) return RowSet::range(0, rows);
  auto kept = std::make_shared<std::vector<std::uint32_t>>();
  auto refusal = refusals.begin();
  for (std::size_t row = 0; row < rows; ++row) {
    if (refusal != refusals.end() && row_of(*refusal) == row)
      ++refusal;
    else
      kept->push_back(static_cast<std::uint32_t>(row));
  }
  return RowSet::list(std::move(kept));
}

}  // namespace weir
