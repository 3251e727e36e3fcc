// A stage as its config says: what all stages have in common is read, the rest left as options.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stages/config/stage_supervision.hpp"
#include "weir/error_policy.hpp"
#include "weir/options.hpp"
#include "weir/record_stage.hpp"

namespace weir {

/// A port named in `from`.
struct Reference {
  std::string stage;
  std::string port;  ///< empty: the main output
  Location where;
  std::string field;
  std::size_t length = 1;
};

/// The streams that an input port reads, merged in this order.
struct InputConfig {
  std::size_t port = 0;  ///< as the type's description lists them
  std::vector<Reference> references;
};

struct StageConfig {
  std::string name;
  Location where;                                 ///< of the name, else of the type
  const StageDescription* description = nullptr;  ///< null: no such type; it was reported
  const ConfigValue* map = nullptr;               ///< the whole stage, in the config's tree
  std::string text;                               ///< what `description:` says
  std::vector<PortDescription> outputs;  ///< those of the type, and before them those that the config names
  bool has_main_output = true;           ///< reading from the stage without a port reads its first output
  std::vector<InputConfig> inputs;       ///< where `from` is written
  bool from_is_written = false;
  bool from_is_known = true;  ///< all that `from` says was understood
  bool complete = true;       ///< no option is missing or without a value: it can be planned
  ErrorPolicy on_error;
  bool on_error_is_own = false;  ///< not from `defaults:`
  Location on_error_where;
  std::size_t workers = 0;
  StageSupervision supervision;
  std::string group;  ///< of `supervisor:`; empty: the topmost
};

/// The keys that every stage may have.
const std::vector<std::string>& common_stage_keys();

/// Reads the items of `stages:`; each gives a StageConfig. Names are checked here, references by wiring.hpp.
/// `stages` must outlive the result.
std::vector<StageConfig> read_stages(const ConfigValue& stages, const StageRegistry& registry,
                                     const std::optional<ErrorPolicy>& default_on_error, Problems& problems);

}  // namespace weir
