#include "stages/expressions/casting.hpp"

#include <cmath>
#include <optional>

#include "stages/expressions/message_text.hpp"
#include "stages/expressions/operation_kernel.hpp"
#include "stages/records/calendar.hpp"
#include "stages/records/value_text.hpp"

namespace weir::expressions {
namespace {

using Bool = std::uint8_t;
using Int = std::int64_t;
using Text = std::string_view;

std::string cannot(const std::string& value, Type to) {
  return "cannot cast " + value + " to " + std::string(to_string(to));
}

struct BooleanToInteger {
  static void compute(Bool value, Int& result) { result = value; }
};
struct BooleanToDouble {
  static void compute(Bool value, double& result) { result = value; }
};
struct BooleanToText {
  static void compute(Bool value, Text& result) { result = value != 0 ? "true" : "false"; }
};
struct IntegerToBoolean {
  static void compute(Int value, Bool& result) { result = value != 0; }
};
struct IntegerToDouble {
  static void compute(Int value, double& result) { result = static_cast<double>(value); }
};
struct IntegerToText {
  static void compute(Int value, std::string& result) { append_int64(result, value); }
};
struct DoubleToBoolean {
  static void compute(double value, Bool& result) { result = value != 0; }
};
struct DoubleToText {
  static void compute(double value, std::string& result) { append_double(result, value); }
};
struct TimestampToText {
  static void compute(Int value, std::string& result) { append_timestamp(result, value); }
};

struct DateToText {
  static void compute(Int value, std::string& result) { append_date(result, value); }
};
struct DateToTimestamp {
  static void compute(Int days, Int& result) { result = days * kMicrosPerDay; }
};
// The day that the instant lies in.
struct TimestampToDate {
  static bool compute(Int micros, Int& result) {
    result = floor_divide(micros, kMicrosPerDay);
    return is_date(result);
  }
  static std::string failure(Int micros) { return cannot(shown_timestamp(micros), Type::date); }
};

// Halves go to the even neighbour, as in DuckDB.
struct DoubleToInteger {
  static bool compute(double value, Int& result) {
    const double rounded = std::nearbyint(value);
    constexpr double kLimit = 9'223'372'036'854'775'808.0;  // 2^63
    if (!(rounded >= -kLimit && rounded < kLimit)) return false;
    result = static_cast<Int>(rounded);
    return true;
  }
  static std::string failure(double value) { return cannot(shown(value), Type::int64); }
};

// Texts may have blanks around them, as in DuckDB.
Text without_blanks(Text text) noexcept {
  constexpr Text kBlanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == Text::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

template <class Result>
bool take(std::optional<Result> parsed, auto& result) noexcept {
  if (parsed) result = *parsed;
  return parsed.has_value();
}

struct TextToInteger {
  static bool compute(Text text, Int& result) { return take(parse_int64(without_blanks(text)), result); }
  static std::string failure(Text text) { return cannot(shown(text), Type::int64); }
};
struct TextToDouble {
  static bool compute(Text text, double& result) { return take(parse_double(without_blanks(text)), result); }
  static std::string failure(Text text) { return cannot(shown(text), Type::float64); }
};
struct TextToTimestamp {
  static bool compute(Text text, Int& result) { return take(parse_timestamp(without_blanks(text)), result); }
  static std::string failure(Text text) { return cannot(shown(text), Type::timestamp); }
};
// Of a timestamp's text, its day in UTC.
struct TextToDate {
  static bool compute(Text text, Int& result) {
    const Text written = without_blanks(text);
    if (take(parse_date(written), result)) return true;
    return take(parse_timestamp(written), result) && TimestampToDate::compute(result, result);
  }
  static std::string failure(Text text) { return cannot(shown(text), Type::date); }
};
// Beside the words that files hold, a cast takes the short forms that DuckDB takes.
struct TextToBoolean {
  static bool compute(Text text, Bool& result) {
    const Text word = without_blanks(text);
    if (word.size() == 1) {
      result = word[0] == '1' || word[0] == 't' || word[0] == 'T';
      return result != 0 || word[0] == '0' || word[0] == 'f' || word[0] == 'F';
    }
    return take(parse_boolean(word), result);
  }
  static std::string failure(Text text) { return cannot(shown(text), Type::boolean); }
};

template <class Operation>
KernelPtr make(KernelPtr value, Type to, CastFailure on_failure) {
  if (on_failure == CastFailure::error) return make_operation<Operation>(to, {std::move(value)});
  return std::make_shared<OperationKernel<Operation, WhenFailing::null>>(to, Arguments{std::move(value)});
}

using Maker = KernelPtr (*)(KernelPtr, Type, CastFailure);

Maker maker_from_boolean(Type to) noexcept {
  switch (to) {
    case Type::int64:
      return make<BooleanToInteger>;
    case Type::float64:
      return make<BooleanToDouble>;
    case Type::string:
      return make<BooleanToText>;
    default:
      return nullptr;
  }
}

Maker maker_from_integer(Type to) noexcept {
  switch (to) {
    case Type::boolean:
      return make<IntegerToBoolean>;
    case Type::float64:
      return make<IntegerToDouble>;
    case Type::string:
      return make<IntegerToText>;
    default:
      return nullptr;
  }
}

Maker maker_from_double(Type to) noexcept {
  switch (to) {
    case Type::boolean:
      return make<DoubleToBoolean>;
    case Type::int64:
      return make<DoubleToInteger>;
    case Type::string:
      return make<DoubleToText>;
    default:
      return nullptr;
  }
}

Maker maker_from_text(Type to) noexcept {
  switch (to) {
    case Type::boolean:
      return make<TextToBoolean>;
    case Type::int64:
      return make<TextToInteger>;
    case Type::float64:
      return make<TextToDouble>;
    case Type::timestamp:
      return make<TextToTimestamp>;
    case Type::date:
      return make<TextToDate>;
    default:
      return nullptr;
  }
}

Maker maker(Type from, Type to) noexcept {
  switch (from) {
    case Type::boolean:
      return maker_from_boolean(to);
    case Type::int64:
      return maker_from_integer(to);
    case Type::float64:
      return maker_from_double(to);
    case Type::string:
      return maker_from_text(to);
    case Type::timestamp:
      return to == Type::string ? make<TimestampToText> : to == Type::date ? make<TimestampToDate> : nullptr;
    case Type::date:
      return to == Type::string ? make<DateToText> : to == Type::timestamp ? make<DateToTimestamp> : nullptr;
  }
  return nullptr;
}

}  // namespace

KernelPtr make_cast(KernelPtr value, Type to, CastFailure on_failure) {
  if (value->type() == to) return value;
  const Maker make_it = maker(value->type(), to);
  return make_it == nullptr ? nullptr : make_it(std::move(value), to, on_failure);
}

}  // namespace weir::expressions
