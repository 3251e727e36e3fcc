// Says in a config writer's words what the YAML parser could not read.
#pragma once

#include <yaml-cpp/exceptions.h>

#include "stages/config/yaml_source.hpp"
#include "weir/diagnostic.hpp"

namespace weir {

/// What had been read when the parser stopped.
struct YamlContext {
  std::size_t last_quoted_line = 0;  ///< of the last quoted value
};

Diagnostic describe_syntax_error(const YAML::Exception& error, const YamlSource& source,
                                 const YamlContext& context);

}  // namespace weir
