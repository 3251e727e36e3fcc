#include "stages/sources/refused_text.hpp"

#include "stages/records/utf8.hpp"

namespace weir {

std::string RefusedText::describe(std::size_t /*row*/) const { return as_valid_utf8(text_); }

}  // namespace weir
