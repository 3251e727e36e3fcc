#include "stages/transforms/failed_rows.hpp"

#include <algorithm>
#include <memory>

namespace weir {

RowSet reject_failed_rows(const RowSet& rows, const RowErrors& errors, Emitter& out, std::size_t first) {
  if (errors.empty()) return rows;
  std::vector<const RowErrors::Entry*> failed;
  failed.reserve(errors.entries().size());
  for (const RowErrors::Entry& entry : errors.entries())
    failed.push_back(&entry);
  std::sort(failed.begin(), failed.end(),
            [](const auto* a, const auto* b) { return a->physical_row < b->physical_row; });
  auto kept = std::make_shared<std::vector<std::uint32_t>>();
  kept->reserve(rows.size());
  auto next = failed.begin();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::size_t row = rows[i];
    while (next != failed.end() && (*next)->physical_row < row)
      ++next;
    if (next == failed.end() || (*next)->physical_row != row) {
      kept->push_back(static_cast<std::uint32_t>(row));
    } else {
      out.reject(first + i, {ErrorClass::data, (*next)->message, {}, nullptr});
    }
  }
  return RowSet::list(std::move(kept));
}

RowSet without_failed_rows(const RowSet& rows, const RowErrors& errors) {
  if (errors.empty()) return rows;
  auto kept = std::make_shared<std::vector<std::uint32_t>>();
  kept->reserve(rows.size());
  rows.for_each([&](std::size_t row) {
    if (!errors.contains(row)) kept->push_back(static_cast<std::uint32_t>(row));
  });
  return RowSet::list(std::move(kept));
}

}  // namespace weir
