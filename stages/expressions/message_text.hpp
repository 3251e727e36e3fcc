// Values as messages show them: "cannot cast 'abc' to int64". For errors only; it allocates.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace weir::expressions {

std::string shown(bool value);
std::string shown(std::int64_t value);
std::string shown(double value);
/// In single quotes; cut where it is very long.
std::string shown(std::string_view value);
std::string shown_timestamp(std::int64_t micros);
std::string shown_date(std::int64_t days);

}  // namespace weir::expressions
