#include "stages/expressions/time_units.hpp"

#include <array>
#include <vector>

#include "stages/expressions/function_table.hpp"
#include "stages/expressions/lexer.hpp"
#include "stages/expressions/message_text.hpp"
#include "weir/diagnostic.hpp"

namespace weir::expressions {
namespace {

struct UnitName {
  std::string_view name;
  Unit unit;
};
// By their order; what a mend suggests.
constexpr auto kUnits = std::to_array<UnitName>({
    {"microsecond", Unit::microsecond},
    {"millisecond", Unit::millisecond},
    {"second", Unit::second},
    {"minute", Unit::minute},
    {"hour", Unit::hour},
    {"day", Unit::day},
    {"week", Unit::week},
    {"month", Unit::month},
    {"quarter", Unit::quarter},
    {"year", Unit::year},
    {"decade", Unit::decade},
    {"century", Unit::century},
    {"millennium", Unit::millennium},
});
static_assert(kUnits.size() == kUnitCount);
// What is understood beside them and their plurals.
constexpr auto kShort = std::to_array<UnitName>({
    {"us", Unit::microsecond},
    {"ms", Unit::millisecond},
    {"s", Unit::second},
    {"sec", Unit::second},
    {"secs", Unit::second},
    {"m", Unit::minute},
    {"min", Unit::minute},
    {"mins", Unit::minute},
    {"h", Unit::hour},
    {"hr", Unit::hour},
    {"hrs", Unit::hour},
    {"d", Unit::day},
    {"w", Unit::week},
    {"mon", Unit::month},
    {"mons", Unit::month},
    {"y", Unit::year},
    {"yr", Unit::year},
    {"yrs", Unit::year},
    {"centuries", Unit::century},
    {"millennia", Unit::millennium},
});

}  // namespace

std::optional<Unit> unit_named(std::string_view name) {
  const std::string small = to_lower(name);
  for (const UnitName& each : kUnits)
    if (small == each.name || (small.size() == each.name.size() + 1 && small.back() == 's' &&
                               small.compare(0, each.name.size(), each.name) == 0))
      return each.unit;
  for (const UnitName& each : kShort)
    if (small == each.name) return each.unit;
  return std::nullopt;
}

std::string_view name_of(Unit unit) noexcept { return kUnits[static_cast<std::size_t>(unit)].name; }

std::string suggest_unit(std::string_view wrong) {
  std::vector<std::string> names;
  for (const UnitName& each : kUnits)
    names.emplace_back(each.name);
  return suggest_name(to_lower(wrong), names);
}

Unit unit_argument(std::string_view function, const Arguments& arguments, std::size_t place) {
  const Constant* constant = arguments[place]->constant();
  if (constant == nullptr)
    throw BadArgument(place, std::string(function) + " wants its unit as a text, not computed",
                      "as in 'month'");
  const std::string_view name = constant->column->text(0);
  if (const auto unit = unit_named(name)) return *unit;
  throw BadArgument(place,
                    std::string(function) + " knows no unit " + shown(std::string_view(to_lower(name))),
                    suggest_unit(name));
}

}  // namespace weir::expressions
