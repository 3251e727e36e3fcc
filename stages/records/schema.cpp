#include "weir/schema.hpp"

#include <algorithm>
#include <array>

namespace weir {
namespace {

struct TypeName {
  Type type;
  std::string_view name;
};
constexpr std::array kTypeNames = {
    TypeName{Type::boolean, "bool"},        TypeName{Type::int64, "int64"},
    TypeName{Type::float64, "double"},      TypeName{Type::string, "string"},
    TypeName{Type::timestamp, "timestamp"}, TypeName{Type::date, "date"},
};

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool equal_without_case(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char left, char right) { return lower(left) == lower(right); });
}

}  // namespace

std::string_view to_string(Type type) noexcept {
  for (const TypeName& entry : kTypeNames)
    if (entry.type == type) return entry.name;
  return "unknown";
}

std::optional<Type> type_named(std::string_view name) noexcept {
  for (const TypeName& entry : kTypeNames)
    if (entry.name == name) return entry.type;
  return std::nullopt;
}

std::optional<std::size_t> Schema::find(std::string_view name) const noexcept {
  std::optional<std::size_t> similar;
  std::size_t similar_count = 0;
  for (std::size_t column = 0; column < fields_.size(); ++column) {
    if (fields_[column].name == name) return column;
    if (!equal_without_case(fields_[column].name, name)) continue;
    similar = column;
    ++similar_count;
  }
  return similar_count == 1 ? similar : std::nullopt;
}

std::vector<std::string> Schema::names() const {
  std::vector<std::string> names;
  names.reserve(fields_.size());
  for (const Field& field : fields_)
    names.push_back(field.name);
  return names;
}

}  // namespace weir
