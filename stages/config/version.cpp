#include "stages/config/version.hpp"

namespace weir {

bool is_later_section(std::string_view key) noexcept { return key == "include" || key == "tests"; }

Diagnostic not_in_this_version(const Location& where, std::string field, std::string_view what) {
  return {where, std::move(field), "this version of weir does not have `" + std::string(what) + "` yet",
          "remove it", what.size()};
}

}  // namespace weir
