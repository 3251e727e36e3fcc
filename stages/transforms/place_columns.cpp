#include "stages/transforms/place_columns.hpp"

#include <array>
#include <bit>
#include <utility>

namespace weir {
namespace {

constexpr std::size_t kColumns = 3;

// The three words of a place, in the order in which places are compared.
std::array<std::uint64_t, kColumns> words_of(const RecordPlace& place) noexcept {
  return {place.place.source, place.place.sequence, std::uint64_t{place.place.sub} << 32 | place.row};
}

RecordPlace place_of(const std::array<std::uint64_t, kColumns>& words) noexcept {
  return {{static_cast<std::uint32_t>(words[0]), static_cast<std::uint32_t>(words[2] >> 32), words[1]},
          static_cast<std::uint32_t>(words[2])};
}

}  // namespace

std::vector<Field> place_fields() {
  return {{"place source", Type::int64}, {"place sequence", Type::int64}, {"place sub and row", Type::int64}};
}

std::vector<ColumnPtr> place_columns(std::span<const RecordPlace> places) {
  std::vector<ColumnPtr> columns;
  for (std::size_t column = 0; column < kColumns; ++column) {
    ColumnBuilder builder(Type::int64, places.size());
    for (std::size_t i = 0; i < places.size(); ++i)
      builder.values<std::int64_t>()[i] = std::bit_cast<std::int64_t>(words_of(places[i])[column]);
    columns.push_back(std::move(builder).finish());
  }
  return columns;
}

std::vector<RecordPlace> places_in(std::span<const ColumnPtr> columns) {
  std::vector<RecordPlace> places(columns[0]->size());
  for (std::size_t i = 0; i < places.size(); ++i) {
    std::array<std::uint64_t, kColumns> words{};
    for (std::size_t column = 0; column < kColumns; ++column)
      words[column] = std::bit_cast<std::uint64_t>(columns[column]->values<std::int64_t>()[i]);
    places[i] = place_of(words);
  }
  return places;
}

}  // namespace weir
