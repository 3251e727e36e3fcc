#include "stages/formats/csv_cutter.hpp"

#include <bit>
#include <cstdint>
#include <cstring>

#include "stages/formats/byte_masks.hpp"
#include "stages/formats/plain_text.hpp"
#include "stages/formats/quoted_bytes.hpp"

namespace weir::csv {
namespace {

// Calls visit(base, ends) for each 64 bytes, until it answers false: a mask of the newlines that end records,
// without those in quotes.
template <class Visit>
void for_each_end(std::string_view text, const Dialect& dialect, Visit visit) {
  QuotedBytes quoted;
  for_each_mask(text, 0, {'\n', dialect.delimiter, dialect.quote}, [&](std::size_t base, const Masks& masks) {
    const auto [newlines, delimiters, quotes] = masks;
    return visit(base, newlines & ~quoted.next(quotes, delimiters | newlines));
  });
}

}  // namespace

std::size_t end_of_last_record(std::string_view text, const Dialect& dialect) {
  if (text.empty()) return 0;
  if (std::memchr(text.data(), dialect.quote, text.size()) == nullptr) return end_of_last_line(text);
  std::size_t last = 0;
  for_each_end(text, dialect, [&](std::size_t base, std::uint64_t ends) {
    if (ends != 0) last = base + kMaskBytes - static_cast<std::size_t>(std::countl_zero(ends));
    return true;
  });
  return last;
}

std::size_t end_of_first_record(std::string_view text, const Dialect& dialect) {
  std::size_t first = std::string_view::npos;
  for_each_end(text, dialect, [&](std::size_t base, std::uint64_t ends) {
    if (ends != 0) first = base + static_cast<std::size_t>(std::countr_zero(ends)) + 1;
    return ends == 0;
  });
  return first;
}

}  // namespace weir::csv
