#include "stages/transforms/sort_candidates.hpp"

#include <utility>

#include "stages/transforms/value_rank.hpp"

namespace weir {
namespace {

// What values are compared by. Both zeros are one, as sorting has it.
std::int64_t sorted_by(std::int64_t value) noexcept { return value; }
std::int64_t sorted_by(std::uint8_t value) noexcept { return value; }
std::int64_t sorted_by(double value) noexcept { return rank_of(value + 0.0); }
std::string_view sorted_by(const StringSlot& slot) noexcept { return slot.view(); }

// Nulls are last whichever way the key goes, and the worst is none.
template <class T>
RowSet select_rows(const Column& key, const RowSet& rows, const T& worst_value, bool descending) {
  const T* values = key.values<T>();
  const auto worst = sorted_by(worst_value);
  auto selected = std::make_shared<std::vector<std::uint32_t>>();
  const auto select = [&](auto is_valid, auto is_after) {
    rows.for_each([&](std::size_t row) {
      if (is_valid(row) && !is_after(sorted_by(values[row])))
        selected->push_back(static_cast<std::uint32_t>(row));
    });
  };
  const auto select_valid = [&](auto is_after) {
    if (key.has_nulls()) {
      select([&](std::size_t row) { return key.is_valid(row); }, is_after);
    } else {
      select([](std::size_t) { return true; }, is_after);
    }
  };
  if (descending) {
    select_valid([&](const auto& value) { return value < worst; });
  } else {
    select_valid([&](const auto& value) { return value > worst; });
  }
  return RowSet::list(std::move(selected));
}

}  // namespace

RowSet rows_not_after(const SortChunk& chunk, const RowSet& rows, const SortChunk& worst,
                      std::uint32_t worst_row, bool descending) {
  const Column& key = *chunk.keys.front();
  const Column& worst_key = *worst.keys.front();
  if (!worst_key.is_valid(worst_row)) return rows;
  const auto select = [&]<class T>(const T* values) {
    return select_rows<T>(key, rows, values[worst_row], descending);
  };
  switch (key.type()) {
    case Type::boolean:
      return select(worst_key.values<std::uint8_t>());
    case Type::float64:
      return select(worst_key.values<double>());
    case Type::string:
      return select(worst_key.values<StringSlot>());
    case Type::int64:
    case Type::timestamp:
    case Type::date:
      break;
  }
  return select(worst_key.values<std::int64_t>());
}

}  // namespace weir
