#include "stages/config/version.hpp"

#include <algorithm>
#include <initializer_list>

namespace weir {
namespace {

bool contains(std::initializer_list<std::string_view> names, std::string_view name) noexcept {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

bool is_later_section(std::string_view key) noexcept {
  return contains({"include", "supervisor", "tests"}, key);
}
bool is_later_stage_key(std::string_view key) noexcept {
  return contains({"breaker", "rate", "restart", "timeout"}, key);
}

Diagnostic not_in_this_version(const Location& where, std::string field, std::string_view what) {
  return {where, std::move(field), "this version of weir does not have `" + std::string(what) + "` yet",
          "remove it", what.size()};
}

}  // namespace weir
