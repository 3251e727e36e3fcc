// Faults on purpose, as a config's `chaos: {throw: 1%, seed: 7}` or as one text: `throw=1%,seed=7`.
//
// One list of keys serves both: a text is read as the map that a config would have. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "weir/chaos.hpp"
#include "weir/options.hpp"

namespace weir {

/// A key, for help.
struct ChaosKeyText {
  std::string_view name;
  std::string_view example;  ///< of a value
  std::string_view summary;
};
const std::vector<ChaosKeyText>& chaos_key_texts();

/// `stage_names`: those of the config. Nothing, and at least one problem, where the map is wrong.
std::optional<ChaosOptions> read_chaos(const ConfigValue& chaos, const std::vector<std::string>& stage_names,
                                       Problems& problems);

/// `KEY=VALUE,...` as a map; several stages are joined by `+`. Places are columns of `file`, which the text
/// stands for. Nothing, and at least one problem, where the text is no such list.
std::optional<ConfigValue> chaos_map(std::string_view text, const std::string& file, Problems& problems);

/// The text from which `options` would be read; only what is not as it would be anyway.
std::string chaos_text(const ChaosOptions& options);

}  // namespace weir
