#include "stages/expressions/type_names.hpp"

#include <array>
#include <vector>

#include "weir/diagnostic.hpp"

namespace weir::expressions {
namespace {

struct TypeAlias {
  std::string_view name;
  Type type;
};
constexpr std::array kAliases = {
    TypeAlias{"boolean", Type::boolean},    TypeAlias{"bigint", Type::int64},
    TypeAlias{"integer", Type::int64},      TypeAlias{"int", Type::int64},
    TypeAlias{"float", Type::float64},      TypeAlias{"real", Type::float64},
    TypeAlias{"varchar", Type::string},     TypeAlias{"text", Type::string},
    TypeAlias{"datetime", Type::timestamp},
};

}  // namespace

std::optional<Type> cast_type_named(std::string_view name) noexcept {
  if (const auto type = type_named(name)) return type;
  for (const TypeAlias& alias : kAliases)
    if (alias.name == name) return alias.type;
  return std::nullopt;
}

std::string suggest_cast_type(std::string_view wrong) {
  std::vector<std::string> names;
  for (const Type type :
       {Type::boolean, Type::int64, Type::float64, Type::string, Type::timestamp, Type::date})
    names.emplace_back(to_string(type));
  return suggest_name(wrong, names);
}

}  // namespace weir::expressions
