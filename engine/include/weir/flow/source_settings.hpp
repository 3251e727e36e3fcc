// How items travel from where a typed flow begins.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>

namespace weir {

/// Items travel in chunks of so many bytes, but of no more items than kChunkItemsMax.
inline constexpr std::size_t kChunkBytes = std::size_t{64} << 10;
inline constexpr std::size_t kChunkItemsMax = 4096;
/// How a source hands its items out.
struct SourceSettings {
  /// How many items travel together; 0: see kChunkBytes. An item waits until its chunk is full: say 1 where
  /// items come slowly, or where each is much work.
  std::size_t chunk_items = 0;
  /// It may wait for something outside: it is called on a thread of its own.
  bool blocking = false;
  std::string group = {};  ///< of supervision
};

namespace flow {

template <class T>
std::size_t chunk_items(const SourceSettings& settings) {
  if (settings.chunk_items > 0) return settings.chunk_items;
  return std::clamp<std::size_t>(kChunkBytes / sizeof(T), 1, kChunkItemsMax);
}

}  // namespace flow
}  // namespace weir
