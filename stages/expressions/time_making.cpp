// Dates and timestamps made of numbers, and numbers of them.

#include <cmath>

#include "stages/expressions/function_table.hpp"
#include "stages/expressions/message_text.hpp"
#include "stages/expressions/operation_kernel.hpp"
#include "stages/records/calendar.hpp"

namespace weir::expressions {
namespace {

using Int = std::int64_t;

bool is_civil(Int year, Int month, Int day) noexcept {
  constexpr Int kYearMax = 300'000;  // is_date asks more closely
  return year >= -kYearMax && year <= kYearMax && month >= 1 && month <= 12 && day >= 1 &&
         day <= days_in_month(year, static_cast<int>(month));
}

struct MakeDate {
  static bool compute(Int year, Int month, Int day, Int& result) {
    if (!is_civil(year, month, day)) return false;
    result = days_from_civil({year, static_cast<int>(month), static_cast<int>(day)});
    return is_date(result);
  }
  static std::string failure(Int year, Int month, Int day) {
    return "there is no such day: make_date(" + shown(year) + ", " + shown(month) + ", " + shown(day) + ")";
  }
};

struct LastDay {
  static void compute(Int date, Int& result) {
    const CivilDate civil = civil_from_days(date);
    result = date - civil.day + days_in_month(civil.year, civil.month);
  }
};

struct LastDayOfTime {
  static void compute(Int micros, Int& result) {
    LastDay::compute(floor_divide(micros, kMicrosPerDay), result);
  }
};

template <Int kUnitMicros>
struct EpochIn {
  static void compute(Int micros, Int& result) { result = floor_divide(micros, kUnitMicros); }
};

struct TimestampOfMillis {
  static bool compute(Int millis, Int& result) { return !__builtin_mul_overflow(millis, Int{1000}, &result); }
  static std::string failure(Int millis) { return "timestamp out of range: epoch_ms(" + shown(millis) + ")"; }
};

struct TimestampOfSeconds {
  static bool compute(double seconds, Int& result) {
    const double micros = std::nearbyint(seconds * static_cast<double>(kMicrosPerSecond));
    constexpr double kLimit = 9'223'372'036'854'775'808.0;  // 2^63
    if (!(micros >= -kLimit && micros < kLimit)) return false;
    result = static_cast<Int>(micros);
    return true;
  }
  static std::string failure(double seconds) {
    return "timestamp out of range: to_timestamp(" + shown(seconds) + ")";
  }
};

KernelPtr make_of_micros(Type type, Arguments arguments) {
  struct Same {
    static void compute(Int micros, Int& result) { result = micros; }
  };
  return make_operation<Same>(type, std::move(arguments));
}

}  // namespace

void add_time_making(FunctionTable& table) {
  constexpr Type kInt = Type::int64;
  constexpr Type kTime = Type::timestamp;
  const auto add = [&](std::string_view name, std::string_view usage, std::string_view summary,
                       std::string_view example, std::vector<Type> parameters, Type result,
                       KernelPtr (*make)(Type, Arguments)) {
    table.add(plain_function("Times", name, usage, summary, example, std::move(parameters), result, make));
  };
  add("make_date", "make_date(year, month, day)", "The date of three numbers.", "make_date(2024, 2, 29)",
      {kInt, kInt, kInt}, Type::date, make_operation<MakeDate>);
  add("make_timestamp", "make_timestamp(micros)", "The timestamp so many microseconds after 1970-01-01.",
      "make_timestamp(1709214306000000)", {kInt}, kTime, make_of_micros);
  add("to_timestamp", "to_timestamp(seconds)", "The timestamp so many seconds after 1970-01-01.",
      "to_timestamp(1709214306.5)", {Type::float64}, kTime, make_operation<TimestampOfSeconds>);
  add("epoch_ms", "epoch_ms(t)", "Milliseconds since 1970-01-01, cut down.",
      "epoch_ms(timestamp '2024-02-29 13:45:06.789')", {kTime}, kInt, make_operation<EpochIn<1000>>);
  add("epoch_ms", "epoch_ms(millis)", "The timestamp so many milliseconds after 1970-01-01.",
      "epoch_ms(1709214306789)", {kInt}, kTime, make_operation<TimestampOfMillis>);
  add("epoch_us", "epoch_us(t)", "Microseconds since 1970-01-01.",
      "epoch_us(timestamp '2024-02-29 13:45:06.789')", {kTime}, kInt, make_operation<EpochIn<1>>);
  add("last_day", "last_day(d)", "The last day of the month.", "last_day(date '2024-02-03')", {Type::date},
      Type::date, make_operation<LastDay>);
  add("last_day", "last_day(t)", "The last day of the month.", "last_day(date '2024-02-03')", {kTime},
      Type::date, make_operation<LastDayOfTime>);
}

}  // namespace weir::expressions
