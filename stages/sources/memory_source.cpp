#include "stages/sources/memory_source.hpp"

#include <charconv>

#include "weir/error.hpp"

namespace weir {

std::optional<Work> MemorySource::next() {
  if (next_ == pieces_->size()) return std::nullopt;
  Work piece = (*pieces_)[next_];
  ++next_;
  return piece;
}

void MemorySource::seek(const std::string& position) {
  const char* const end = position.data() + position.size();
  std::size_t next = 0;
  const auto [stopped, error] = std::from_chars(position.data(), end, next);
  if (error != std::errc() || stopped != end || next > pieces_->size())
    throw UsageError("not a position of " + std::to_string(pieces_->size()) + " pieces in memory: '" +
                     position + "'");
  next_ = next;
}

}  // namespace weir
