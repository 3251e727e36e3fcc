// Sizes as people read them. Pure.
#pragma once

#include <cstdint>
#include <string>

namespace weir {

/// "17 bytes", "1.5 KiB", "64.0 MiB".
std::string size_text(std::uint64_t bytes);

}  // namespace weir
