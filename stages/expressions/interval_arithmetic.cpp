// + and - of an interval: months on the calendar, then days, then microseconds, as DuckDB adds them. The
// parser makes the three of `interval '1 month 3 days'`.

#include <algorithm>

#include "stages/expressions/function_table.hpp"
#include "stages/expressions/message_text.hpp"
#include "stages/expressions/operation_kernel.hpp"
#include "stages/expressions/syntax.hpp"
#include "stages/records/calendar.hpp"

namespace weir::expressions {
namespace {

using Int = std::int64_t;

// The same day so many months later, or the last of the month where it has no such day.
bool add_months(Int days, Int months, Int& result) noexcept {
  CivilDate date = civil_from_days(days);
  Int month = 0;
  if (__builtin_add_overflow(date.year * 12 + date.month - 1, months, &month)) return false;
  date.year = floor_divide(month, 12);
  if (date.year < -400'000 || date.year > 400'000) return false;
  date.month = static_cast<int>(floor_remainder(month, 12)) + 1;
  date.day = std::min(date.day, days_in_month(date.year, date.month));
  result = days_from_civil(date);
  return true;
}

enum class Direction : unsigned char { later, earlier };

template <Direction kDirection>
class IntervalKernel final : public Kernel {
 public:
  explicit IntervalKernel(Arguments arguments) : Kernel(Type::timestamp, std::move(arguments), true) {}

  Operand evaluate(const Frame& frame) const override {
    const Operand times = arguments()[0]->evaluate(frame);
    const Operand months = arguments()[1]->evaluate(frame);
    const Operand days = arguments()[2]->evaluate(frame);
    const Operand micros = arguments()[3]->evaluate(frame);
    ColumnBuilder builder(Type::timestamp, frame.physical_rows());
    Int* const out = builder.values<Int>();
    const Reader<Int, -1> time(times), month(months), day(days), micro(micros);
    frame.rows.for_each([&](std::size_t row) {
      if (!times.is_valid(row) || !months.is_valid(row) || !days.is_valid(row) || !micros.is_valid(row))
        return builder.set_null(row);
      if (moved(time[row], month[row], day[row], micro[row], out[row])) return;
      builder.set_null(row);
      frame.errors.add(row, "timestamp out of range: " + shown_timestamp(time[row]) + " and an interval of " +
                                shown(month[row]) + " months, " + shown(day[row]) + " days and " +
                                shown(micro[row]) + " microseconds");
    });
    return Operand::of_column(std::move(builder).finish());
  }

 private:
  static bool moved(Int time, Int months, Int days, Int micros, Int& result) noexcept {
    if constexpr (kDirection == Direction::earlier) {
      if (__builtin_sub_overflow(Int{0}, months, &months) || __builtin_sub_overflow(Int{0}, days, &days) ||
          __builtin_sub_overflow(Int{0}, micros, &micros))
        return false;
    }
    return add(time, months, days, micros, result);
  }
  static bool add(Int time, Int months, Int days, Int micros, Int& result) noexcept {
    if (months == 0 && days == 0) return !__builtin_add_overflow(time, micros, &result);
    Int day = floor_divide(time, kMicrosPerDay);
    if (months != 0 && !add_months(day, months, day)) return false;
    return !__builtin_add_overflow(day, days, &day) && !__builtin_mul_overflow(day, kMicrosPerDay, &result) &&
           !__builtin_add_overflow(result, floor_remainder(time, kMicrosPerDay), &result) &&
           !__builtin_add_overflow(result, micros, &result);
  }
};

template <Direction kDirection>
KernelPtr make_moved(Type, Arguments arguments) {
  return std::make_shared<IntervalKernel<kDirection>>(std::move(arguments));
}

}  // namespace

void add_interval_arithmetic(FunctionTable& table) {
  Function function;
  function.section = "Times";
  function.parameters = {Type::timestamp, Type::int64, Type::int64, Type::int64};
  function.result = Type::timestamp;
  function.make = make_moved<Direction::later>;
  function.name = kAddInterval;
  function.usage = "t + interval '1 month 3 days'";
  function.summary =
      "So much later; from the end of a month to the end of a shorter one. Also interval 3 day, and interval "
      "(n) "
      "day, with units from microsecond to millennium.";
  function.example = "date '2024-01-31' + interval '1 month'";
  table.add(function);
  function.make = make_moved<Direction::earlier>;
  function.name = kSubtractInterval;
  function.usage = "t - interval '1 month 3 days'";
  function.summary = "So much earlier.";
  function.example = "timestamp '2024-03-01 12:00:00' - interval 36 hour";
  table.add(std::move(function));
}

}  // namespace weir::expressions
