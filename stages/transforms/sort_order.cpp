#include "stages/transforms/sort_order.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

#include "stages/expressions/value_order.hpp"
#include "stages/transforms/value_rank.hpp"

namespace weir {
namespace {

// Behind all values or beside the last of them, which only a look at the keys tells.
constexpr std::uint64_t kLastPrefix = std::numeric_limits<std::uint64_t>::max();

constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63;

std::uint64_t prefix_of(const StringSlot& slot) noexcept {
  const std::string_view text = slot.view();
  std::uint64_t word = 0;
  std::memcpy(&word, text.data(), std::min(text.size(), sizeof word));
  return __builtin_bswap64(word);
}
std::uint64_t prefix_of(std::int64_t value) noexcept { return static_cast<std::uint64_t>(value) ^ kSignBit; }
std::uint64_t prefix_of(std::uint8_t value) noexcept { return value; }
// Minus zero becomes zero, with which it is equal.
std::uint64_t prefix_of(double value) noexcept { return prefix_of(rank_of(value + 0.0)); }

template <class T>
void append_entries(const Column& key, std::uint32_t chunk, const RowSet& rows, bool descending,
                    std::vector<SortEntry>& entries) {
  const T* values = key.values<T>();
  const std::uint64_t flip = descending ? kLastPrefix : 0;
  rows.for_each([&](std::size_t row) {
    const std::uint64_t prefix = key.is_valid(row) ? prefix_of(values[row]) ^ flip : kLastPrefix;
    entries.push_back({prefix, {chunk, static_cast<std::uint32_t>(row)}});
  });
}

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
  const bool prefix_is_key = chunk_a.keys[0]->type() != Type::string && a.prefix != kLastPrefix;
  for (std::size_t key = prefix_is_key ? 1 : 0; key < chunk_a.keys.size(); ++key) {
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

std::vector<SortEntry> make_entries(const SortChunk& chunk, std::uint32_t number, const RowSet& rows,
                                    bool descending) {
  std::vector<SortEntry> entries;
  entries.reserve(rows.size());
  const Column& key = *chunk.keys[0];
  switch (key.type()) {
    case Type::boolean:
      append_entries<std::uint8_t>(key, number, rows, descending, entries);
      break;
    case Type::float64:
      append_entries<double>(key, number, rows, descending, entries);
      break;
    case Type::string:
      append_entries<StringSlot>(key, number, rows, descending, entries);
      break;
    case Type::int64:
    case Type::timestamp:
    case Type::date:
      append_entries<std::int64_t>(key, number, rows, descending, entries);
      break;
  }
  return entries;
}

}  // namespace weir
