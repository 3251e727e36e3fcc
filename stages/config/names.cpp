#include "stages/config/names.hpp"

#include <algorithm>

namespace weir {

bool is_name(std::string_view text) noexcept {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto may_follow = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; };
  return !text.empty() && is_letter(text.front()) && std::all_of(text.begin() + 1, text.end(), may_follow);
}

std::string not_a_name(std::string_view text) {
  return "names begin with a lower-case letter and have only a-z, 0-9 and _: `" + std::string(text) + "`";
}

std::string stage_name(const ConfigValue& stage) {
  for (const char* key : {"name", "type"}) {
    const ConfigValue* value = stage.find(key);
    if (value != nullptr && value->kind == ConfigValue::Kind::scalar) return value->text;
  }
  return {};
}

}  // namespace weir
