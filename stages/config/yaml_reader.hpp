// Reads YAML into ConfigValue, with the place of every key and value.
//
// What configs need of YAML is read; what makes a config mean something else than it seems to is refused in
// its own words: tags, anchors and aliases, duplicate keys, several documents, tabs as indentation. `${...}`
// is left as it stands: see variables.hpp. Any thread.
#pragma once

#include <string>
#include <string_view>

#include "weir/options.hpp"

namespace weir {

/// Reads one document. Places are in `file`; columns count bytes. Relative paths in it resolve by the folder
/// `base`. Problems go to `problems`; what was read up to a syntax error is given all the same, and null for
/// no text.
ConfigValue read_yaml(std::string_view text, const std::string& file, const std::string& base,
                      Problems& problems);

}  // namespace weir
