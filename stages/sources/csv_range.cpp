#include "stages/sources/csv_range.hpp"

#include "stages/formats/csv_cutter.hpp"

namespace weir {

Origin CsvRange::origin_at(std::size_t at) const {
  return {origin_.input, origin_.byte_offset + at, origin_.line + csv::count_newlines(text().substr(0, at))};
}

Batch CsvRange::slice(std::size_t /*offset*/, std::size_t /*count*/) const {
  return std::make_shared<CsvRange>(*this);
}

std::string CsvRange::describe(std::size_t /*row*/) const {
  return std::to_string(end_ - begin_) + " bytes of " + *origin_.input + " from byte " +
         std::to_string(origin_.byte_offset);
}

}  // namespace weir
