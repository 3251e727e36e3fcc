#include "stages/sources/text_range.hpp"

#include "stages/formats/plain_text.hpp"
#include "stages/sources/refused_text.hpp"

namespace weir {

Origin TextRange::origin_at(std::size_t at) const {
  return {origin_.input, origin_.byte_offset + at, origin_.line + count_newlines(text().substr(0, at))};
}

Batch TextRange::slice(std::size_t /*offset*/, std::size_t /*count*/) const {
  return std::make_shared<TextRange>(*this);
}

Batch TextRange::refused_record(std::size_t begin, std::size_t end) const {
  return std::make_shared<RefusedText>(std::string(text().substr(begin, end - begin)), origin_at(begin));
}

std::string TextRange::describe(std::size_t /*row*/) const {
  return std::to_string(end_ - begin_) + " bytes of " + *origin_.input + " from byte " +
         std::to_string(origin_.byte_offset);
}

}  // namespace weir
