#include "stages/transforms/sort_order.hpp"

#include <utility>

#include "stages/expressions/value_order.hpp"

namespace weir {
namespace {

template <class T>
int compare_as(const Column& a, std::size_t row_a, const Column& b, std::size_t row_b) noexcept {
  const T& value_a = a.values<T>()[row_a];
  const T& value_b = b.values<T>()[row_b];
  if (expressions::value_less(value_a, value_b)) return -1;
  return expressions::value_less(value_b, value_a) ? 1 : 0;
}

int compare_valid(const Column& a, std::size_t row_a, const Column& b, std::size_t row_b) noexcept {
  switch (a.type()) {
    case Type::boolean:
      return compare_as<std::uint8_t>(a, row_a, b, row_b);
    case Type::float64:
      return compare_as<double>(a, row_a, b, row_b);
    case Type::string:
      return a.text(row_a).compare(b.text(row_b));
    case Type::int64:
    case Type::timestamp:
    case Type::date:
      break;
  }
  return compare_as<std::int64_t>(a, row_a, b, row_b);
}

}  // namespace

bool SortOrder::before(const SortEntry& a, const SortEntry& b) const noexcept {
  const SortChunk& chunk_a = chunks_[a.ref.batch];
  const SortChunk& chunk_b = chunks_[b.ref.batch];
  for (std::size_t key = a.prefix.whole_keys(); key < chunk_a.keys.size(); ++key) {
    const Column& column_a = *chunk_a.keys[key];
    const Column& column_b = *chunk_b.keys[key];
    const bool valid_a = column_a.is_valid(a.ref.row);
    const bool valid_b = column_b.is_valid(b.ref.row);
    if (valid_a != valid_b) return valid_a;
    if (!valid_a) continue;
    const int order = compare_valid(column_a, a.ref.row, column_b, b.ref.row);
    if (order != 0) return descending_[key] ? order > 0 : order < 0;
  }
  return chunk_a.place_of(a.ref.row) < chunk_b.place_of(b.ref.row);
}

SortChunk make_chunk(std::shared_ptr<const RecordBatch> batch, std::size_t key_begin, std::size_t key_end,
                     const Place& place) {
  SortChunk chunk{std::move(batch), {}, place, {}};
  for (std::size_t key = key_begin; key < key_end; ++key)
    chunk.keys.push_back(&chunk.batch->column(key));
  return chunk;
}

std::vector<SortEntry> make_entries(const SortChunk& chunk, std::uint32_t number, const RowSet& rows,
                                    const std::vector<bool>& descending) {
  const std::vector<SortPrefix> prefixes = sort_prefixes(chunk.keys, descending, rows);
  std::vector<SortEntry> entries;
  entries.reserve(rows.size());
  auto prefix = prefixes.begin();
  rows.for_each([&](std::size_t row) {
    entries.push_back({*prefix++, {number, static_cast<std::uint32_t>(row)}});
  });
  return entries;
}

}  // namespace weir
