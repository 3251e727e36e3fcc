// Values to text and back: the one piece that readers, writers, casts and messages share.
//
// Nothing here allocates, save that the string appended to may grow. Parsing takes the whole text or nothing:
// no blanks around it, no rest behind it. Pure functions, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "weir/column.hpp"

namespace weir {

void append_int64(std::string& to, std::int64_t value);
/// The shortest text that reads back as the same double: 1, 0.1, 1e+16, nan, inf.
void append_double(std::string& to, double value);
/// YYYY-MM-DD HH:MM:SS, and six digits of a fraction where there is one.
void append_timestamp(std::string& to, std::int64_t micros);
/// YYYY-MM-DD, of days since 1970-01-01.
void append_date(std::string& to, std::int64_t days);
/// true or false.
void append_boolean(std::string& to, bool value);
/// Appends a column's value by its type; nothing for NULL.
void append_value(std::string& to, const Column& column, std::size_t row);

/// Decimal digits with an optional sign. Nothing where it does not fit 64 bits.
std::optional<std::int64_t> parse_int64(std::string_view text) noexcept;
/// A decimal number with an optional exponent, or nan, inf, infinity in any case. Nothing where it overflows.
std::optional<double> parse_double(std::string_view text) noexcept;
/// `true` or `false`, in any case.
std::optional<bool> parse_boolean(std::string_view text) noexcept;
/// ISO: YYYY-MM-DD, optionally ` ` or `T` and HH:MM[:SS[.fraction]], optionally `Z` or an offset (+HH, +HHMM,
/// +HH:MM) that is taken away to give UTC. Digits of a fraction past the sixth are cut off.
std::optional<std::int64_t> parse_timestamp(std::string_view text) noexcept;
/// ISO: YYYY-MM-DD, as days since 1970-01-01. Nothing where a timestamp would not reach the day.
std::optional<std::int64_t> parse_date(std::string_view text) noexcept;

}  // namespace weir
