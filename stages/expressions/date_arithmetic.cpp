// + and - of dates and days.

#include "stages/expressions/function_table.hpp"
#include "stages/expressions/message_text.hpp"
#include "stages/expressions/operation_kernel.hpp"
#include "stages/records/calendar.hpp"

namespace weir::expressions {
namespace {

using Int = std::int64_t;

// What failed leaves a date behind, too: functions that cannot fail compute at NULL as well.
bool within_dates(bool overflow, Int& result) noexcept {
  if (!overflow && is_date(result)) return true;
  result = 0;
  return false;
}

struct AddDays {
  static constexpr bool kSpecialised = true;
  static bool compute(Int date, Int days, Int& result) {
    return within_dates(__builtin_add_overflow(date, days, &result), result);
  }
  static std::string failure(Int date, Int days) {
    return "date out of range: " + shown_date(date) + " + " + shown(days);
  }
};
struct SubtractDays {
  static constexpr bool kSpecialised = true;
  static bool compute(Int date, Int days, Int& result) {
    return within_dates(__builtin_sub_overflow(date, days, &result), result);
  }
  static std::string failure(Int date, Int days) {
    return "date out of range: " + shown_date(date) + " - " + shown(days);
  }
};
struct DaysBetween {
  static constexpr bool kSpecialised = true;
  static void compute(Int left, Int right, Int& result) { result = left - right; }
};

KernelPtr make_mirrored_sum(Type result, Arguments arguments) {
  std::swap(arguments[0], arguments[1]);
  return make_operation<AddDays>(result, std::move(arguments));
}

Function dates(std::string_view name, std::string_view usage, std::string_view summary,
               std::string_view example, std::vector<Type> parameters, Type result,
               KernelPtr (*make)(Type, Arguments)) {
  Function function;
  function.name = name;
  function.section = "Arithmetic";
  function.usage = usage;
  function.summary = summary;
  function.example = example;
  function.parameters = std::move(parameters);
  function.result = result;
  function.reads_texts = false;
  function.make = make;
  return function;
}

}  // namespace

void add_date_arithmetic(FunctionTable& table) {
  constexpr Type kDate = Type::date;
  constexpr Type kInt = Type::int64;
  table.add(dates("+", "date + days", "So many days later.", "date '2024-02-28' + 2", {kDate, kInt}, kDate,
                  make_operation<AddDays>));
  table.add(dates("+", "days + date", "So many days later.", "2 + date '2024-02-28'", {kInt, kDate}, kDate,
                  make_mirrored_sum));
  table.add(dates("-", "date - days", "So many days earlier.", "date '2024-03-01' - 1", {kDate, kInt}, kDate,
                  make_operation<SubtractDays>));
  table.add(dates("-", "date - date", "The days from the right one to the left one.",
                  "date '2024-03-01' - date '2024-02-01'", {kDate, kDate}, kInt,
                  make_operation<DaysBetween>));
}

}  // namespace weir::expressions
