// Words that the readers' messages about records share. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "weir/error.hpp"
#include "weir/schema.hpp"

namespace weir {

/// Text for a message: in quotes, on one line, valid UTF-8, not too long.
std::string shown(std::string_view text);

/// A name as a key of YAML: plain where that is safe.
std::string yaml_key(std::string_view name);

/// "an int64", "a double".
std::string with_article(Type type);

/// A record's own fault.
ErrorInfo data_error(std::string message);

}  // namespace weir
